"""Says for people what differs between a stored supplier and a wanted one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from feedback_service.domain.errors import Configuration
from feedback_service.domain.supplier import Account, Supplier
from feedback_service.storage.configuration import from_account, from_supplier

LONGEST_VALUE = 60
"""Characters of a value that are shown."""


def supplier_lines(old: Supplier | None, new: Supplier) -> list[str]:
    """All differences, the accounts' included; none where they are equal. Raises Configuration."""
    if old is None:
        return [f"{new.key}: created", *(f"{new.key}/{one.key}: created ({one.platform})" for one in new.accounts)]
    lines = [f"{new.key}: {line}" for line in _field_lines(from_supplier(old), from_supplier(new))]
    before = {one.key: one for one in old.accounts}
    after = {one.key: one for one in new.accounts}
    for key, account in after.items():
        lines += [f"{new.key}/{key}: {line}" for line in account_lines(before.get(key), account)]
    return lines + [f"{new.key}/{key}: switched off; its feedback is kept" for key in before if key not in after]


def account_lines(old: Account | None, new: Account) -> list[str]:
    """What differs between two states of one account; of a secret only that it does."""
    if old is None:
        return [f"created ({new.platform})"]
    if old.platform != new.platform:
        raise Configuration(
            f"account {new.supplier}/{new.key} is on {old.platform} and has feedback from there; "
            f"give the one on {new.platform} another key"
        )
    lines = list(_field_lines(from_account(old), from_account(new)))
    names = sorted({*old.credentials, *new.credentials})
    lines += [
        f"credentials.{name}: changed" for name in names if old.credentials.get(name) != new.credentials.get(name)
    ]
    return lines


def _field_lines(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _field_lines(before, after, f"{prefix}{name}.")
        elif before != after:
            yield f"{prefix}{name}: {_shown(before)} → {_shown(after)}"


def _shown(value: object) -> str:
    text = "unset" if value is None else str(value)
    if isinstance(value, str) and not isinstance(value, StrEnum):
        text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
