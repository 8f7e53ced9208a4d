"""No review that waits is missed, whatever the lists do meanwhile, and which organisations they are read of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, Configuration, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.yandex_business import connect
from feedback_service.platforms.yandex_business.collecting import SWEEP_EVERY
from feedback_service.ports.platform import Access
from tests.support.fake_yandex_business import OURS, FakeYandexBusiness, Opened, account, company, row, rows
from tests.support.platforms import KeptSession
from tests.support.sandbox import HandClock

ANSWERED = {"owner_comment": {"text": "Спасибо!"}}
REJECTED = {"owner_comment": {"text": "Спасибо!", "moderation_status": "rejected"}}
TO_SIGN_IN = {"Location": "https://passport.yandex.ru/auth"}


def shop(*listed: dict[str, Any]) -> FakeYandexBusiness:
    return FakeYandexBusiness(lists={OURS: list(listed)})


def ids(count: int) -> list[str]:
    return [f"r{number:04}" for number in reversed(range(count))]


def once_before_page(fake: FakeYandexBusiness, number: int, act: Callable[[], object]) -> None:
    """Act once, just before the page of that number is served."""
    left = [act]

    def before(request: web.Request) -> None:
        if left and request.query.get("page") == str(number):
            left.pop()()

    fake.before = before


async def collected_into(found: list[str], opened: Opened) -> None:
    async for page in opened.connector.unanswered(Kind.REVIEW):
        found += [item.item_id for item in page]


async def passes(opened: Opened, count: int) -> list[list[str]]:
    found = []
    for _ in range(count):
        found.append(await opened.collect())
        opened.later(timedelta(minutes=1))
    return found


async def test_answered_reviews_do_not_wait_and_rejected_answers_count_as_none() -> None:
    fake = shop(row("new"), row("done", 120, **ANSWERED), row("again", 180, **REJECTED))

    async with account(fake) as opened:
        assert await opened.collect() == ["again", "new"]


async def test_what_came_in_one_second_keeps_its_order() -> None:
    fake = shop(row("third"), row("second"), row("first"))

    async with account(fake) as opened:
        assert await opened.collect() == ["first", "second", "third"]


async def test_between_two_sweeps_only_unread_reviews_are_read_by_their_tokens() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(45)}, unread=set(ids(45)))

    async with account(fake) as opened:
        first, second = await passes(opened, 2)
        opened.later(SWEEP_EVERY)
        fake.unread.clear()
        third = await opened.collect()

    assert first == second == third == ids(45)
    asked = [(query.get("page"), query.get("continue_token")) for _, query, _ in fake.asked]
    sweep = [("1", None), ("2", None), ("3", None)]
    assert asked == [*sweep, (None, None), (None, "20"), (None, "40"), *sweep]


async def test_unread_pages_that_go_round_in_a_circle_end() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(25)}, unread=set(ids(25)))

    async with account(fake) as opened:
        await opened.collect()
        page = {"list": {"pager": {"continue_token": "again"}, "items": rows(20)}}
        fake.before = lambda request: web.json_response(page)
        assert await opened.collect() == ids(20)

    assert fake.calls() == 4


async def test_a_review_that_goes_away_while_the_list_is_read_hides_no_other() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(50)})
    once_before_page(fake, 2, lambda: fake.lists[OURS].pop(0))

    async with account(fake) as opened:
        found = await opened.collect()

    assert set(ids(50)) - {"r0000"} <= set(found)


async def test_a_review_that_jumps_to_the_top_while_the_list_is_read_is_not_missed() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(50)})
    once_before_page(fake, 2, lambda: fake.lists[OURS].insert(0, fake.lists[OURS].pop(30)))

    async with account(fake) as opened:
        assert sorted(await opened.collect()) == sorted(ids(50))


async def test_only_the_visible_reviews_are_read() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(700)})

    async with account(fake) as opened:
        assert await opened.collect() == ids(600)

    assert fake.calls() == 30


async def test_a_cabinet_that_shows_one_page_for_ever_is_not_read_for_ever() -> None:
    fake = FakeYandexBusiness(lists={OURS: []})
    fake.before = lambda request: web.json_response({"list": {"pager": {"total": 99}, "items": rows(20)}})

    async with account(fake) as opened:
        with pytest.raises(Retryable, match="shows nothing new"):
            await opened.collect()


async def test_a_session_that_ends_in_the_middle_leaves_what_was_read_and_is_the_account_s_fault() -> None:
    fake = FakeYandexBusiness(lists={OURS: rows(50)})
    fake.before = lambda request: (
        web.Response(status=302, headers=TO_SIGN_IN) if request.query.get("page") == "3" else None
    )
    found: list[str] = []

    async with account(fake) as opened:
        with pytest.raises(AccountFault, match="the session has ended"):
            await collected_into(found, opened)

    assert found == ids(40)


async def test_a_review_edited_beneath_its_answer_is_given_with_it() -> None:
    fake = shop(row("one", **ANSWERED))

    async with account(fake) as opened:
        before = await opened.collect()
        fake.lists[OURS][0]["rating"] = 1
        opened.later(SWEEP_EVERY)
        (edited,) = [item async for page in opened.connector.unanswered(Kind.REVIEW) for item in page]

    assert before == []
    assert edited.answer is not None


async def test_there_are_no_questions() -> None:
    async with account(shop(row("one"))) as opened:
        assert [page async for page in opened.connector.unanswered(Kind.QUESTION)] == []

    assert opened.fake.calls() == 0


async def test_without_a_number_the_organisations_of_the_login_are_read_with_the_branches_of_its_chains() -> None:
    chain = company(5, type="chain", address={"geo_id": 213})
    fake = FakeYandexBusiness(
        lists={"1": [row("a")], "2": [row("b")], "3": [row("c")]},
        companies=[company(1), chain, company(9, noAccess=True)],
        branches={"6": [company(1), company(2), company(3)]},
    )

    async with account(fake, permanent_id="") as opened:
        assert await opened.collect() == ["a", "b", "c"]

    assert fake.asked[1][1] == {"chainPermalink": "5", "geoId": "213", "page": "1"}


async def test_the_login_s_organisations_are_read_anew_hourly(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeYandexBusiness(
        lists={"1": [row("a")], "2": [row("b")]}, companies=[company(1), company(9, noAccess=True)]
    )

    async with account(fake, permanent_id="") as opened:
        with caplog.at_level(logging.WARNING):
            await passes(opened, 3)
            fake.companies.append(company(2))
            opened.later(timedelta(hours=1))
            found = await opened.collect()

    assert "b" in found
    assert fake.calls("/companies") == 2
    assert [record.message for record in caplog.records] == ["Left alone, as the login may not open them: 9."]


async def test_a_list_of_organisations_that_cannot_be_read_anew_is_used_on() -> None:
    fake = FakeYandexBusiness(lists={"1": [row("a")]}, companies=[company(1)])

    async with account(fake, permanent_id="") as opened:
        await opened.collect()
        opened.later(timedelta(hours=1))
        fake.before = lambda request: web.Response(status=500) if request.path.endswith("/companies") else None
        assert await opened.collect() == ["a"]


@pytest.mark.parametrize("companies", [[], [company(9, noAccess=True)], [company(5, type="chain")]])
async def test_a_login_without_an_organisation_is_told_to_a_person(companies: list[dict[str, Any]]) -> None:
    fake = FakeYandexBusiness(companies=companies, branches={"6": []})

    async with account(fake, permanent_id="") as opened:
        with pytest.raises(AccountFault, match="no organisation in the cabinet"):
            await opened.collect()


async def test_five_hundred_branches_are_swept_by_and_by_and_none_waits_for_ever() -> None:
    numbers = range(1, 501)
    fake = FakeYandexBusiness(
        lists={str(number): [row(f"of-{number}")] for number in numbers},
        companies=[company(700, type="chain")],
        branches={"701": [company(number) for number in numbers]},
    )

    async with account(fake, permanent_id="") as opened:
        first = await opened.collect()
        second = await opened.collect()

    assert first == [f"of-{number}" for number in range(1, 51)]
    assert second == [f"of-{number}" for number in range(51, 101)]


async def test_one_organisation_that_is_not_ours_keeps_no_other_waiting(caplog: pytest.LogCaptureFixture) -> None:
    fake = shop(row("one"))

    async with account(fake, permanent_id=f"404, {OURS},{OURS}") as opened:
        found = await passes(opened, 1)
        found += await passes(opened, 1)

    assert found[0] == ["one"]
    assert [record.getMessage()[:35] for record in caplog.records] == ["Organisation 404 is left alone: the"]


async def test_where_no_organisation_is_ours_the_account_is_at_fault() -> None:
    async with account(shop(row("one")), permanent_id="404") as opened:
        with pytest.raises(AccountFault, match="not open to the login"):
            await opened.collect()


@pytest.mark.parametrize("wrong", ["abc", "12,x", "1 2", "-5", "١٢", "1" * 20])
def test_a_number_that_is_none_is_refused_at_once(wrong: str) -> None:
    clock = HandClock()
    access = Access(
        label="shop/maps",
        base_url="",
        credentials={"permanent_id": wrong},
        clock=clock,
        sessions=KeptSession((), clock),
    )

    with pytest.raises(Configuration, match="must be numbers"):
        connect(access)


def test_without_sessions_the_account_cannot_be_opened() -> None:
    with pytest.raises(Configuration, match="needs the session"):
        connect(Access(label="shop/maps", base_url="", credentials={}, clock=HandClock()))


async def test_an_organisation_that_is_out_of_order_starves_no_other() -> None:
    fake = FakeYandexBusiness(lists={str(number): [row(f"of-{number}")] for number in range(1, 5)})
    fake.before = lambda request: web.Response(status=500) if request.path.startswith("/sprav/api/2/") else None
    found: list[str] = []

    async with account(fake, permanent_id="1,2,3,4") as opened:
        for _ in range(2):
            with pytest.raises(Retryable):
                await collected_into(found, opened)

    assert found == ["of-1", "of-3", "of-4"]


async def test_stages_that_ask_at_once_have_the_organisations_read_once() -> None:
    fake = FakeYandexBusiness(lists={"1": [row("a")]}, companies=[company(1)])

    async with account(fake, permanent_id="") as opened:
        await asyncio.gather(*(opened.connector.organisations.all() for _ in range(3)))

    assert fake.calls("/companies") == 1


@pytest.mark.parametrize("kind", ["chain", "ordinal"])
async def test_a_login_whose_organisations_never_end_is_not_read_for_ever(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeYandexBusiness(branches={str(number + 1): [] for number in range(1, 5001)})
    fake.companies = [company(number, type=kind) for number in range(1, 5001)]
    fake.companies[0] = company(1)

    async with account(fake, permanent_id="") as opened:
        found = await opened.connector.organisations.all()
        hides_some = opened.connector.organisations.hides_some

    assert (fake.calls(), bool(found), hides_some) == (200, True, True)
    assert "are more than are read" in caplog.text
