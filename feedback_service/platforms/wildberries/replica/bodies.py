"""The envelopes and error bodies that the seller API answers with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from uuid import uuid4

from feedback_service.ports.replica import ReplicaResponse

MOSCOW = timezone(timedelta(hours=3))
PROBLEM = "application/problem+json"
_GATEWAY = "s2s-api-auth-catalog"


class Refusal(Exception):
    """The request ends here with this response."""

    def __init__(self, response: ReplicaResponse) -> None:
        super().__init__(response.status)
        self.response = response


def as_json(status: int, document: object, content_type: str = "application/json") -> ReplicaResponse:
    """Any JSON document as a response."""
    return ReplicaResponse(status, {"content-type": content_type}, _encoded(document))


def _encoded(document: object) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate in a customer's text has no UTF-8 form, only an escape
        return json.dumps(document, separators=(",", ":")).encode()


def success(payload: object) -> ReplicaResponse:
    """200 in the envelope that every `/api/v1` method with a body uses."""
    return as_json(200, {"data": payload, "error": False, "errorText": "", "additionalErrors": None})


def refusal(status: int, text: str) -> Refusal:
    """The error envelope of questions, counts and lists."""
    body = {
        "data": None,
        "error": True,
        "errorText": text,
        "additionalErrors": None,
        "requestId": str(uuid4()),
    }
    return Refusal(as_json(status, body))


def bad_request() -> Refusal:
    """400 as most methods word it."""
    return refusal(400, "Something went wrong")


def bad_answer(detail: str) -> Refusal:
    """400 of `POST /api/v1/feedbacks/answer`, which has a shape of its own."""
    body = {"title": "bad request", "requestId": uuid4().hex, "origin": "fbapi", "detail": detail}
    return Refusal(as_json(400, body))


def pin_problem(status: int, title: str, detail: str) -> Refusal:
    """The error body of the pinning methods."""
    body = {
        "title": title,
        "detail": detail,
        "status": status,
        "requestId": uuid4().hex,
        "origin": "pin-open-api",
    }
    return Refusal(as_json(status, body))


def gateway_problem(status: int, title: str, detail: str, at: float) -> ReplicaResponse:
    """problem+json as the API gateway writes it (401, 403, 404, 429, 5XX)."""
    body = {
        "title": title,
        "detail": detail,
        "code": f"{uuid4().hex[:8]}-{uuid4().hex[:12]}-[UK-{uuid4().hex[:11]}]",
        "requestId": uuid4().hex,
        "origin": _GATEWAY,
        "status": status,
        "statusText": HTTPStatus(status).phrase,
        "timestamp": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return as_json(status, body, PROBLEM)


def payment_required() -> ReplicaResponse:
    """402, which only services of the vendor's solutions catalogue can get."""
    detail = (
        "wb solution for business has insufficient funds on its balance. please top up the balance in the "
        "company's personal account https://dev.wildberries.ru/company"
    )
    return as_json(402, {"title": "payment required", "detail": detail}, PROBLEM)


def path_not_found(at: float) -> ReplicaResponse:
    """404 for a path or method the API does not have."""
    detail = "Please consult the https://dev.wildberries.ru/openapi/api-information"
    return gateway_problem(404, "path not found", detail, at)
