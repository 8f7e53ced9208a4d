"""What of a session is sent to the cabinet, and what is kept of the cookies that it renews."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault
from feedback_service.domain.session import Cookie, Session
from feedback_service.platforms.yandex_business.cookies import Jar, read_cookie
from tests.support.fake_yandex_business import COOKIES, OURS, FakeYandexBusiness, account, dispatch, row
from tests.support.platforms import KeptSession
from tests.support.sandbox import NOON, HandClock

FIRST, SECOND = COOKIES
SIGNED = "Session_id=very-secret-Session_id; sessionid2=very-secret-sessionid2"


def jar(host: str = "yandex.ru") -> Jar:
    clock = HandClock()
    return Jar(KeptSession(COOKIES, clock), host, clock)


def header(*cookies: Cookie, host: str = "yandex.ru") -> str:
    return jar(host).header(Session(cookies=(*COOKIES, *cookies), saved_at=NOON))


def cookie(**fields: Any) -> Cookie:
    return replace(FIRST, **{"name": "more", "value": "1", **fields})


@pytest.mark.parametrize(
    ("more", "sent"),
    [
        (cookie(), f"i=; {SIGNED}; more=1"),
        (cookie(value='"a,b c=="'), f'i=; {SIGNED}; more="a,b c=="'),
        (cookie(name="i"), f"i=1; {SIGNED}"),
        (cookie(path="/sprav"), f"i=; {SIGNED}; more=1"),
        (cookie(expires_at=NOON + timedelta(seconds=1)), f"i=; {SIGNED}; more=1"),
        (cookie(expires_at=NOON), f"i=; {SIGNED}"),
        (cookie(path="/maps"), f"i=; {SIGNED}"),
        (cookie(domain="passport.yandex.ru"), f"i=; {SIGNED}"),
        (cookie(domain="notyandex.ru"), f"i=; {SIGNED}"),
        (cookie(domain=""), f"i=; {SIGNED}"),
        (cookie(value="1; Session_id=evil"), f"i=; {SIGNED}"),
        (cookie(value="1\r\nX-Evil: 1"), f"i=; {SIGNED}"),
        (cookie(value="ж"), f"i=; {SIGNED}"),
    ],
)
def test_what_goes_to_the_cabinet_is_sent_unquoted_and_nothing_else(more: Cookie, sent: str) -> None:
    assert header(more) == sent


def test_a_stand_in_gets_its_own_cookies_and_the_site_s() -> None:
    assert header(cookie(domain="127.0.0.1"), host="127.0.0.1") == f"i=; {SIGNED}; more=1"


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("Session_id=new; Domain=.yandex.ru; Path=/; Max-Age=60; HttpOnly", NOON + timedelta(seconds=60)),
        ("Session_id=new; Expires=Wed, 11 Mar 2026 12:00:00 GMT", datetime(2026, 3, 11, 12, tzinfo=UTC)),
        ("Session_id=new; expires=Wed, 11-Mar-2026 12:00:00 GMT; max-age=60", NOON + timedelta(seconds=60)),
        ("Session_id=new; Max-Age=soon; Expires=never", None),
        ("Session_id=new", None),
    ],
)
def test_a_renewed_cookie_takes_the_place_of_the_old_one(line: str, until: datetime | None) -> None:
    renewed = jar().renewed(COOKIES, [line])

    assert [one.name for one in renewed] == ["sessionid2", "Session_id"]
    assert (renewed[1].value, renewed[1].domain, renewed[1].expires_at) == ("new", ".yandex.ru", until)


@pytest.mark.parametrize("line", ["", ";", "=1", "name", "a=1; Domain=passport.yandex.ru", "a=1; Domain=evil.example"])
def test_what_is_no_cookie_of_the_cabinet_changes_nothing(line: str) -> None:
    assert jar().renewed(COOKIES, [line]) == COOKIES


def test_a_cookie_that_is_taken_back_goes() -> None:
    assert jar().renewed(COOKIES, ["sessionid2=; Max-Age=0"]) == (FIRST,)


def test_a_line_is_read_with_its_marks() -> None:
    found = read_cookie("yp=1.2; Domain=.yandex.ru; Path=/; Secure; HttpOnly; SameSite=None", "yandex.ru", NOON)

    assert found == Cookie(name="yp", value="1.2", domain=".yandex.ru", secure=True, http_only=True)


async def test_what_the_cabinet_renews_is_kept_and_sent_from_then_on() -> None:
    fake = FakeYandexBusiness(lists={OURS: [row("one")]})

    def renew(request: web.Request) -> web.Response | None:
        if len(fake.asked) > 1:
            return None
        answer = web.json_response({"list": {"pager": {"total": 0}, "items": []}})
        answer.headers.add("Set-Cookie", "Session_id=third; Path=/; HttpOnly")
        answer.headers.add("Set-Cookie", "sessionid2=fourth; Path=/; HttpOnly")
        return answer

    fake.before = renew

    async with account(fake) as opened:
        await opened.collect()
        await opened.connector.publish(dispatch("one"))

    assert fake.asked[1][2]["Cookie"] == "i=; Session_id=third; sessionid2=fourth"
    assert len(opened.sessions.kept) == 1


async def test_cookies_of_the_way_out_are_not_kept() -> None:
    fake = FakeYandexBusiness(lists={OURS: [row("one")]})
    out = {"Location": "https://passport.yandex.ru/auth", "Set-Cookie": "Session_id=gone; Path=/"}
    fake.before = lambda request: web.Response(status=302, headers=out)

    async with account(fake) as opened:
        with pytest.raises(AccountFault):
            await opened.collect()

    assert opened.sessions.kept == []


async def test_renewed_cookies_of_a_session_that_was_replaced_are_dropped() -> None:
    clock = HandClock()
    sessions = KeptSession(COOKIES, clock)
    mine = Jar(sessions, "yandex.ru", clock)
    used = await mine.session()

    clock.advance(1)  # whoever is asked now has a session saved later
    await mine.keep(used, ["Session_id=old"])

    assert sessions.kept == []


async def test_a_session_that_is_gone_after_a_write_does_not_hide_that_it_was_written() -> None:
    fake = FakeYandexBusiness(lists={OURS: [row("one")]})

    async with account(fake) as opened:

        def sign_out(request: web.Request) -> web.Response | None:
            if not request.path.endswith("/business-answer"):
                return None
            opened.sessions.cookies = ()
            return web.Response(text="OK", headers={"Set-Cookie": "Session_id=new"})

        fake.before = sign_out
        receipt = await opened.connector.publish(dispatch("one"))

    assert receipt.at == opened.clock.now()


async def test_nobody_signed_in_is_told_without_a_call() -> None:
    fake = FakeYandexBusiness(lists={OURS: []})

    async with account(fake) as opened:
        opened.sessions.cookies = ()
        with pytest.raises(AccountFault, match="nobody is signed in"):
            await opened.collect()

    assert fake.asked == []
