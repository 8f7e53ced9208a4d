"""Reads single fields of foreign JSON without ever failing: what is not as expected is simply not there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

Row = Mapping[str, object]
NOTHING: Row = {}
LONGEST_LINE = 200
YEARS = range(1970, 2200)


def row_of(value: object) -> Row:
    return value if isinstance(value, dict) else NOTHING


def rows_of(value: object) -> Sequence[Row]:
    """The objects of a list; empty where it is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(value: object) -> str:
    return value if isinstance(value, str) else ""


def number_of(value: object) -> float | None:
    """A number that is not negative, also where it is written as text, as Google writes long ones."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def moment_of(value: object) -> datetime | None:
    """RFC 3339 in UTC. Google writes 0, 3, 6 or 9 decimals; what is finer than a microsecond is cut off.

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


def line_of(*parts: object) -> str:
    """Foreign words on one line, safe to log."""
    line = ": ".join(part for part in parts if isinstance(part, str) and part)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in line).split())[:LONGEST_LINE]
