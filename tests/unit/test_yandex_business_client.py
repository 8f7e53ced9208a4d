"""What every answer of the cabinet that is not the expected one means for a read and for a write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import Product, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_business.refusals import Closed
from feedback_service.platforms.yandex_business.wire import Row, Tokens
from tests.support.fake_yandex_business import (
    ANSWER,
    CSRF,
    OURS,
    FakeYandexBusiness,
    account,
    csrf_refused,
    dispatch,
    row,
)
from tests.support.sandbox import NOON

Told = Callable[[], web.Response]
PLACE = Product(sku=OURS)
ROW = Row(Review(item_id=ItemId("one"), created_at=NOON, rating=4), Tokens())
SOON = NOON + timedelta(minutes=1)
REVIEWS = f"/sprav/api/{OURS}/reviews"
WALL = '<html><form action="/showcaptcha">Подтвердите, что вы не робот</form></html>'


def says(status: int, text: str = "", media: str = "text/plain", **headers: str) -> Told:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: web.Response(status=status, text=text, content_type=media, headers=named)


def shop() -> FakeYandexBusiness:
    return FakeYandexBusiness(lists={OURS: [row("one")]})


def answering(fake: FakeYandexBusiness, *told: Told, path: str) -> None:
    """The first calls of the path get these answers, the others what the fake says."""
    script = list(told)
    fake.before = lambda request: script.pop(0)() if request.path == path and script else None


TO_SIGN_IN = says(302, Location="https://passport.yandex.ru/auth?retpath=https%3A%2F%2Fyandex.ru%2Fshowcaptcha")


@pytest.mark.parametrize(
    ("told", "error", "said"),
    [
        (says(200, "Ok"), InDoubt, "without OK: Ok"),
        (says(200, "OK\n"), InDoubt, "without OK"),
        (says(200), InDoubt, "without OK: .empty"),
        (says(200, '{"status": "OK"}'), InDoubt, "without OK"),
        (says(204), InDoubt, "HTTP 204"),
        (says(200, "<html>We will be back", "text/html"), InDoubt, "without OK: <html>"),
        (says(500), InDoubt, "HTTP 500"),
        (says(502, "<html>Oops", "text/html"), InDoubt, "HTTP 502 <html>"),
        (says(408), InDoubt, "408"),
        (says(302, Location="https://yandex.ru/sprav/"), InDoubt, "HTTP 302"),
        (says(400, "bad token"), Refused, "400 bad token"),
        (says(403, "no"), Refused, "403 no"),
        (says(404), Refused, "404"),
        (says(401, "no"), AccountFault, "does not accept the session"),
        (TO_SIGN_IN, AccountFault, "the session has ended; sign in again"),
        (says(429, need_captcha="1"), AccountFault, "asks for a captcha; open the cabinet"),
        (says(200, WALL, "text/html"), AccountFault, "asks for a captcha"),
        (says(302, Location="https://yandex.ru/showcaptcha?cc=1"), AccountFault, "asks for a captcha"),
        (says(200, '{"type": "captcha"}'), AccountFault, "asks for a captcha"),
        (says(429), Retryable, "too many requests"),
        (says(429, need_captcha="0"), Retryable, "too many requests"),
    ],
)
async def test_a_write_that_is_not_confirmed_is_named_by_what_to_do(
    told: Told, error: type[Exception], said: str
) -> None:
    fake = shop()
    answering(fake, told, path=ANSWER.removeprefix("POST "))

    async with account(fake) as opened:
        with pytest.raises(error, match=said):
            await opened.connector.client.answer(ROW, "Спасибо!", SOON)

    assert fake.calls(ANSWER) == 1


@pytest.mark.parametrize(
    ("told", "error", "calls"),
    [
        (TO_SIGN_IN, AccountFault, 1),
        (says(401, "no"), AccountFault, 1),
        (says(429, need_captcha="1"), AccountFault, 1),
        (says(200, WALL, "text/html"), AccountFault, 1),
        (says(403, "no"), Closed, 1),
        (says(404, "no"), Closed, 1),
        (says(400, "no"), Retryable, 1),
        (says(429, Retry_After="600"), Retryable, 1),
        (says(200, "<html>We will be back", "text/html"), Retryable, 3),
        (says(200, '{"list": null}'), Retryable, 3),
        (says(500), Retryable, 3),
    ],
)
async def test_a_read_that_fails_is_repeated_only_where_seconds_may_help(
    told: Told, error: type[Exception], calls: int
) -> None:
    fake = shop()
    answering(fake, told, told, told, path=REVIEWS)

    async with account(fake) as opened:
        with pytest.raises(error):
            await opened.connector.client.reviews(PLACE, 1, NOON)

    assert fake.calls(REVIEWS) == calls


async def test_the_word_captcha_in_a_customer_s_review_is_no_wall() -> None:
    fake = FakeYandexBusiness(lists={OURS: [row("one", full_text="Сайт просит SmartCaptcha и /showcaptcha")]})

    async with account(fake) as opened:
        page = await opened.connector.client.reviews(PLACE, 1, NOON)

    assert page.came == 1


async def test_a_429_says_when_to_come_back() -> None:
    fake = shop()
    answering(fake, says(429, Retry_After="90"), path=REVIEWS)

    async with account(fake) as opened:
        with pytest.raises(Retryable) as caught:
            await opened.connector.client.reviews(PLACE, 1, NOON)

    assert caught.value.retry_after == 90


@pytest.mark.parametrize("status", [488, 401, 403])
async def test_a_call_that_is_refused_for_its_csrf_token_is_made_once_more(status: int) -> None:
    fake = shop()

    async with account(fake) as opened:
        opened.connector.client.csrf = "stale"
        answering(fake, lambda: csrf_refused(status), path=ANSWER.removeprefix("POST "))
        await opened.connector.client.answer(ROW, "Спасибо!", SOON)
        answering(fake, lambda: csrf_refused(status), path=REVIEWS)
        page = await opened.connector.client.reviews(PLACE, 1, NOON)

    assert (len(fake.answers), fake.calls(ANSWER), page.came) == (1, 2, 1)


async def test_a_refusal_without_a_token_has_one_fetched() -> None:
    fake = shop()
    answering(fake, says(488, "{}"), path=ANSWER.removeprefix("POST "))

    async with account(fake) as opened:
        opened.connector.client.csrf = "stale"
        await opened.connector.client.answer(ROW, "Спасибо!", SOON)

    assert [call for call, _, _ in fake.asked] == [ANSWER, "POST /sprav/api/view/chain/0/list/", ANSWER]


@pytest.mark.parametrize("token", ["", "a\r\nX-Evil: 1", "ж", "x" * 501, 7, None])
async def test_a_token_that_could_not_stand_in_a_header_is_none(token: object) -> None:
    fake = shop()
    fake.before = lambda request: web.json_response({"csrf": token}, status=488)

    async with account(fake) as opened:
        with pytest.raises(Retryable, match="chain/0/list/: 488"):
            await opened.connector.client.answer(ROW, "Спасибо!", SOON)

    assert fake.calls(ANSWER) == 0


async def test_a_cabinet_that_refuses_its_own_token_is_the_account_s_fault_and_nothing_is_written() -> None:
    fake = shop()
    answering(fake, csrf_refused, csrf_refused, path=ANSWER.removeprefix("POST "))

    async with account(fake) as opened:
        with pytest.raises(AccountFault, match="refuses the CSRF token"):
            await opened.connector.client.answer(ROW, "Спасибо!", SOON)

    assert (fake.calls(ANSWER), fake.answers) == (2, [])


async def test_a_write_is_what_the_cabinet_s_own_pages_send() -> None:
    fake = shop()

    async with account(fake) as opened:
        await opened.connector.publish(dispatch("one"))

    (_, _, headers) = fake.asked[-1]
    assert headers["Cookie"] == "i=; Session_id=very-secret-Session_id; sessionid2=very-secret-sessionid2"
    assert (headers["X-CSRF-Token"], headers["X-Requested-With"]) == (CSRF, "XMLHttpRequest")
    assert fake.answers == [
        {
            "reviewId": "one",
            "text": "Спасибо за отзыв!",
            "reviewsCsrfToken": "of-the-list",
            "answerCsrfToken": "of-one",
        }
    ]


async def test_both_names_of_the_ranking_are_sent() -> None:
    fake = shop()

    async with account(fake) as opened:
        await opened.connector.client.reviews(PLACE, 3, NOON)

    assert fake.asked[0][1] == {"ranking_by": "by_time", "ranking": "by_time", "page": "3"}


async def test_calls_keep_to_one_a_second() -> None:
    fake = shop()

    async with account(fake) as opened:
        for _ in range(13):
            await opened.connector.client.reviews(PLACE, 1, NOON)

    assert (opened.clock.now() - NOON).total_seconds() >= 9


async def test_no_secret_shows_in_an_error() -> None:
    fake = shop()
    answering(fake, says(500), path=ANSWER.removeprefix("POST "))

    async with account(fake) as opened:
        with pytest.raises(InDoubt) as caught:
            await opened.connector.publish(dispatch("one"))

    assert not any(word in f"{caught.value!r}{opened.connector!r}" for word in ("very-secret", CSRF, "of-the-list"))
