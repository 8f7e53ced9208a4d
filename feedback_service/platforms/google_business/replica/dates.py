"""Instants in whole nanoseconds, and the way in which Google writes them."""

from __future__ import annotations

from datetime import UTC, datetime

SECOND = 1_000_000_000
_MICROS = 1_000_000
_TAILS = (0, 120_000_000, 345_670_000, 987_654_321)
"""Nanoseconds that make fractions of no, three, six and nine digits."""


def nanos(at: float) -> int:
    """Epoch seconds as nanoseconds, of which a float knows no more than microseconds."""
    return round(at * _MICROS) * (SECOND // _MICROS)


def uneven(at: float, number: int) -> int:
    """As `nanos`, but a whole second becomes a little earlier, by an amount that depends on `number`."""
    instant = nanos(at)
    return instant if instant % SECOND else instant - _TAILS[number % len(_TAILS)]


def written(instant: int) -> str:
    """RFC 3339 in UTC with a fraction of 0, 3, 6 or 9 digits, whichever is enough.

    Source: Google Business Profile API v4, accounts.locations.reviews, createTime.
    """
    seconds, fraction = divmod(instant, SECOND)
    moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f"{fraction:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{moment}.{digits}Z" if digits else f"{moment}Z"
