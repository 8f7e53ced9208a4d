"""Reading Flamp without a login: the token that every visitor gets, pages, filials, looks and history."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, Configuration, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import Kind, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.flamp import SPEC, connect
from feedback_service.platforms.flamp.connector import FlampConnector
from feedback_service.platforms.flamp.site import HOME, Site
from feedback_service.ports.platform import Access, Historian, HistoryPage, Span
from feedback_service.transports.retry import Patience
from tests.support.fake_flamp import (
    FILIAL,
    FakeFlamp,
    account,
    collect,
    dispatch,
    html,
    many,
    numbers,
    ref,
    refused,
    row,
)
from tests.support.sandbox import NOON, HandClock

ONCE = Patience(tries=1)
YEAR = Span(NOON - timedelta(days=365), NOON)


async def test_the_token_is_taken_from_the_page_behind_the_short_address() -> None:
    fake = FakeFlamp({FILIAL: [row(1)]})

    async with account(fake) as flamp:
        await collect(flamp)

    assert fake.asked[:2] == [f"/firm/{FILIAL}/", f"/firm/pekarnya-{FILIAL}"]
    assert fake.tokens == ["token-one"]
    assert fake.accepts[0].startswith(";q=1;depth=1;scopes={")


async def test_a_stale_token_is_read_anew_and_the_page_is_asked_for_again() -> None:
    fake = FakeFlamp({FILIAL: [row(1)]}, hands_out=["token-one", "token-two"], refused={"token-one"})

    async with account(fake) as flamp:
        found = await collect(flamp)

    assert numbers(found) == ["1"]
    assert fake.tokens == ["token-one", "token-two"]


async def test_a_token_that_stays_refused_is_the_account_s_fault() -> None:
    fake = FakeFlamp({FILIAL: [row(1)]}, hands_out=["token-one"], refused={"token-one"})

    async with account(fake) as flamp:
        with pytest.raises(AccountFault, match="token"):
            await collect(flamp)

    assert len(fake.tokens) == 1


async def test_a_token_revoked_between_pages_leaves_good_what_was_read() -> None:
    fake = FakeFlamp({FILIAL: many(60)}, hands_out=["token-one"])
    fake.between = lambda: fake.refused.add("token-one")

    async with account(fake) as flamp:
        pages = flamp.unanswered(Kind.REVIEW)
        found = await anext(pages)
        with pytest.raises(AccountFault):
            await anext(pages)

    assert len(found) == 50


async def test_a_page_without_the_cookie_is_worth_another_try() -> None:
    fake = FakeFlamp({FILIAL: [row(1)]}, hands_out=["", "token-one"])

    async with account(fake) as flamp:
        assert numbers(await collect(flamp)) == ["1"]


@pytest.mark.parametrize(
    "where",
    [
        "https://flamp.ru.example/firm",
        "http://127.0.0.1:1/x",
        "//evil.example/",
        "https://flamp.ru:99/",
        "ftp://[",
        "https://notflamp.ru/",
    ],
)
def test_a_redirect_is_followed_within_flamp_only(where: str) -> None:
    for home in (HOME, "http://127.0.0.1:9/flamp"):
        assert Site(home, HandClock()).target(home, "/firm/1/", where) is None


def test_a_redirect_leads_to_the_city_s_host_or_below_another_address_that_is_given() -> None:
    real, sandbox = Site(HOME, HandClock()), Site("http://127.0.0.1:9/flamp", HandClock())

    assert real.target(HOME, "/firm/1/", "https://perm.flamp.ru/firm/a-1") == ("https://perm.flamp.ru", "/firm/a-1")
    assert real.target("https://perm.flamp.ru", "/firm/1/", "a-1") == ("https://perm.flamp.ru", "/firm/1/a-1")
    assert sandbox.target("http://127.0.0.1:9/flamp", "/firm/1/", "https://perm.flamp.ru/firm/a-1") == (
        "http://127.0.0.1:9/flamp",
        "/firm/a-1",
    )
    assert sandbox.target("http://127.0.0.1:9/flamp", "/firm/1/", "/flamp/firm/a-1") == (
        "http://127.0.0.1:9/flamp",
        "/firm/a-1",
    )


async def test_a_page_that_leads_in_circles_ends_as_retryable() -> None:
    fake = FakeFlamp({FILIAL: []}, slug="/firm/{filial}/")

    async with account(fake) as flamp:
        flamp.client.patience = ONCE
        with pytest.raises(Retryable, match="without end"):
            await collect(flamp)


@pytest.mark.parametrize("links", [True, False])
async def test_every_page_is_read_whether_or_not_it_names_the_next(links: bool) -> None:
    fake = FakeFlamp({FILIAL: many(120)}, links=links)

    async with account(fake) as flamp:
        found = numbers(await collect(flamp))

    assert found == [str(1000 + number) for number in range(120)]


async def test_pages_shorter_than_asked_for_are_followed_by_their_links() -> None:
    fake = FakeFlamp({FILIAL: many(12)}, most=5)

    async with account(fake) as flamp:
        assert len(await collect(flamp)) == 12


async def test_a_last_page_that_links_to_itself_ends_the_list() -> None:
    fake = FakeFlamp({FILIAL: many(60)}, stuck=True)

    async with account(fake) as flamp:
        assert len(await collect(flamp)) == 60

    assert fake.calls("/reviews") == 2


async def test_a_review_that_comes_twice_is_given_once() -> None:
    fake = FakeFlamp({FILIAL: many(60)}, inclusive=True)

    async with account(fake) as flamp:
        pages = await read(flamp)

    assert [len(page.items) for page in pages] == [50, 10]


async def test_between_sweeps_only_the_beginning_is_read_and_hourly_all_of_it() -> None:
    answered = [{**one, "official_answer": {"text": "Спасибо!"}} for one in many(160)]
    fake, clock = FakeFlamp({FILIAL: answered}), HandClock()

    async with account(fake, clock) as flamp:
        await collect(flamp)
        first = fake.calls("/reviews")
        fake.rows[FILIAL].append(row(9000, age=1))
        second = numbers(await collect(flamp))
        fake.rows[FILIAL][0]["official_answer"] = None
        third = numbers(await collect(flamp))
        between = fake.calls("/reviews") - first
        clock.advance(3700)
        fourth = numbers(await collect(flamp))

    assert first == 4
    assert between <= 4
    assert (second, third, fourth) == (["9000"], ["9000"], ["1000", "9000"])


async def test_what_waits_is_given_again_between_sweeps() -> None:
    async with account(FakeFlamp({FILIAL: many(120)})) as flamp:
        first, second = await collect(flamp), await collect(flamp)

    assert numbers(second) == numbers(first)


async def test_a_filial_that_stays_out_of_order_starves_no_other() -> None:
    fake = FakeFlamp({FILIAL: [], "70000002": [row(5)]})

    async with account(fake) as flamp:
        flamp.client.patience = ONCE
        fake.canned = {f"/filials/{FILIAL}/": [html(500), html(500)]}
        with pytest.raises(Retryable):
            await collect(flamp)
        pages = flamp.unanswered(Kind.REVIEW)
        found = await anext(pages)
        with pytest.raises(Retryable):
            await anext(pages)

    assert numbers(list(found)) == ["5"]


async def test_five_hundred_filials_are_one_pass() -> None:
    names = [str(70000000 + number) for number in range(500)]

    async with account(FakeFlamp({name: [row(number + 10)] for number, name in enumerate(names)})) as flamp:
        assert len(await collect(flamp)) == 500


async def test_one_review_shown_at_two_filials_is_one_item() -> None:
    fake = FakeFlamp({FILIAL: [row(7)], "70000002": [row(7), row(8)]})

    async with account(fake) as flamp:
        assert [one.item_id for one in await collect(flamp)] == [f"{FILIAL}/7", "70000002/8"]


async def test_a_filial_that_is_not_there_is_told_once_and_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeFlamp({FILIAL: [row(1)]})

    async with account(fake, filials=f"404,{FILIAL}") as flamp:
        with caplog.at_level(logging.WARNING):
            first, second = await collect(flamp), await collect(flamp)

    assert numbers(first) == numbers(second) == ["1"]
    assert [one.getMessage() for one in caplog.records if "404" in one.getMessage()] != []
    assert len([one for one in caplog.records if "does not know filial" in one.getMessage()]) == 1


async def test_where_none_of_the_filials_is_there_a_person_is_told() -> None:
    async with account(FakeFlamp({FILIAL: []}), filials="404") as flamp:
        with pytest.raises(AccountFault, match="404"):
            await collect(flamp)
        facts = await flamp.check()

    assert not facts[0].ok
    assert "filial_ids" in facts[0].remedy


async def test_a_404_that_is_not_flamp_s_own_word_takes_no_review_for_gone() -> None:
    fake = FakeFlamp({FILIAL: [row(1)]})

    async with account(fake) as flamp:
        await collect(flamp)
        fake.canned = {"/reviews": [html(404)]}
        with pytest.raises(Retryable):
            await flamp.sight([ref(1)])


async def test_html_where_json_is_due_is_got_over() -> None:
    fake = FakeFlamp({FILIAL: [row(1)]}, canned={"/reviews": [html()]})

    async with account(fake) as flamp:
        assert numbers(await collect(flamp)) == ["1"]


async def test_a_failure_that_the_body_alone_tells_is_one() -> None:
    answer = web.json_response({"code": 403, "message": "Нет доступа", "reviews": []})
    fake = FakeFlamp({FILIAL: [row(1)]}, canned={"/reviews": [answer]})

    async with account(fake) as flamp:
        with pytest.raises(AccountFault, match="Нет доступа"):
            await collect(flamp)


async def test_a_server_that_takes_no_nested_answers_is_asked_for_flat_ones() -> None:
    flat = row(1, user="https://flamp.ru/api/2.0/users/41")
    fake = FakeFlamp({FILIAL: [flat]}, canned={"/reviews": [refused(406)]})

    async with account(fake) as flamp:
        (found,) = await collect(flamp)

    assert found.author == ""
    assert fake.accepts == [";q=1;depth=0;scopes={};application/json"]


async def test_a_review_is_looked_at_by_the_page_on_which_it_was_seen() -> None:
    fake = FakeFlamp({FILIAL: many(120)})

    async with account(fake) as flamp:
        await collect(flamp)
        before = fake.calls("/reviews")
        (seen,) = (await flamp.sight([ref(1000, age=7200)])).values()

    assert seen.item is not None
    assert fake.calls("/reviews") - before == 1


async def test_a_look_without_memory_walks_down_to_the_review_s_date_and_no_further() -> None:
    fake = FakeFlamp({FILIAL: many(200)})

    async with account(fake) as flamp:
        seen = await flamp.sight([ref(1140, age=60 * 60), ref(1150, age=50 * 60)])

    assert [one.item is not None for one in seen.values()] == [True, True]
    assert fake.calls("/reviews") == 2


async def test_a_review_that_was_removed_and_ids_that_are_none_are_not_there() -> None:
    fake = FakeFlamp({FILIAL: many(3)})

    async with account(fake) as flamp:
        await collect(flamp)
        fake.rows[FILIAL].pop()
        refs = [ref(1002), ref(1001), ref("Z" * 20), ref(1, filial="404")]
        seen = await flamp.sight(refs)

    assert [seen[one.item_id].item is not None for one in refs] == [False, True, False, False]


async def test_a_review_that_is_there_and_unreadable_is_not_called_gone() -> None:
    fake = FakeFlamp({FILIAL: [row(1), row(3, date_created=None)]})

    async with account(fake) as flamp:
        seen = await flamp.sight([ref(1), ref(3)])

    assert list(seen) == [ItemId(f"{FILIAL}/1")]


async def test_a_changed_rating_is_another_review_to_an_approved_answer() -> None:
    fake = FakeFlamp({FILIAL: [row(1)]})

    async with account(fake) as flamp:
        (before,) = await collect(flamp)
        fake.rows[FILIAL][0]["rating"] = 5
        (after,) = (await flamp.sight([ref(1)])).values()

    assert after.item is not None
    assert fingerprint(after.item) != fingerprint(before)


async def read(flamp: FlampConnector, span: Span = YEAR, cursor: str = "") -> list[HistoryPage]:
    return [page async for page in flamp.history(Kind.REVIEW, span, cursor)]


async def test_history_is_read_filial_by_filial_newest_first_answered_or_not() -> None:
    answered = row(3000, age=90, official_answer={"text": "Спасибо!"})
    fake = FakeFlamp({FILIAL: many(60), "70000002": [answered]})

    async with account(fake) as flamp:
        pages = await read(flamp)

    assert isinstance(flamp, Historian)
    assert [len(page.items) for page in pages] == [50, 10, 1]
    assert numbers(list(pages[0].items))[:2] == ["1059", "1058"]
    assert [page.cursor for page in pages] == [f"{FILIAL}/1010", "70000002/", "end"]
    assert [page.share for page in pages] == sorted(page.share for page in pages)
    assert pages[-1].share == 1.0


async def test_history_goes_on_in_another_process_where_it_broke_off() -> None:
    fake = FakeFlamp({FILIAL: many(120), "70000002": [row(3000)]})

    async with account(fake) as flamp:
        whole = await read(flamp)
    async with account(fake) as flamp:
        rest = [await read(flamp, cursor=page.cursor) for page in whole]

    items = [[one.item_id for page in pages for one in page.items] for pages in (whole, *rest)]
    assert items[1:] == [items[0][50:], items[0][100:], items[0][120:], []]


async def test_history_stops_below_its_span() -> None:
    fake = FakeFlamp({FILIAL: many(300)})
    span = Span(NOON - timedelta(minutes=30), NOON - timedelta(minutes=10))

    async with account(fake) as flamp:
        pages = await read(flamp, span)

    assert sum(len(page.items) for page in pages) == 20
    assert len(pages) == 2


@pytest.mark.parametrize("cursor", ["слово", "404/1", f"{FILIAL}/x", "/", "7"])
async def test_a_cursor_of_another_kind_is_refused(cursor: str) -> None:
    async with account(FakeFlamp()) as flamp:
        with pytest.raises(Refused):
            await read(flamp, cursor=cursor)


async def test_nothing_is_ever_written_by_the_api() -> None:
    fake = FakeFlamp({FILIAL: [row(1)]})

    async with account(fake) as flamp:
        for write in (flamp.publish, flamp.retract):
            with pytest.raises(Unavailable):
                await write(dispatch())

    assert fake.asked == []


async def test_check_counts_what_waits_and_names_filials_that_are_not_there() -> None:
    async with account(FakeFlamp({FILIAL: many(3)}), filials=f"{FILIAL},404") as flamp:
        good, bad = await flamp.check()

    assert (good.ok, good.finding) == (True, f"3 of filial {FILIAL} wait for an answer")
    assert not bad.ok
    assert "404" in bad.finding


@pytest.mark.parametrize("given", ["", " , ", "перм", "70000001,https://flamp.ru/firm/1", "7" * 30, "-7"])
def test_filials_that_cannot_be_right_are_told_before_any_call(given: str) -> None:
    access = Access(label="berezka/flamp", base_url="", credentials={"filial_ids": given}, clock=HandClock())

    with pytest.raises(Configuration, match="filial_ids"):
        connect(access)


def test_the_spec_says_that_answers_leave_by_a_browser_only() -> None:
    assert [field.name for field in SPEC.credentials] == ["filial_ids"]
    assert SPEC.barred
    assert SPEC.edit_window is None
