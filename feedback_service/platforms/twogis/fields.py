"""Reads single fields of foreign JSON without ever failing: what is not as expected is simply not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

Row = Mapping[str, object]
NOTHING: Row = {}
LONGEST_ID = 64
"""Characters; those that were seen are up to twenty digits, and what names a row of ours has to be short."""
YEARS = range(1990, 2200)
"""Of other dates nothing can be reckoned: their next second may lie beyond the calendar."""


def row_of(value: object) -> Row:
    return value if isinstance(value, dict) else NOTHING


def text_of(value: object) -> str:
    """Text as it came; a whole number as its digits; everything else is empty."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def id_of(row: Row) -> str:
    """The row's id; empty where it has none, or one of no sane length."""
    found = text_of(row.get("id")).strip()
    return found if len(found) <= LONGEST_ID else ""


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
    """ISO 8601 with any number of decimals or none, in UTC; without a zone it is taken for UTC. None outside YEARS."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        found = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found.year in YEARS else None


def claimed(value: object) -> bool:
    """Whether a mark is set, in whatever form: what is not plainly unset counts as set."""
    return bool(value) and text_of(value).strip().lower() not in ("false", "0", "no")


def flagged(row: Row, *names: str) -> bool:
    """Whether any of the marks is set; the cabinet writes camelCase, the public side of 2GIS snake_case."""
    return any(row.get(name) is True for name in names)
