"""What goes wrong around Flamp's lists and pages, and must lose no review, no answer, and no time of the clock's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from aiohttp import web

from feedback_service.domain.dispatch import ItemRef
from feedback_service.domain.errors import AccountFault, InDoubt, Retryable
from feedback_service.domain.feedback import Kind, PublishedAnswer
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.flamp import wire
from tests.support.fake_flamp import FILIAL, FakeFlamp, account, collect, dispatch, many, numbers, refused, row
from tests.support.fake_flamp_pages import FakePages
from tests.support.sandbox import HandClock

TEXT = "Спасибо!"
DECLINED = "Ответ отклонён"


async def test_an_answer_beside_a_declined_one_of_the_same_words_is_kept() -> None:
    pages = FakePages()
    pages.answer(TEXT, status=DECLINED)

    await pages.connector().publish(dispatch(text=TEXT))

    assert pages.texts() == [TEXT, TEXT]
    assert pages.sent == [("reply", "")]


async def test_a_declined_answer_of_the_same_words_is_not_taken_for_the_one_that_was_sent() -> None:
    pages = FakePages(swallows=True)
    pages.answer(TEXT, status=DECLINED)

    with pytest.raises(InDoubt):
        await pages.connector().publish(dispatch(text=TEXT))


async def test_of_two_answers_of_the_same_words_the_one_that_customers_see_is_deleted_first() -> None:
    pages = FakePages()
    pages.answer(TEXT, 500, status=DECLINED)
    pages.answer(TEXT, 501)

    await pages.connector().retract(dispatch(text=TEXT))

    assert pages.sent == [("delete", "501")]


@pytest.mark.parametrize("odd", ['500"], .other[data-id="7', "", "x" * 100])
async def test_a_number_that_is_none_chooses_no_form(odd: str) -> None:
    pages = FakePages()
    pages.answer(TEXT)["id"] = odd

    with pytest.raises(Retryable):
        await pages.connector().retract(dispatch(text=TEXT))

    assert pages.sent == []


async def test_a_stub_at_the_end_of_a_full_page_ends_no_list() -> None:
    newest = [row(1000 + number, age=number + 1) for number in range(49)]
    first = web.json_response({"code": 200, "reviews": [*newest, row(2, age=9e6)]})
    fake = FakeFlamp({FILIAL: [*many(10, 500), *newest]}, canned={"limit=50": [first]}, links=False)

    async with account(fake) as flamp:
        found = await collect(flamp)

    assert len(found) == 59


async def test_a_link_without_a_place_still_says_that_there_is_more() -> None:
    link = "https://flamp.ru/api/2.0/more?page=2"
    first = web.json_response({"code": 200, "reviews": [row(12)], "next_link": link})
    fake = FakeFlamp({FILIAL: [row(12), row(11), row(10)]}, canned={"limit=50": [first]})

    async with account(fake) as flamp:
        found = numbers(await collect(flamp))

    assert found == ["10", "11", "12"]


async def test_waits_between_two_tries_pass_by_the_account_s_clock() -> None:
    clock = HandClock()
    fake = FakeFlamp({FILIAL: [row(1)]}, canned={"/reviews": [refused(500), refused(500)]})

    async with account(fake, clock) as flamp:
        assert numbers(await collect(flamp)) == ["1"]

    assert any(0.1 <= one < 0.9 for one in clock.slept)


async def test_one_refusal_of_nested_answers_does_not_take_them_away_for_ever() -> None:
    clock = HandClock()
    fake = FakeFlamp({FILIAL: [row(1)]}, canned={"/reviews": [refused(406)]})

    async with account(fake, clock) as flamp:
        await collect(flamp)
        await collect(flamp)
        clock.advance(601)
        await collect(flamp)

    assert ["depth=1" in one for one in fake.accepts] == [False, False, True]


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
async def test_a_date_out_of_all_bounds_keeps_no_look_from_its_end(stamp: str) -> None:
    fake = FakeFlamp({FILIAL: [row(1), row(2, date_created=stamp)]})
    wanted = [ItemRef(ItemId(f"{FILIAL}/{one}"), Kind.REVIEW, datetime.fromisoformat(stamp)) for one in (1, 2, 3)]

    async with account(fake) as flamp:
        assert numbers(await collect(flamp)) == ["1"]
        seen = await flamp.sight(wanted)

    assert {one.rpartition("/")[2] for one, sighting in seen.items() if sighting.item} == {"1"}


async def test_three_pages_that_are_gone_keep_no_other_filial_from_being_read_for_ever() -> None:
    fake = FakeFlamp({FILIAL: [row(1)]})

    async with account(fake, filials=f"101,102,103,{FILIAL}") as flamp:
        with pytest.raises(AccountFault, match="no page of filial 101, 102, 103"):
            await collect(flamp)
        assert numbers(await collect(flamp)) == ["1"]


@pytest.mark.parametrize("value", [["/api/2.0/answers/7"], [None, "/api/2.0/answers/7"], "/api/2.0/answers/7"])
def test_answers_given_as_addresses_are_answers_in_a_list_too(value: Any) -> None:
    document = {"reviews": [row(1, official_answer=value)]}

    answer = wire.read_page(document, FILIAL).reviews[0].answer

    assert isinstance(answer, PublishedAnswer)
    assert answer.text == ""


def test_a_review_of_a_filial_that_nobody_reads_is_named() -> None:
    document = {"reviews": [row(1), row(2, filial_id=77), row(3, filial_id=77), row(4, filial_id=int(FILIAL))]}

    page = wire.read_page(document, FILIAL)

    assert page.elsewhere == {"77"}


async def test_reviews_that_are_left_to_a_filial_which_nobody_reads_are_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    second = "70000002"
    rows = [row(1), row(11, filial_id=77), row(12, filial_id=int(second))]
    fake = FakeFlamp({FILIAL: rows, second: []})

    async with account(fake) as flamp:
        for _ in range(2):
            assert numbers(await collect(flamp)) == ["1"]

    told = [one.message for one in caplog.records if "filial_ids" in one.message]
    assert len(told) == 1
    assert "77" in told[0]


async def test_one_review_shown_at_two_filials_keeps_its_name_from_pass_to_pass() -> None:
    clock, second = HandClock(), "70000002"
    fake = FakeFlamp({FILIAL: [row(7)], second: [row(7)]})
    fake.canned[f"/filials/{FILIAL}/reviews"] = [refused(500) for _ in range(4)]
    names: list[str] = []

    async with account(fake, clock) as flamp:
        with pytest.raises(Retryable):
            await collect(flamp)
        for _ in range(3):
            names += [one.item_id for one in await collect(flamp)]
        fake.rows[second].clear()
        clock.advance(3700)
        last = [one.item_id for _ in range(2) for one in await collect(flamp)]

    assert names == [f"{second}/7"] * 3
    assert last[-1] == f"{FILIAL}/7"
