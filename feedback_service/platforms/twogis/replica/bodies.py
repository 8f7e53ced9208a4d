"""The envelopes and errors of the two APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.ports.replica import ReplicaResponse

_JSON = {"content-type": "application/json; charset=utf-8"}


@dataclass(eq=False)
class Problem(Exception):
    """The request ends here. `status` is HTTP's, `code` that of `meta` where it differs."""

    status: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    code: int | None = None

    def in_cabinet(self) -> ReplicaResponse:
        """The error as the cabinet's API writes it."""
        meta = {"code": self.code or self.status, "errors": [{"message": self.message}]}
        return as_json(self.status, {"meta": meta}, self.headers)

    def in_public(self) -> ReplicaResponse:
        """The error as the public API writes it."""
        meta = {"code": self.code or self.status, "error": {"message": self.message, "type": "apiError"}}
        return as_json(self.status, {"meta": meta}, self.headers)


def invalid(what: str) -> Problem:
    """400: a parameter or a body that cannot be read."""
    return Problem(400, f"bad request: {what}")


def forbidden(what: str) -> Problem:
    return Problem(403, f"access denied: {what}")


def absent(what: str) -> Problem:
    return Problem(404, f"{what} not found")


def success(result: object) -> ReplicaResponse:
    """200 of the cabinet's API."""
    return as_json(200, {"meta": {"code": 200}, "result": result})


def as_json(status: int, document: object, headers: Mapping[str, str] | None = None) -> ReplicaResponse:
    """Any document as a response."""
    return ReplicaResponse(status, {**_JSON, **(headers or {})}, _encoded(document))


def _encoded(document: object) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of an emoji in a text has no form in UTF-8 and is escaped
        return json.dumps(document).encode()
