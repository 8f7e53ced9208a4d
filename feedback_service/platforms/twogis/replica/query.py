"""Reads parameters of a request's address."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_service.platforms.twogis.replica import dates
from feedback_service.platforms.twogis.replica.bodies import invalid

_DIGITS = 9
_FLAGS: Mapping[str, bool] = {"true": True, "false": False}

Query = Mapping[str, str]


def whole(query: Query, name: str, default: int, least: int = 1, most: int = 10**_DIGITS) -> int:
    """A whole number within bounds. Raises 400."""
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and least <= int(text) <= most):
        raise invalid(f"{name} must be between {least} and {most}")
    return int(text)


def flag(query: Query, name: str) -> bool | None:
    """true, false, or None where it is absent. Raises 400."""
    text = query.get(name, "")
    if text and text not in _FLAGS:
        raise invalid(f"{name} must be true or false")
    return _FLAGS.get(text)


def moment(query: Query, name: str) -> int | None:
    """A date in microseconds, or None where it is absent. Raises 400."""
    text = query.get(name, "")
    if not text:
        return None
    instant = dates.read(text)
    if instant is None:
        raise invalid(f"{name} is not a date with offset: {text}")
    return instant


def names(query: Query, name: str) -> frozenset[str]:
    """A list with commas; empty where it is absent."""
    return frozenset(part for part in query.get(name, "").split(",") if part)
