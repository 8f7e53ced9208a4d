"""Reads single values out of a foreign document, whatever their types.

Nothing here fails: what is not as expected is simply not there. What a platform writes in a way of its own (an id, a
mark, stars as words) is read where the platform is known.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

Row = Mapping[str, object]
NOTHING: Row = {}
MOST_DIGITS = 20
"""Of a number that is written as text: enough for any 64 bits, and far from what `int` refuses or is slow with."""
YEARS = range(1970, 2200)
"""In another year nobody has written a review; the calendar's first and last days cannot be reckoned with at all."""


def json_of(text: str | bytes) -> object:
    """The document; None where the text is no JSON."""
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found


def row_of(value: object) -> Row:
    return value if isinstance(value, dict) else NOTHING


def rows_of(value: object) -> Sequence[Row]:
    """The objects of a list; empty where it is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def length_of(value: object) -> int:
    """How many things a list holds."""
    return len(value) if isinstance(value, list) else 0


def text_of(value: object) -> str:
    """Text as it came; a whole number as its digits; everything else is empty."""
    return words_of(value) if isinstance(value, str | int) else ""


def words_of(value: object) -> str:
    """Text as it came, control characters and all; any number as it is written; everything else is empty."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def truth_of(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def count_of(value: object) -> int | None:
    """A number of things, from zero on, also where it is written as text."""
    digits = text_of(value).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None


def amount_of(value: object) -> float | None:
    """A number that is not negative, with a fraction or without one, also where it is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def stars_of(value: object) -> int:
    """1 to 5, in whatever form; 0 where the platform gave no usable number."""
    number = count_of(int(value) if isinstance(value, float) and value.is_integer() else value)
    return number if number is not None and 1 <= number <= 5 else 0


def instant_of(value: object) -> datetime | None:
    """ISO 8601 in UTC; without a zone it is taken for UTC. What is finer than a microsecond is cut off."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def moment_of(value: object) -> datetime | None:
    """Like `instant_of`, and none in a year in which nobody can have written."""
    found = instant_of(value)
    return found if found is not None and found.year in YEARS else None
