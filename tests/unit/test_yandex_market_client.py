"""What every answer of the Partner API that is not the expected one means for a read and for a write."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable, Unavailable
from feedback_service.platforms.yandex_market import bodies
from feedback_service.transports.clock import SystemClock
from feedback_service.transports.http import Call
from tests.support.fake_yandex_market import (
    COMMENTS,
    LIST,
    FakeYandexMarket,
    client_of,
    comment,
    html,
    refused,
    review,
    shown,
)
from tests.support.sandbox import NOON, HandClock

BODY = bodies.new_comment(1, "Спасибо")
SCOPE = "Token does not have any of the scopes to access the API method"


def until(seconds: float) -> str:
    return format_datetime(NOON + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (refused(400, "Value / length of field (text) must be between 1 and 4096"), Refused, "400 Value / length"),
        (refused(401, "Api-Key token is revoked"), AccountFault, "token is revoked.*Настройки"),
        (refused(403, SCOPE), Unavailable, "may not read or answer.*Общение с покупателями"),
        (refused(403, "Access to API denied for the client / campaign"), Unavailable, "closed to this shop"),
        (refused(403, "Restrict access for business '7' because it is not active"), AccountFault, "not active"),
        (refused(403, "Access denied"), AccountFault, "denies access to the cabinet.*business_id"),
        (refused(404, "Feedback not found: 1"), Refused, "404 Feedback not found"),
        (refused(405, "Request method 'x' not supported"), Refused, "405"),
        (refused(415, "Missing Content-Type"), Refused, "415"),
        (refused(420, "Hit rate limit of 4 parallel requests"), Retryable, "at once"),
        (refused(420, "Hit rate limit of 1000 requests per period for resource R"), Retryable, "hourly"),
        (refused(423, "Business is in migration"), Retryable, "moved"),
        (refused(429), Retryable, "hourly"),
        (refused(500, "Internal"), InDoubt, "comments/update: HTTP 500 Internal"),
        (refused(503, "Service temporarily unavailable"), InDoubt, "503"),
        (html(502), InDoubt, "HTTP 502 <html>"),
        (refused(408), InDoubt, "408"),
        (html(301), InDoubt, "301"),
        (html(200), InDoubt, "without readable JSON"),
        (refused(200, "Не вышло"), Refused, "Не вышло"),
    ],
)
async def test_a_write_that_is_not_confirmed_is_named_by_what_to_do(
    answer: web.Response, error: type[Exception], said: str
) -> None:
    fake = FakeYandexMarket(canned=[answer])

    async with client_of(fake, SystemClock()) as client:
        with pytest.raises(error, match=said) as caught:
            await client.write_comment(BODY)

    assert type(caught.value) is error
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("answer", "error", "calls"),
    [
        (refused(400, "Limit exceeded"), Retryable, 1),
        (refused(401, "Api-Key token is invalid"), AccountFault, 1),
        (refused(403, SCOPE), Unavailable, 1),
        (refused(404, "Business not found: 77"), AccountFault, 1),
        (refused(423, "Business is in migration"), Retryable, 1),
        (refused(420, "Hit rate limit of 5000 requests per period for resource R"), Retryable, 1),
    ],
)
async def test_a_read_that_is_refused_is_not_repeated_within_seconds(
    answer: web.Response, error: type[Exception], calls: int
) -> None:
    fake = FakeYandexMarket(canned=[answer])

    async with client_of(fake, HandClock()) as client:
        with pytest.raises(error):
            await client.reviews_by_id([1])

    assert len(fake.asked) == calls


@pytest.mark.parametrize("bad", [html(200), html(503), refused(500), shown({"feedbacks": "none"}), refused(200, "Ой")])
async def test_a_read_that_fails_once_is_repeated(bad: web.Response) -> None:
    fake = FakeYandexMarket([review(1)], canned=[bad])

    async with client_of(fake, SystemClock()) as client:
        assert len(await client.reviews_by_id([1])) == 1

    assert fake.calls(LIST) == 2


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X_RateLimit_Resource_Until": until(1800)}, 1800),
        ({"X_RateLimit_Resource_Until": until(-5)}, 1),
        ({"X_RateLimit_Resource_Until": until(86400)}, 7200),
        ({"X_RateLimit_Resource_Until": "soon"}, 60),
        ({"Retry_After": "90"}, 90),
        ({}, 60),
    ],
)
async def test_an_hourly_limit_says_until_when_and_the_method_is_left_alone_meanwhile(
    headers: Mapping[str, str], seconds: float
) -> None:
    clock = HandClock()
    fake = FakeYandexMarket(canned=[refused(420, "Hit rate limit of 1000 requests per period", **headers)])

    async with client_of(fake, clock) as client:
        with pytest.raises(Retryable) as caught:
            await client.write_comment(BODY)
        began = clock.monotonic()
        for _ in range(2):
            if seconds > 15:
                with pytest.raises(Retryable):
                    await client.write_comment(BODY)
        clock.advance(seconds - 1)
        assert await client.write_comment(BODY) == "901"

    assert caught.value.retry_after == pytest.approx(seconds, abs=1)
    assert clock.monotonic() - began >= seconds - 0.01
    assert len(fake.asked) == 2


async def test_another_method_is_not_held_back_by_a_limit() -> None:
    fake = FakeYandexMarket([review(1)], canned=[refused(420, "Hit rate limit", X_RateLimit_Resource_Until=until(900))])

    async with client_of(fake, HandClock()) as client:
        with pytest.raises(Retryable):
            await client.write_comment(BODY)

        assert len(await client.reviews_by_id([1])) == 1


async def test_the_last_call_of_an_hour_closes_the_method_before_it_is_refused() -> None:
    spent = {"X-RateLimit-Resource-Remaining": "0", "X-RateLimit-Resource-Until": until(600)}
    fake = FakeYandexMarket(canned=[web.json_response({"status": "OK", "result": {"id": 5}}, headers=spent)])

    async with client_of(fake, HandClock()) as client:
        assert await client.write_comment(BODY) == "5"
        with pytest.raises(Retryable) as caught:
            await client.write_comment(BODY)

    assert caught.value.retry_after == pytest.approx(600, abs=1)
    assert len(fake.asked) == 1


async def test_two_calls_are_under_way_and_never_more() -> None:
    under_way, two, release = 0, asyncio.Event(), asyncio.Event()

    class Slow(FakeYandexMarket):
        async def serve(self, request: web.Request) -> web.Response:
            nonlocal under_way
            if request.path != COMMENTS:
                return shown({})
            under_way += 1
            if under_way == 2:
                two.set()
            await release.wait()
            return shown({"comments": []})

    async with client_of(Slow(), SystemClock()) as client:
        calls = asyncio.gather(*(client.comments(number) for number in range(1, 9)))
        await asyncio.wait_for(two.wait(), 10)
        await client.http.exchange(Call(method="GET", path="/past-the-gate"))
        at_once = under_way
        release.set()
        await calls

    assert (at_once, under_way) == (2, 8)


async def test_all_pages_are_read_and_each_token_is_passed_on() -> None:
    fake = FakeYandexMarket([review(number) for number in range(1, 6)])

    async with client_of(fake, SystemClock()) as client:
        rows = [row async for page in client.reviews(all_of_them=True) for row in page]

    assert [row.review.item_id for row in rows] == ["1", "2", "3", "4", "5"]
    assert [one.query for one in fake.asked] == [
        {"limit": "50"},
        {"limit": "50", "pageToken": "2"},
        {"limit": "50", "pageToken": "4"},
    ]


async def test_a_list_that_goes_round_in_a_circle_ends_as_retryable() -> None:
    fake = FakeYandexMarket(canned=[shown({"feedbacks": [review(1)]}, "again") for _ in range(9)])

    async with client_of(fake, SystemClock()) as client:
        with pytest.raises(Retryable, match="does not end"):
            _ = [page async for page in client.reviews(all_of_them=True)]

    assert len(fake.asked) == 2


async def test_the_comments_of_an_item_that_is_gone_are_none_and_its_deletion_is_done() -> None:
    fake = FakeYandexMarket(canned=[refused(404, "Feedback not found"), refused(404, "Comment not found")])

    async with client_of(fake, SystemClock()) as client:
        assert await client.comments(1) == []
        await client.delete_comment(5)

    assert len(fake.asked) == 2


async def test_comments_are_read_to_the_last_page() -> None:
    fake = FakeYandexMarket(canned=[shown({"comments": [comment(1)]}, "t"), shown({"comments": [comment(2)]})])

    async with client_of(fake, SystemClock()) as client:
        assert [one.id for one in await client.comments(1)] == [1, 2]

    assert fake.calls(COMMENTS) == 2


async def test_a_key_never_stands_in_an_error_or_a_repr() -> None:
    fake = FakeYandexMarket(canned=[refused(401, "Api-Key token is invalid")])

    async with client_of(fake, SystemClock()) as client:
        with pytest.raises(AccountFault) as caught:
            await client.scopes()

    assert "very-secret" not in f"{client!r} {caught.value!r} {vars(client.http)['_session']!r}"
