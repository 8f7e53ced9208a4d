"""What Google's errors mean, by their reasons before their status."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, InDoubt, Refused, Retryable
from feedback_service.platforms.google_business.refusals import is_elsewhere, oauth_refusal, refusal, retry_after
from feedback_service.transports.http import Answer, Call


def answer(status: int, body: object = "", *, write: bool = False, **headers: str) -> Answer:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(Call(method="PUT" if write else "GET", path="/v4/x", is_write=write), status, named, content)


def said(status: int, word: str, reason: str = "") -> dict[str, Any]:
    details = [{"reason": reason}] if reason else []
    return {"error": {"code": status, "message": "made up", "status": word, "details": details}}


def sample(name: str) -> Any:
    folder = resources.files("feedback_service.platforms.google_business") / "samples"
    return json.loads((folder / name).read_text("utf-8"))


@pytest.mark.parametrize(
    ("status", "body", "told", "remedy"),
    [
        (429, sample("quota_zero.json"), "not approved yet", "apply for the approval"),
        (403, sample("service_disabled.json"), "not enabled", "mybusiness.googleapis.com"),
        (403, said(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "consent", "business.manage"),
        (403, said(403, "PERMISSION_DENIED", "CONSUMER_SUSPENDED"), "suspended", "project"),
        (403, {"error": {"code": 403, "errors": [{"reason": "accessNotConfigured"}]}}, "not enabled", "enable it"),
        (401, said(401, "UNAUTHENTICATED"), "access token", "consent anew"),
    ],
)
@pytest.mark.parametrize("write", [False, True])
def test_what_concerns_the_account_says_what_to_do(
    status: int, body: object, told: str, remedy: str, write: bool
) -> None:
    problem = refusal(answer(status, body, write=write))

    assert isinstance(problem, AccountFault)
    assert told in problem.reason
    assert remedy in problem.remedy
    assert not is_elsewhere(answer(status, body))


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (400, Retryable, Refused),
        (403, AccountFault, Refused),
        (404, Retryable, Refused),
        (408, Retryable, InDoubt),
        (409, Retryable, InDoubt),
        (413, Retryable, Refused),
        (429, Retryable, Retryable),
        (499, Retryable, InDoubt),
        (500, Retryable, InDoubt),
        (503, Retryable, InDoubt),
        (302, Retryable, InDoubt),
    ],
)
@pytest.mark.parametrize("body", ["", "<html>Oops</html>", said(1, "SOME_STATUS"), [1], {"error": 5}])
def test_every_other_status_is_named_by_what_to_do(
    status: int, reading: type[FeedbackServiceError], writing: type[FeedbackServiceError], body: object
) -> None:
    assert type(refusal(answer(status, body))) is reading
    assert type(refusal(answer(status, body, write=True))) is writing


@pytest.mark.parametrize("status", [400, 403, 404])
def test_what_concerns_one_location_alone_is_told_apart(status: int) -> None:
    assert is_elsewhere(answer(status, said(status, "PERMISSION_DENIED")))


def test_a_success_is_no_refusal() -> None:
    assert refusal(answer(200, {})) is None
    assert oauth_refusal(answer(200, {})) is None


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry_after": "17"}, "", 17),
        ({"retry_after": "-1"}, "", None),
        ({"retry_after": "inf"}, "", None),
        ({"retry_after": "1e9"}, "", 86400),
        ({"retry_after": "Tue, 10 Mar 2026 12:01:00 GMT", "date": "Tue, 10 Mar 2026 12:00:00 GMT"}, "", 60),
        ({"retry_after": "Tue, 10 Mar 2026 12:01:00 GMT"}, "", None),
        ({}, {"error": {"details": [{"@type": "…RetryInfo", "retryDelay": "30s"}]}}, 30),
        ({}, "", None),
    ],
)
def test_a_429_says_when_to_come_back(headers: dict[str, str], body: object, seconds: float | None) -> None:
    problem = refusal(answer(429, body, **headers))

    assert isinstance(problem, Retryable)
    assert problem.retry_after == seconds
    assert retry_after(answer(429, body, **headers)) == seconds


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        (400, {"error": "invalid_grant", "error_description": "Token has been expired"}, AccountFault, "consent was"),
        (401, {"error": "invalid_client"}, AccountFault, "OAuth client"),
        (400, {"error": "unsupported_grant_type"}, AccountFault, "OAuth client"),
        (400, "", Retryable, "400"),
        (403, "<html>", Retryable, "HTTP 403 without a reason"),
        (429, "", Retryable, "too many"),
        (500, "", Retryable, "500"),
        (503, {"error": "temporarily_unavailable"}, Retryable, "temporarily_unavailable"),
    ],
)
def test_the_token_endpoint_tells_a_lost_consent_from_an_outage(
    status: int, body: object, kind: type[FeedbackServiceError], told: str
) -> None:
    problem = oauth_refusal(answer(status, body))

    assert type(problem) is kind
    assert told in str(problem)


def test_a_foreign_text_stays_one_short_line() -> None:
    problem = refusal(answer(400, {"error": {"message": "first\nsecond\x1b[31m" + "x" * 900}}, write=True))

    assert "\n" not in str(problem)
    assert "\x1b" not in str(problem)
    assert len(str(problem)) < 300
