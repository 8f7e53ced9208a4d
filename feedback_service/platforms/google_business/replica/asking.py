"""Reads parameters of a request's address, and JSON bodies."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from feedback_service.platforms.google_business.replica.bodies import Problem, invalid
from feedback_service.ports.replica import ReplicaRequest

# Source: the parameters that the discovery documents give to every method; `fields` is not offered here.
_OF_EVERY_METHOD = frozenset({"alt", "$alt", "key", "prettyPrint", "quotaUser", "$.xgafv"})
_WHOLE = 9


def check(request: ReplicaRequest, known: Collection[str] = ()) -> None:
    """Raises 400 for a parameter that the method does not have."""
    unknown = sorted(request.query.keys() - _OF_EVERY_METHOD - set(known))
    if unknown:
        raise unknown_name(unknown[0], "Cannot bind query parameter.")


def whole(value: object, name: str, default: int, most: int) -> int:
    """A whole number as text or as JSON, 0 and absence meaning the default. Raises 400 out of bounds."""
    text = "0" if value in (None, "") else str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= _WHOLE and int(text) <= most):
        raise invalid(name, f"must be a whole number, {most} at most")
    return int(text) or default


def document(body: bytes, known: Collection[str]) -> Mapping[str, object]:
    """The object in a body. Raises 400, also for a name that is not known."""
    try:
        read: object = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "Invalid JSON payload received. Unable to parse.") from None
    if not isinstance(read, dict):
        raise Problem(400, "Invalid JSON payload received. Root element must be a message.")
    unknown = sorted(read.keys() - set(known))
    if unknown:
        raise unknown_name(unknown[0], "Cannot find field.")
    return read


def unknown_name(name: str, why: str) -> Problem:
    """400 as Google's JSON reader words it."""
    return Problem(400, f'Invalid JSON payload received. Unknown name "{name}": {why}')
