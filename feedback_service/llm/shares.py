"""Splits one call's usage among the items it served."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_service.domain.reply import Usage


def shares(usage: Usage, weights: Sequence[int]) -> list[Usage]:
    """One part for each weight, in proportion; the parts' sums are the whole, to the token and the millionth."""
    columns = (usage.input_tokens, usage.output_tokens, usage.cost_micros)
    split = [_split(total, weights) for total in columns]
    return [Usage(usage.model, *parts) for parts in zip(*split, strict=True)]


def _split(total: int, weights: Sequence[int]) -> list[int]:
    """Each part ends where its share of the running total is rounded down, so nothing is lost or made."""
    whole, passed, given = sum(weights), 0, 0
    parts = []
    for weight in weights:
        passed += weight
        upto = total * passed // whole if whole else 0
        parts.append(upto - given)
        given = upto
    return parts
