"""The `policy` of a supplier: who decides over an answer, by stars and kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from feedback_service.domain.supplier import AnswerPolicy, Decision
from feedback_service.suppliers_file.nodes import Spot
from feedback_service.suppliers_file.values import number, one_of, plain, truth
from feedback_service.suppliers_file.voice import stars

OLDEST = 3650
"""Days; ten years of age mean "everything" already."""


def read_policy(spot: Spot) -> AnswerPolicy:
    """The policy, with the safe defaults where the file is silent."""
    there = spot.fields("reviews", "stars_only", "questions", "reopen_edited", "max_age_days", "dismiss_skipped")
    default = AnswerPolicy()
    days = number(there["max_age_days"], 1, OLDEST)
    return AnswerPolicy(
        reviews=_by_stars(there["reviews"]) if there["reviews"].present else default.reviews,
        stars_only=one_of(there["stars_only"], Decision),
        questions=one_of(there["questions"], Decision) or default.questions,
        reopen_edited=truth(there["reopen_edited"], default.reopen_edited),
        max_age=None if days is None else timedelta(days=days),
        dismiss_skipped=truth(there["dismiss_skipped"], default.dismiss_skipped),
    )


def _by_stars(spot: Spot) -> Mapping[int, Decision]:
    found: dict[int, Decision] = {}
    for written, one in spot.pairs():
        rating = stars(one, written)
        decision = one_of(one, Decision)
        if not plain(one):
            one.fail("is missing; write auto, approve or skip")
        if rating is not None and decision is not None:
            found[rating] = decision
    return found
