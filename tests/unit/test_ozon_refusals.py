"""What Ozon's errors mean, by their words before their status."""

from __future__ import annotations

import json

import pytest

from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable, Unavailable
from feedback_service.platforms.ozon.refusals import is_no_item, is_no_method, refusal, retry_after
from feedback_service.transports.http import Answer, Call

NO_SUBSCRIPTION = (
    "Implementation.ReviewList: ReviewList error: rpc error: code = PermissionDenied desc = "
    "not available with existing subscription"
)


def answer(status: int, body: object = "", *, write: bool = False, **headers: str) -> Answer:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(Call(method="POST", path="/v2/review/list", is_write=write), status, named, content)


def said(code: int | str, message: str) -> dict[str, object]:
    return {"code": code, "message": message}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, said(7, NO_SUBSCRIPTION), Unavailable),
        (403, said(7, "Api-Key is missing a required role for a method"), Unavailable),
        (403, said(7, "method is not allowed"), Unavailable),
        (404, said(5, "Invalid Api-Key, please check the key and try again"), AccountFault),
        (404, said(5, "Client-Id not found"), AccountFault),
        (403, said(7, "Offer not signed"), AccountFault),
        (403, "", AccountFault),
        (401, "", AccountFault),
        (400, said(16, "unauthenticated"), AccountFault),
        (400, said(3, "Invalid Api-Key, please check the key and try again"), AccountFault),
        (400, said(3, "Api-key is deactivated, use another one or generate a new one"), AccountFault),
        (403, said(7, "Api-Key is restricted to specific IP addresses"), AccountFault),
    ],
)
@pytest.mark.parametrize("write", [False, True])
def test_what_concerns_the_account_says_what_to_do(status: int, body: object, kind: type, write: bool) -> None:
    problem = refusal(answer(status, body, write=write))

    assert isinstance(problem, AccountFault)
    assert type(problem) is kind
    assert problem.remedy


@pytest.mark.parametrize("status", [400, 429, 500, 503])
@pytest.mark.parametrize("write", [False, True])
def test_an_open_circle_is_waited_out_for_minutes_and_has_written_nothing(status: int, write: bool) -> None:
    problem = refusal(answer(status, said(2, "Circle is open"), write=write))

    assert isinstance(problem, Retryable)
    assert problem.retry_after is not None
    assert problem.retry_after >= 60


@pytest.mark.parametrize(
    ("status", "body", "seconds"),
    [
        (429, said(8, "You have reached request rate limit per second"), None),
        (429, said("RESOURCE_EXHAUSTED", "You have reached operation items limits. Retry after 120 seconds"), 120),
        (400, said("RESOURCE_EXHAUSTED", "You have reached operation items limits. Retry after 120 seconds"), 120),
        (403, said(7, "rate limit exceeded for `seller-api` client, current max rate per sec.: 2"), None),
    ],
)
def test_too_many_requests_in_all_its_shapes(status: int, body: object, seconds: float | None) -> None:
    problem = refusal(answer(status, body, write=True))

    assert isinstance(problem, Retryable)
    assert problem.retry_after == seconds


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("0.5", 0.5), ("nan", None), ("-1", None), ("soon", None)])
def test_the_header_says_how_long(header: str, seconds: float | None) -> None:
    assert retry_after(answer(429, "", retry_after=header)) == seconds


@pytest.mark.parametrize("status", [500, 502, 504, 408, 302])
def test_what_is_no_answer_leaves_a_write_in_doubt(status: int) -> None:
    assert isinstance(refusal(answer(status, said(13, "Internal error"), write=True)), InDoubt)
    assert isinstance(refusal(answer(status, said(13, "Internal error"))), Retryable)


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_a_plain_no_is_for_a_person_with_ozon_s_words(status: int) -> None:
    problem = refusal(answer(status, said(3, "text is\ntoo short"), write=True))

    assert isinstance(problem, Refused)
    assert "text is too short" in str(problem)


def test_a_path_that_is_unknown_differs_from_an_item_that_is() -> None:
    no_path, no_item = answer(404, "404 page not found"), answer(404, said(5, "review not found"))

    assert (is_no_method(no_path), is_no_item(no_path)) == (True, False)
    assert (is_no_method(no_item), is_no_item(no_item)) == (False, True)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, said(5, "Invalid Api-Key, please check the key and try again")),
        (404, said(5, "Client-Id not found")),
        (404, said(16, "user not found")),
        (404, said(2, "Circle is open")),
        (404, said(8, "You have reached request rate limit per second")),
        (404, said(13, "Internal error")),
        (404, "not found"),
        (403, said(7, "review not found")),
    ],
)
def test_no_other_trouble_is_taken_for_an_item_that_is_gone(status: int, body: object) -> None:
    assert not is_no_item(answer(status, body))


@pytest.mark.parametrize(("status", "code"), [(404, 5), (404, 2), (404, "NOT_FOUND"), (400, 3)])
def test_an_item_that_is_gone_is_known_by_its_code_or_by_the_words(status: int, code: int | str) -> None:
    assert is_no_item(answer(status, said(code, "rpc error: desc = comment not found")))


def test_success_is_no_problem() -> None:
    assert refusal(answer(200, "")) is None
