"""The guard of a seller's cabinet over http: antibot, sign-in, sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from feedback_service.ports.replica import SandboxAccount
from feedback_service.sandbox.gate import Term
from feedback_service.sandbox.gate.antibot import CLEARANCE_SECONDS, REFUSAL_SECONDS
from feedback_service.sandbox.gate.sessions import GRACE_SECONDS
from feedback_service.sandbox.server import Sandbox
from tests.support.pages import BAZAAR, COOKIES, Bazaar, Visitor
from tests.support.sandbox import HandClock

HOUR = 3600.0


@dataclass(frozen=True)
class Street:
    """A bazaar with two sellers, and visitors as many as are wanted."""

    bazaar: Bazaar
    sandbox: Sandbox
    clock: HandClock
    client: aiohttp.ClientSession

    def visitor(self, **told: str) -> Visitor:
        return Visitor(self.client, self.sandbox, **told)

    async def cleared(self) -> Visitor:
        visitor = self.visitor()
        await visitor.pass_the_antibot()
        return visitor

    async def signed_in(self, account: str = "shop", lasts: float = HOUR, renews: bool = True) -> Visitor:
        visitor = await self.cleared()
        use = self.sandbox.gates[BAZAAR].issue(account, self.clock.now().timestamp(), Term(lasts, renews))
        visitor.cookies |= use.fresh
        return visitor


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    bazaar, clock = Bazaar(), HandClock()
    cookies = aiohttp.DummyCookieJar()
    async with (
        Sandbox([bazaar], clock=clock) as sandbox,
        aiohttp.ClientSession(cookie_jar=cookies) as client,
    ):
        for key in ("shop", "other"):
            sandbox.register(BAZAAR, SandboxAccount(key))
        yield Street(bazaar, sandbox, clock, client)


# antibot


async def test_who_was_not_checked_gets_a_page_that_checks(street: Street) -> None:
    page = await street.visitor().open()

    assert (page.status, page.shows("checking"), page.shows("shop")) == (200, True, False)
    assert page.headers["cache-control"] == "no-store"


async def test_a_browser_that_people_use_is_cleared_and_asked_to_sign_in(street: Street) -> None:
    visitor = street.visitor()
    challenge = (await visitor.open()).value("challenge")

    cleared = await visitor.report(challenge)
    page = await visitor.open()

    assert (cleared.status, page.status) == (204, 302)
    assert "HttpOnly" in cleared.headers["set-cookie"]
    assert "Path=/bazaar/cabinet;" in cleared.headers["set-cookie"]


@pytest.mark.parametrize(
    ("findings", "reason"),
    [
        ({"webdriver": True}, "webdriver"),
        ({"webdriver": None}, "webdriver"),
        ({"languages": []}, "languages"),
        ({"chrome": False, "plugins": 0}, "no-chrome"),
        ({"traces": 3}, "driver-traces"),
    ],
)
async def test_a_browser_that_gives_itself_away_is_refused(
    street: Street, findings: dict[str, object], reason: str
) -> None:
    visitor = street.visitor()
    challenge = (await visitor.open()).value("challenge")

    told = await visitor.report(challenge, **findings)
    page = await visitor.open()

    assert (told.status, page.status, page.shows("blocked")) == (403, 403, True)
    assert page.value("reason") == reason


async def test_a_refused_browser_is_checked_again_after_a_while(street: Street) -> None:
    visitor = street.visitor()
    await visitor.report((await visitor.open()).value("challenge"), webdriver=True)

    street.clock.advance(REFUSAL_SECONDS)

    assert (await visitor.open()).shows("checking")


async def test_a_headless_user_agent_is_refused_at_once(street: Street) -> None:
    page = await street.visitor(user_agent="Mozilla/5.0 HeadlessChrome/156.0.0.0").open()

    assert (page.status, page.value("reason")) == (403, "user-agent")


@pytest.mark.parametrize("path", ["/cabinet/api/answer", "/cabinet/anything"])
async def test_a_call_without_clearance_is_refused(street: Street, path: str) -> None:
    told = await street.visitor().call(path)

    assert (told.status, told.shows("blocked"), street.bazaar.written) == (403, True, [])


async def test_a_report_without_a_challenge_of_ours_clears_nobody(street: Street) -> None:
    visitor = street.visitor()
    challenge = (await visitor.open()).value("challenge")
    await visitor.report(challenge)

    used_before = await street.visitor().report(challenge)
    made_up = await visitor.report("made-up")
    broken = await visitor.ask("POST", "/cabinet/__gate/clearance", b"[")

    assert [told.status for told in (used_before, made_up, broken)] == [403, 403, 403]


async def test_a_clearance_belongs_to_one_user_agent(street: Street) -> None:
    visitor = await street.cleared()

    visitor.user_agent = "Mozilla/5.0 Firefox/150.0"

    assert (await visitor.open()).shows("checking")


async def test_a_clearance_ends(street: Street) -> None:
    visitor = await street.signed_in(lasts=9 * HOUR)

    street.clock.advance(CLEARANCE_SECONDS)

    assert (await visitor.call()).value("reason") == "no-clearance"
    assert (await visitor.open()).shows("checking")


# sign-in


async def test_a_person_signs_in_and_comes_to_where_they_wanted(street: Street) -> None:
    visitor = await street.cleared()
    to_form = await visitor.open("/cabinet/reviews?page=2&q=чай")

    form = await visitor.open(to_form.headers["location"])
    signed_in = await visitor.sign_in("shop", form.value("next"))
    page = await visitor.open(signed_in.headers["location"])

    assert (to_form.status, form.shows("sign-in"), signed_in.status) == (302, True, 302)
    assert signed_in.headers["location"].startswith("/bazaar/cabinet/reviews?page=2&q=")
    assert (page.status, page.text) == (200, '<!doctype html><div id="shop">shop</div>')
    assert signed_in.cookies.keys() == set(COOKIES)


async def test_a_wrong_password_is_said(street: Street) -> None:
    visitor = await street.cleared()

    page = await visitor.submit("sign-in", login="shop@seller.example", password="wrong")

    assert page.shows("sign-in")
    assert "Неверный логин или пароль" in page.text
    assert (await visitor.open()).status == 302


async def test_the_form_leads_nowhere_else(street: Street) -> None:
    visitor = await street.cleared()

    for foreign in ("https://evil.example/", "//evil.example", "/bazaar/cabinetry", "/_sandbox/gate"):
        signed_in = await visitor.sign_in("shop", foreign)

        assert signed_in.headers["location"] == "/bazaar/cabinet"


async def test_login_and_password_may_be_chosen_and_stay(street: Street) -> None:
    chosen = SandboxAccount("shop", {"login": "vera", "password": "чайка", "goods": "tea"})

    street.sandbox.register(BAZAAR, chosen)
    street.sandbox.register(BAZAAR, SandboxAccount("shop", {"goods": "tea"}))
    visitor = await street.cleared()
    signed_in = await visitor.submit("sign-in", login="vera", password="чайка")

    assert (signed_in.status, street.bazaar.opened["shop"]) == (302, {"goods": "tea"})
    assert "чайка" not in repr(street.sandbox.gates[BAZAAR].login("shop"))


@pytest.mark.parametrize(
    "options", [{"login": 5}, {"password": ""}, {"login": "other@seller.example"}, {"session_lasts": 0}]
)
async def test_a_wrong_option_of_an_account_is_refused(street: Street, options: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        street.sandbox.register(BAZAAR, SandboxAccount("shop", options))


# sessions


async def test_a_session_opens_pages_and_calls_of_its_account_only(street: Street) -> None:
    mine, theirs = await street.signed_in("shop"), await street.signed_in("other")

    pages = [await one.open() for one in (mine, theirs)]
    calls = [await one.call() for one in (mine, theirs)]

    assert [">shop<" in pages[0].text, ">other<" in pages[1].text] == [True, True]
    assert [one.document["seller"] for one in calls] == ["shop", "other"]
    assert [who for who, _ in street.bazaar.written] == ["shop", "other"]


async def test_cookies_of_two_accounts_mixed_open_nothing(street: Street) -> None:
    mine, theirs = await street.signed_in("shop"), await street.signed_in("other")

    mine.cookies[COOKIES[0]] = theirs.cookies[COOKIES[0]]

    assert (await mine.open()).status == 302


@pytest.mark.parametrize("name", COOKIES)
async def test_every_cookie_of_a_session_is_needed(street: Street, name: str) -> None:
    visitor = await street.signed_in()

    del visitor.cookies[name]

    assert (await visitor.call()).status == 401


async def test_without_a_session_a_call_gets_what_the_platform_says(street: Street) -> None:
    visitor = await street.cleared()

    in_its_words = await visitor.call()
    street.bazaar.refuses = False
    without_words = await visitor.call()

    assert (in_its_words.status, in_its_words.document) == (401, {"error": "unauthorized"})
    assert (without_words.status, street.bazaar.written) == (302, [])


async def test_a_session_ends_after_its_time(street: Street) -> None:
    visitor = await street.signed_in(lasts=600, renews=False)

    street.clock.advance(599)
    before = await visitor.open()
    street.clock.advance(1)
    after = await visitor.open()

    assert (before.status, before.cookies, after.status) == (200, {}, 302)


async def test_a_used_session_is_renewed_and_lasts_on(street: Street) -> None:
    visitor = await street.signed_in(lasts=600)
    old = visitor.without_clearance()

    street.clock.advance(150)
    renewing = await visitor.open()
    street.clock.advance(599)
    later = await visitor.call()

    assert renewing.cookies.keys() == set(COOKIES)
    assert all(renewing.cookies[name] != old[name] for name in COOKIES)
    assert later.status == 200


async def test_old_cookies_hold_until_a_little_after_the_new_ones_are_used(street: Street) -> None:
    visitor, forgetful = await street.signed_in(lasts=600), await street.cleared()
    forgetful.cookies |= visitor.without_clearance()
    old = dict(forgetful.cookies)
    street.clock.advance(150)
    await visitor.open()

    street.clock.advance(GRACE_SECONDS)
    lost_answer = await forgetful.open()
    await visitor.open()
    forgetful.cookies = dict(old)
    soon = await forgetful.open()
    street.clock.advance(GRACE_SECONDS)
    forgetful.cookies = dict(old)
    late = await forgetful.open()

    assert [lost_answer.status, soon.status, late.status] == [200, 200, 302]
    assert lost_answer.cookies == soon.cookies == visitor.without_clearance()


async def test_the_time_of_old_cookies_begins_with_the_first_use_of_the_new_ones(street: Street) -> None:
    visitor, forgetful = await street.signed_in(lasts=600), await street.cleared()
    forgetful.cookies |= visitor.without_clearance()
    street.clock.advance(150)
    await visitor.open()

    for _ in range(3):
        await visitor.open()
        street.clock.advance(GRACE_SECONDS / 2)

    assert (await forgetful.open()).status == 302


async def test_cookies_of_two_renewals_ago_are_over(street: Street) -> None:
    visitor, stale = await street.signed_in(lasts=600), await street.cleared()
    stale.cookies |= visitor.without_clearance()

    for _ in range(2):
        street.clock.advance(150)
        await visitor.open()

    assert (await stale.open()).status == 302


async def test_a_revoked_session_is_over_whatever_cookies_it_had(street: Street) -> None:
    visitor, stale = await street.signed_in(lasts=600), await street.cleared()
    stale.cookies |= visitor.without_clearance()
    theirs = await street.signed_in("other")
    street.clock.advance(150)
    await visitor.open()

    ended = street.sandbox.gates[BAZAAR].revoke("shop")

    assert ended == 1
    assert [(await one.open()).status for one in (visitor, stale, theirs)] == [302, 302, 200]


async def test_what_lies_beside_the_cabinet_is_not_guarded(street: Street) -> None:
    told = await street.visitor(user_agent="HeadlessChrome").open("/cabinetry")

    assert (told.status, told.document["seller"]) == (200, None)
