"""The bodies and errors that Google's APIs answer with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.ports.replica import ReplicaResponse

_JSON = {"content-type": "application/json; charset=UTF-8"}
_HTML = {"content-type": "text/html; charset=UTF-8"}
_TYPES = "type.googleapis.com/google.rpc"
# Source: Google Business Profile APIs, the codes of their error bodies.
_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(eq=False)
class Problem(Exception):
    """The request ends here. `word` stands in `status` of the body; empty: what goes with the code."""

    code: int
    message: str
    details: tuple[Mapping[str, object], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    word: str = ""

    def response(self) -> ReplicaResponse:
        """The error as all three APIs write it; a code that is not theirs comes from a front end, in HTML."""
        if self.code not in _STATUSES:
            return front_end(self.code)
        error: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "status": self.word or _STATUSES[self.code],
        }
        if self.details:
            error["details"] = list(self.details)
        return as_json(self.code, {"error": error}, self.headers)


def reason(word: str, metadata: Mapping[str, str]) -> Mapping[str, object]:
    """The detail that says why in one word."""
    return {"@type": f"{_TYPES}.ErrorInfo", "reason": word, "domain": "googleapis.com", "metadata": dict(metadata)}


def invalid(name: str, why: str) -> Problem:
    """400: a field or a parameter that cannot be."""
    violation = {"field": name, "description": why}
    detail = {"@type": f"{_TYPES}.BadRequest", "fieldViolations": [violation]}
    return Problem(400, f"Request contains an invalid argument: {name}.", (detail,))


def absent() -> Problem:
    """404 of a resource; whether it never was or is no more, nobody says."""
    return Problem(404, "Requested entity was not found.")


def forbidden() -> Problem:
    """403 of a resource that is somebody else's."""
    return Problem(403, "The caller does not have permission.")


def front_end(status: int) -> ReplicaResponse:
    """What answers where no API does: a page for people."""
    page = f"<!DOCTYPE html><html lang=en><title>Error {status}</title><p><b>{status}.</b> That's an error.</html>"
    return ReplicaResponse(status, _HTML, page.encode())


def empty() -> ReplicaResponse:
    """200 without a body."""
    return ReplicaResponse(200, {"content-type": "application/json; charset=UTF-8"})


def as_json(status: int, document: object, headers: Mapping[str, str] | None = None) -> ReplicaResponse:
    """Any document as a response."""
    return ReplicaResponse(status, {**_JSON, **(headers or {})}, _encoded(document))


def _encoded(document: object) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False, indent=2).encode()
    except UnicodeEncodeError:  # half of an emoji in a text has no form in UTF-8 and is escaped
        return json.dumps(document).encode()
