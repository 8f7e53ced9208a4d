"""The responses of the seller API, its errors included."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.ports.replica import ReplicaResponse

INVALID, NOT_FOUND, DENIED, EXHAUSTED, INTERNAL, UNAUTHENTICATED = 3, 5, 7, 8, 13, 16
_NAMES = {
    INVALID: "INVALID_ARGUMENT",
    NOT_FOUND: "NOT_FOUND",
    DENIED: "PERMISSION_DENIED",
    EXHAUSTED: "RESOURCE_EXHAUSTED",
    INTERNAL: "INTERNAL",
    UNAUTHENTICATED: "UNAUTHENTICATED",
}
JSON_TYPE = {"content-type": "application/json"}


@dataclass(eq=False)
class Problem(Exception):
    """The request ends here with this error; `code` is gRPC's number, `named` writes it as its name."""

    status: int
    code: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    named: bool = False

    def response(self, details: object, named: bool = False) -> ReplicaResponse:
        """The error as JSON; reviews and questions differ in `details`."""
        code: object = _NAMES.get(self.code, "UNKNOWN") if named or self.named else self.code
        body = {"code": code, "message": self.message, "details": details}
        return as_json(self.status, body, self.headers)


def as_json(status: int, document: object, headers: Mapping[str, str] | None = None) -> ReplicaResponse:
    """Any JSON document as a response."""
    return ReplicaResponse(status, {**JSON_TYPE, **(headers or {})}, _encoded(document))


def page_not_found() -> ReplicaResponse:
    """What an unknown path gets. Source: probe of 2026-07-28."""
    return ReplicaResponse(404, {"content-type": "text/plain; charset=utf-8"}, b"404 page not found")


def invalid() -> Problem:
    """400 as it was seen for a `limit` out of bounds (probe of 2026-07-28); other faults of a request are alike."""
    return Problem(400, INVALID, "Request validation error")


def absent(what: str) -> Problem:
    """404 as it was seen for a review."""
    return Problem(404, NOT_FOUND, f"{what} not found")


def _encoded(document: object) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate in a customer's text has no UTF-8 form, only an escape
        return json.dumps(document, separators=(",", ":")).encode()
