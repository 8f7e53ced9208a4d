"""What every answer of Wildberries that is not the expected one means for a read and for a write."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.wildberries.client import ListQuery
from feedback_service.transports.clock import SystemClock
from feedback_service.transports.throttle import Budget
from tests.support.fake_wildberries import FakeWildberries, client_of, rows
from tests.support.sandbox import HandClock

ITEM = ItemId("r0001")
FIRST = ListQuery(answered=False, take=10)
PROBLEM = {"title": "unauthorized", "detail": "token problem", "status": 401}
TOLD = {"data": None, "error": True, "errorText": "Ошибка авторизации", "additionalErrors": None}


def canned(status: int, document: object = None, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=status, text=json.dumps(document), content_type="application/json", headers=named)


def html(status: int) -> web.Response:
    return web.Response(status=status, text="<html><h1>Oops</h1></html>", content_type="text/html")


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (canned(400, {"title": "bad request", "detail": "not a json"}), Refused, "400 bad request: not a json"),
        (canned(401, PROBLEM), AccountFault, "does not accept the token .401 unauthorized: token problem"),
        (canned(402, {"title": "payment required"}), AccountFault, "top up the balance"),
        (canned(403, TOLD), AccountFault, "lacks the rights .403 Ошибка авторизации"),
        (canned(404, {"errorText": "Не найден отзыв"}), Refused, "404 Не найден отзыв"),
        (html(404), Refused, "404 <html><h1>Oops"),
        (canned(413), Refused, "413"),
        (canned(422, {"errorText": "Не удалось"}), Refused, "422 Не удалось"),
        (canned(429), Retryable, "too many requests"),
        (canned(500), InDoubt, "PATCH /api/v1/questions: HTTP 500"),
        (html(502), InDoubt, "HTTP 502 <html>"),
        (canned(408), InDoubt, "408"),
        (canned(301), InDoubt, "301"),
        (html(200), InDoubt, "without readable JSON"),
        (canned(200, {"data": None, "error": True, "errorText": "Не вышло"}), Refused, "Не вышло"),
    ],
)
async def test_a_write_that_is_not_confirmed_is_named_by_what_to_do(
    answer: web.Response, error: type[Exception], said: str
) -> None:
    fake = FakeWildberries(canned=[answer])

    async with client_of(fake, SystemClock()) as client:
        with pytest.raises(error, match=said):
            await client.answer_question(ITEM, "Да")

    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("answer", "error", "calls"),
    [
        (canned(400, TOLD), Retryable, 1),
        (canned(401, PROBLEM), AccountFault, 1),
        (canned(402), AccountFault, 1),
        (canned(403, TOLD), AccountFault, 1),
        (canned(404), Retryable, 1),
        (canned(429, X_Ratelimit_Retry="600"), Retryable, 1),
    ],
)
async def test_a_read_that_is_refused_is_not_repeated_within_seconds(
    answer: web.Response, error: type[Exception], calls: int
) -> None:
    fake = FakeWildberries(canned=[answer])

    async with client_of(fake, HandClock()) as client:
        with pytest.raises(error):
            await client.listed(Kind.REVIEW, FIRST)

    assert len(fake.asked) == calls


@pytest.mark.parametrize("bad", [html(200), html(503), canned(500), canned(200, {"data": None}), canned(200, [])])
async def test_a_read_that_fails_once_is_repeated(bad: web.Response) -> None:
    fake = FakeWildberries(rows(2), canned=[bad])

    async with client_of(fake, SystemClock()) as client:
        page = await client.listed(Kind.REVIEW, FIRST)

    assert page.rows == 2
    assert len(fake.asked) == 2


async def test_a_read_that_always_fails_names_the_place_and_the_beginning_of_the_body() -> None:
    fake = FakeWildberries(canned=[html(200), html(200), html(200)])

    async with client_of(fake, SystemClock()) as client:
        with pytest.raises(Retryable, match="GET /api/v1/feedbacks: HTTP 200 without readable JSON: <html><h1>Oops"):
            await client.listed(Kind.REVIEW, FIRST)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X_Ratelimit_Retry": "720"}, 720),
        ({"Retry_After": "90"}, 90),
        ({"X_Ratelimit_Retry": "inf"}, None),
        ({"X_Ratelimit_Retry": "-5"}, None),
        ({"X_Ratelimit_Retry": "1e9"}, 86400),
        ({}, None),
    ],
)
async def test_a_429_says_when_to_come_back(headers: Mapping[str, str], seconds: float | None) -> None:
    fake = FakeWildberries(canned=[canned(429, **headers)])

    async with client_of(fake, SystemClock()) as client:
        with pytest.raises(Retryable) as caught:
            await client.answer_review(ITEM, "Спасибо")

    assert caught.value.retry_after == seconds


async def test_after_a_429_nothing_is_asked_before_the_time_is_up() -> None:
    clock = HandClock()
    began = clock.monotonic()
    fake = FakeWildberries(rows(1), canned=[canned(429, X_Ratelimit_Retry="20")])

    async with client_of(fake, clock) as client:
        with pytest.raises(Retryable):
            await client.answer_review(ITEM, "Спасибо")
        await client.answer_review(ITEM, "Спасибо")

    assert clock.monotonic() - began >= 20


async def test_what_the_server_has_left_slows_us_down() -> None:
    clock = HandClock()
    began = clock.monotonic()
    fake = FakeWildberries(canned=[canned(204, X_Ratelimit_Remaining="5"), canned(204, X_Ratelimit_Remaining="0")])

    async with client_of(fake, clock, Budget(1.0, 6)) as client:
        for _ in range(3):
            await client.answer_review(ITEM, "Спасибо")

    assert clock.monotonic() - began == pytest.approx(2)


async def test_an_item_that_wildberries_does_not_know_is_none_and_is_asked_for_once() -> None:
    fake = FakeWildberries(rows(1))

    async with client_of(fake, SystemClock()) as client:
        assert await client.one(Kind.REVIEW, ItemId("unknown")) is None

    assert len(fake.asked) == 1


async def test_the_archive_is_read_newest_first() -> None:
    fake = FakeWildberries(canned=[canned(200, {"data": {"feedbacks": rows(2)}})])

    async with client_of(fake, SystemClock()) as client:
        page = await client.archived(take=5000, skip=0)

    assert page.rows == 2
    assert fake.asked == [("GET /api/v1/feedbacks/archive", {"take": "5000", "skip": "0", "order": "dateDesc"})]


async def test_a_token_never_stands_in_an_error_or_a_repr() -> None:
    fake = FakeWildberries(canned=[canned(401, PROBLEM)])

    async with client_of(fake, SystemClock()) as client:
        with pytest.raises(AccountFault) as caught:
            await client.count_unanswered(Kind.REVIEW)

    assert "very-secret" not in f"{client!r} {caught.value!r} {vars(client.http)['_session']!r}"
