"""Instants in whole microseconds, and the ways in which 2GIS writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
MOSCOW, NOVOSIBIRSK = timezone(timedelta(hours=3)), timezone(timedelta(hours=7))


def micros(at: float) -> int:
    """Epoch seconds as microseconds."""
    return round(at * 1_000_000)


def written(instant: int, zone: timezone = NOVOSIBIRSK) -> str:
    """ISO 8601 with offset. The fraction has as many digits as it needs; of a whole second it is `.0` or absent.

    Source: the captured page of 2021 and the clients that trim the fraction.
    """
    moment = (_EPOCH + instant * _TICK).astimezone(zone)
    offset = moment.strftime("%z")
    fraction = f".{moment.microsecond:06d}".rstrip("0")
    if fraction == ".":
        fraction = ".0" if moment.second % 2 else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{offset[:3]}:{offset[3:]}"


def read(text: str) -> int | None:
    """The instant of an ISO 8601 text, or None where it is none or names no offset."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment - _EPOCH) // _TICK if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
