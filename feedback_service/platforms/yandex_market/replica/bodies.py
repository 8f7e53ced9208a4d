"""The envelopes and error bodies that the Partner API answers with."""

from __future__ import annotations

import json
from collections.abc import Mapping

from feedback_service.ports.replica import ReplicaResponse

# Source: only UNAUTHORIZED stands in an official example; the others are invented.
_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    415: "UNSUPPORTED_MEDIA_TYPE",
    420: "LIMIT_EXCEEDED",
    423: "LOCKED",
    500: "INTERNAL_SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}
# Source: Partner API documentation, page on errors.
UNAVAILABLE = "Service temporarily unavailable. Please, try again later"


class Refusal(Exception):
    """The request ends here with this response."""

    def __init__(self, response: ReplicaResponse) -> None:
        super().__init__(response.status)
        self.response = response


def as_json(status: int, document: object, headers: Mapping[str, str] | None = None) -> ReplicaResponse:
    """Any JSON document as a response."""
    told = {"content-type": "application/json; charset=utf-8", **(headers or {})}
    return ReplicaResponse(status, told, _encoded(document))


def success(result: object = None) -> ReplicaResponse:
    """200 in the usual envelope; without a result only the status stands in it."""
    return as_json(200, {"status": "OK"} if result is None else {"status": "OK", "result": result})


def failure(status: int, message: str) -> ReplicaResponse:
    """The error envelope."""
    error = {"code": _CODES.get(status, "INTERNAL_SERVER_ERROR"), "message": message}
    return as_json(status, {"status": "ERROR", "errors": [error]})


def refusal(status: int, message: str) -> Refusal:
    """The error envelope, to be raised."""
    return Refusal(failure(status, message))


def _encoded(document: object) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate in a customer's text has no UTF-8 form, only an escape
        return json.dumps(document, separators=(",", ":")).encode()
