"""Reads single fields of foreign JSON without ever failing: what is not as expected is simply not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

Row = Mapping[str, object]
NOTHING: Row = {}
YEARS = range(1970, 2200)


def row_of(value: object) -> Row:
    return value if isinstance(value, dict) else NOTHING


def text_of(value: object) -> str:
    """Text as it came; a whole number as its digits; everything else is empty."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def number_of(value: object) -> str:
    """The digits of an id, which comes as a number or as text; empty where it is none."""
    text = text_of(value).strip()
    return text if text.isascii() and text.isdigit() and len(text) <= 20 else ""


def count_of(value: object) -> int | None:
    """A number of things, also where it is written as text."""
    digits = number_of(value)
    return int(digits) if digits else None


def stars_of(value: object) -> int:
    """1 to 5; 0 where the platform gave no usable number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    number = count_of(value)
    return number if number is not None and 1 <= number <= 5 else 0


def moment_of(value: object) -> datetime | None:
    """ISO 8601 with any number of decimals or none, in UTC; without a zone it is taken for UTC.

    A year in which there was no review yet, or will be none for long, is none: the first and the last of them all
    cannot be reckoned with.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in YEARS else None
