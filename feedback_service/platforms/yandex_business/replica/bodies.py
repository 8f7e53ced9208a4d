"""The bodies that the cabinet answers with."""

from __future__ import annotations

import json

from feedback_service.ports.replica import ReplicaResponse

_JSON = "application/json; charset=utf-8"
_HTML = "text/html; charset=utf-8"


class Refusal(Exception):
    """The request ends here with this response."""

    def __init__(self, response: ReplicaResponse) -> None:
        super().__init__(response.status)
        self.response = response


def as_json(status: int, document: object) -> ReplicaResponse:
    """Any JSON document as a response."""
    return ReplicaResponse(status, {"content-type": _JSON}, encoded(document).encode())


def encoded(document: object) -> str:
    """JSON as text that can be encoded: a lone surrogate in a customer's text has no UTF-8 form, only an escape."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(document, separators=(",", ":"))
    return text


def as_html(status: int, page: str) -> ReplicaResponse:
    """A page for people."""
    return ReplicaResponse(status, {"content-type": _HTML}, page.encode())


def problem(status: int, code: str) -> ReplicaResponse:
    """The error envelope."""
    return as_json(status, {"error": {"code": code}})


def parsed(body: bytes) -> object:
    """The JSON in a body, or None where it is not JSON."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document
