"""Captchas, confirmation codes and planned faults at a seller's cabinet, and the control routes of its guard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from feedback_service.platforms.wildberries.replica import WildberriesReplica
from feedback_service.sandbox.server import Sandbox
from tests.support.pages import BAZAAR, COOKIES, Bazaar, Visitor
from tests.support.sandbox import NOON, HandClock

SHOP = {"platform": BAZAAR, "account": "shop"}
ACCOUNT = {"platform": BAZAAR, "key": "shop", "options": {"login": "vera", "password": "seagull"}}


@dataclass(frozen=True)
class Remote:
    """A bazaar steered by its control routes only."""

    bazaar: Bazaar
    sandbox: Sandbox
    clock: HandClock
    client: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        async with self.client.request(method, f"{self.sandbox.url}/_sandbox{path}", json=body) as told:
            return told.status, await told.json()

    async def cleared(self) -> Visitor:
        visitor = Visitor(self.client, self.sandbox)
        await visitor.pass_the_antibot()
        return visitor

    async def signed_in(self, **wanted: object) -> Visitor:
        visitor = await self.cleared()
        _, document = await self.ask("POST", "/sessions", {**SHOP, **wanted})
        visitor.cookies |= {one["name"]: one["value"] for one in document["cookies"]}
        return visitor

    async def plan(self, kind: str, **fault: object) -> None:
        status, document = await self.ask("POST", "/faults", {"kind": kind, **fault})
        assert status == 200, document

    async def report(self) -> Any:
        return (await self.ask("GET", "/gate"))[1]["platforms"][BAZAAR]


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    bazaar, clock = Bazaar(), HandClock()
    async with (
        Sandbox([bazaar, WildberriesReplica()], clock=clock) as sandbox,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
    ):
        remote = Remote(bazaar, sandbox, clock, client)
        await remote.ask("POST", "/accounts", ACCOUNT)
        yield remote


# control routes


async def test_an_account_is_told_its_cabinet_and_how_to_sign_in(remote: Remote) -> None:
    _, document = await remote.ask("POST", "/accounts", ACCOUNT)

    (account,) = document["accounts"]
    assert account["cabinet_url"] == f"{remote.sandbox.url}/bazaar/cabinet"
    assert account["sign_in"] == {"login": "vera", "password": "seagull"}
    assert account["credentials"] == {"token": "token-of-shop"}


async def test_what_is_mounted_is_told_with_its_addresses(remote: Remote) -> None:
    told = await remote.ask("GET", "")

    url = remote.sandbox.url
    platforms = {
        BAZAAR: {"base_url": f"{url}/bazaar", "cabinet_url": f"{url}/bazaar/cabinet"},
        "wildberries": {"base_url": f"{url}/wildberries"},
    }
    assert told == (200, {"url": url, "platforms": platforms, "pubsub": None})


async def test_a_session_is_handed_out_as_extensions_export_cookies(remote: Remote) -> None:
    _, document = await remote.ask("POST", "/sessions", {**SHOP, "lasts": 90})

    cookies = document["cookies"]
    assert [one.pop("name") for one in cookies] == list(COOKIES)
    assert len({one.pop("value") for one in cookies}) == 2
    assert cookies[0] == {
        "domain": "127.0.0.1",
        "hostOnly": True,
        "path": "/",
        "expirationDate": NOON.timestamp() + 90,
        "session": False,
        "secure": True,
        "httpOnly": True,
        "sameSite": "lax",
        "storeId": "0",
    }


async def test_an_exported_session_opens_the_cabinet_until_it_is_revoked(remote: Remote) -> None:
    visitor = await remote.signed_in(lasts=90)

    before = await visitor.open()
    revoked = await remote.ask("POST", "/sessions/revoke", SHOP)
    after = await visitor.open()

    assert (before.status, revoked, after.status) == (200, (200, {"revoked": 1}), 302)


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("/sessions", {**SHOP, "account": "nobody"}, "not known: nobody"),
        ("/sessions", {"platform": "mars", "account": "shop"}, "not known: mars"),
        ("/sessions", {"platform": "wildberries", "account": "shop"}, "wildberries has no cabinet"),
        ("/sessions", {**SHOP, "lasts": 0}, "a session lasts a number of seconds above 0"),
        ("/sessions", {**SHOP, "renews": "no"}, "a session renews: true or false"),
        ("/sessions", [SHOP, SHOP], "the body must be one JSON object"),
        ("/sessions/revoke", {"platform": BAZAAR}, "account must be given as text"),
        ("/sessions/revoke", {**SHOP, "account": "nobody"}, "not known: nobody"),
        ("/faults", {"kind": "captchas"}, "kind must be one of captcha, confirmation_code, drop"),
    ],
)
async def test_a_wrong_request_is_explained(remote: Remote, path: str, body: object, error: str) -> None:
    status, document = await remote.ask("POST", path, body)

    assert (status, document["error"][: len(error)]) == (400, error)


async def test_what_the_gate_refused_is_counted_by_account(remote: Remote) -> None:
    visitor = await remote.signed_in()
    await visitor.open()
    await remote.plan("captcha", count=1, account="shop")
    await visitor.call()
    await remote.ask("POST", "/sessions/revoke", SHOP)
    await visitor.call()
    visitor.user_agent = "HeadlessChrome"
    await visitor.open()

    report = await remote.report()

    nothing = {"blocked": 0, "captcha": 0, "checked": 0, "passed": 0, "sign_in": 0, "signed_in": 0, "signed_out": 0}
    assert report["accounts"] == {
        "": {**nothing, "checked": 2},
        "shop": {**nothing, "passed": 1, "captcha": 1, "signed_out": 1, "blocked": 1},
    }


# captcha


async def test_a_captcha_stands_before_a_page_and_a_call(remote: Remote) -> None:
    visitor = await remote.signed_in()
    await remote.plan("captcha", count=2, platform=BAZAAR, account="shop")

    told = [await visitor.open(), await visitor.call(), await visitor.open()]

    assert [(one.status, one.shows("captcha")) for one in told] == [(403, True), (403, True), (200, False)]
    assert remote.bazaar.written == []


async def test_a_captcha_may_stay_until_somebody_solves_it(remote: Remote) -> None:
    visitor, stranger = await remote.signed_in(), await remote.cleared()
    await remote.plan("captcha", count=1, account="shop", options={"until_solved": True})

    first, second = await visitor.open(), await visitor.call()
    elsewhere, waiting = await stranger.open(), (await remote.report())["captchas"]
    solved = await remote.ask("POST", "/gate/solve", SHOP)
    again = await remote.ask("POST", "/gate/solve", SHOP)

    assert (first.status, second.status, elsewhere.status, waiting) == (403, 403, 302, ["shop"])
    assert (solved[1], again[1]) == ({"solved": True}, {"solved": False})
    assert (await visitor.open()).status == 200


async def test_a_captcha_may_keep_people_from_the_sign_in_form(remote: Remote) -> None:
    visitor = await remote.cleared()
    await remote.plan("captcha", count=1, match="__gate/sign-in", options={"until_solved": True})

    kept_out = await visitor.open("/cabinet/__gate/sign-in")
    await remote.ask("POST", "/gate/solve", {"platform": BAZAAR})
    form = await visitor.open("/cabinet/__gate/sign-in")

    assert (kept_out.status, kept_out.shows("captcha"), form.shows("sign-in")) == (403, True, True)


# confirmation code


async def test_a_sign_in_may_need_a_code(remote: Remote) -> None:
    visitor = await remote.cleared()
    await remote.plan("confirmation_code", count=1, account="shop")

    form = await visitor.sign_in("shop", "/bazaar/cabinet/reviews")
    code = (await remote.report())["codes"]["shop"]
    signed_in = await visitor.submit("code", attempt=form.value("attempt"), code=code)
    page = await visitor.open()

    assert (form.status, form.shows("confirmation-code"), len(form.cookies)) == (200, True, 0)
    assert (signed_in.headers["location"], page.status) == ("/bazaar/cabinet/reviews", 200)
    assert (await remote.report())["codes"] == {}


async def test_a_wrong_code_is_said_and_the_third_ends_it(remote: Remote) -> None:
    visitor = await remote.cleared()
    await remote.plan("confirmation_code", count=1)
    attempt = (await visitor.sign_in("shop")).value("attempt")
    code = (await remote.report())["codes"]["shop"]

    told = [await visitor.submit("code", attempt=attempt, code="нет") for _ in range(3)]
    too_late = await visitor.submit("code", attempt=attempt, code=code)

    assert [one.shows("confirmation-code") for one in told] == [True, True, False]
    assert "Неверный код" in told[0].text
    assert (too_late.shows("sign-in"), too_late.cookies) == (True, {})


# the faults of every replica


async def test_a_write_is_dropped_before_or_after_it_is_written(remote: Remote) -> None:
    visitor = await remote.signed_in()

    await remote.plan("drop_before_write", count=1)
    await visitor.open()
    with pytest.raises(aiohttp.ClientConnectionError):
        await visitor.call()
    before = list(remote.bazaar.written)
    await remote.plan("drop_after_write", count=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await visitor.call()

    assert (before, remote.bazaar.written) == ([], [("shop", b"{}")])
    assert (await visitor.call()).status == 200


async def test_a_page_may_be_slow_broken_or_mangled(remote: Remote) -> None:
    visitor = await remote.signed_in()

    await remote.plan("slow", count=1, options={"delay": 90})
    await visitor.open()
    await remote.plan("server_error", count=1, options={"status": 503})
    broken = await visitor.open()
    await remote.plan("mangle", count=1)
    mangled = await visitor.call()

    assert (remote.clock.slept, broken.status, mangled.status) == ([90], 503, 200)
    assert "We will be back soon" in mangled.text


async def test_a_renewal_survives_a_broken_answer(remote: Remote) -> None:
    visitor = await remote.signed_in(lasts=600)
    await remote.plan("mangle", count=1)
    remote.clock.advance(150)

    mangled = await visitor.call()

    assert mangled.cookies.keys() == set(COOKIES)
    assert (await visitor.call()).document["seller"] == "shop"


async def test_a_fault_waits_for_a_request_that_the_gate_lets_through(remote: Remote) -> None:
    await remote.plan("drop", count=1)

    visitor = await remote.signed_in()
    await Visitor(remote.client, remote.sandbox, user_agent="HeadlessChrome").open()
    await (await remote.cleared()).open()

    assert (await remote.ask("GET", "/faults"))[1]["faults"][0]["left"] == 1
    with pytest.raises(aiohttp.ClientConnectionError):
        await visitor.call()


async def test_requests_are_noted_under_their_account(remote: Remote) -> None:
    visitor = await remote.signed_in()
    await visitor.open()
    await remote.ask("POST", "/sessions/revoke", SHOP)
    await visitor.call()

    _, document = await remote.ask("GET", "/requests?account=shop")

    seen = [(one["method"], one["path"], one["status"]) for one in document["requests"]]
    assert seen == [("GET", "/cabinet", "200"), ("POST", "/cabinet/api/answer", "401")]


async def test_a_replica_without_a_cabinet_knows_no_captcha() -> None:
    kinds = Sandbox([WildberriesReplica()]).fault_kinds()

    assert "captcha" not in kinds
