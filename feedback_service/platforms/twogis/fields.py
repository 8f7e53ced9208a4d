"""Reads single fields of foreign JSON without ever failing: what is not as expected is simply not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

Row = Mapping[str, object]
NOTHING: Row = {}


def row_of(value: object) -> Row:
    return value if isinstance(value, dict) else NOTHING


def text_of(value: object) -> str:
    """Text as it came; a whole number as its digits; everything else is empty."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def count_of(value: object) -> int | None:
    """A number of things, also where it is written as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def stars_of(value: object) -> int:
    """1 to 5; 0 where the platform gave no usable number. One public client has it as text, the others as a number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    number = count_of(value)
    return number if number is not None and 1 <= number <= 5 else 0


def truth_of(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def moment_of(value: object) -> datetime | None:
    """ISO 8601 with any number of decimals or none, in UTC; without a zone it is taken for UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def flagged(row: Row, *names: str) -> bool:
    """Whether any of the marks is set; the cabinet writes camelCase, the public side of 2GIS snake_case."""
    return any(row.get(name) is True for name in names)
