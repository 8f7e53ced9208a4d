"""Looks at Google's reviews, and answers that never replace what somebody else wrote."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from aiohttp import web

from feedback_service.domain.dispatch import Action
from feedback_service.domain.errors import AccountFault, InDoubt, MustRetract, Refused, Retryable
from feedback_service.domain.feedback import Review, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.google_business import hosts
from feedback_service.platforms.google_business.hosts import Hosts
from tests.support.fake_google import PLACE, FakeGoogle, Row, desk, dispatch, html, item, refused, reply, review

WRITE = f"PUT /v4/{PLACE}/reviews/r1/reply"
FOREIGN = "accounts/7/locations/70"


def fake(*rows: Row, **more: Any) -> FakeGoogle:
    return FakeGoogle({PLACE: list(rows) or [review(1)]}, **more)


async def test_few_reviews_are_looked_at_one_by_one_and_a_removed_one_is_gone() -> None:
    async with desk(fake(review(1), review(2))) as here:
        seen = await here.see(item(1), item(3), ItemId("A" * 20))

    assert seen[item(1)] is not None
    assert (seen[item(3)], seen[ItemId("A" * 20)]) == (None, None)
    assert here.fake.asked == ["POST /token", f"GET /v4/{PLACE}/reviews/r1", f"GET /v4/{PLACE}/reviews/r3"]


async def test_many_reviews_of_a_location_are_looked_at_by_its_list_while_that_shows_them() -> None:
    rows = [review(number, age=number) for number in range(1, 60)]

    async with desk(fake(*rows, per_page=10)) as here:
        seen = await here.see(*(item(number) for number in range(1, 10)), item(58), item(59), item(999))

    assert [one for one, found in seen.items() if found is None] == [item(999)]
    assert here.fake.calls("/reviews") == 2 + 3
    assert here.fake.calls("/reviews/r") == 3


async def test_a_rating_that_changes_after_the_draft_is_seen() -> None:
    async with desk(fake()) as here:
        before = (await here.see(item(1)))[item(1)]
        here.row(1)["starRating"] = "ONE"
        after = (await here.see(item(1)))[item(1)]

    assert isinstance(before, Review)
    assert isinstance(after, Review)
    assert fingerprint(before) != fingerprint(after)


@pytest.mark.parametrize("status", [400, 403])
async def test_a_review_of_a_location_that_is_not_ours_is_not_there_and_keeps_no_other_from_being_seen(
    status: int,
) -> None:
    foreign = item(1, FOREIGN)
    there = fake(canned={f"/v4/{FOREIGN}": [refused(status, "PERMISSION_DENIED") for _ in range(9)]})

    async with desk(there) as here:
        seen = await here.see(foreign, item(1))
        with pytest.raises(Refused, match="owner or manager"):
            await here.answer(foreign)

    assert seen[foreign] is None
    assert seen[item(1)] is not None
    assert there.calls("PUT") == 0


async def test_an_answer_is_written_where_none_stands() -> None:
    async with desk(fake()) as here:
        await here.answer(item(1), "Спасибо 🙏")

    assert here.row(1)["reviewReply"]["comment"] == "Спасибо 🙏"
    assert here.fake.asked == ["POST /token", f"GET /v4/{PLACE}/reviews/r1", WRITE]


async def test_a_look_of_a_moment_ago_is_not_repeated_and_serves_one_write_only() -> None:
    async with desk(fake(review(1), review(2))) as here:
        await here.see(item(1), item(2))
        here.fake.forget()
        await here.answer(item(1))
        at_once = list(here.fake.asked)
        with pytest.raises(Retryable):
            await here.answer(item(1), "Ещё раз")
        here.clock.advance(6)
        here.fake.forget()
        await here.answer(item(2))

    assert at_once == [WRITE]
    assert [one.split()[0] for one in here.fake.asked] == ["GET", "PUT"]


@pytest.mark.parametrize("state", ["APPROVED", "PENDING"])
@pytest.mark.parametrize("looked", [False, True])
async def test_an_answer_that_stands_there_is_never_replaced(state: str, looked: bool) -> None:
    async with desk(fake(review(1, reviewReply=reply("Ответил человек", state)))) as here:
        if looked:
            await here.see(item(1))
        with pytest.raises(Retryable, match="nothing was sent"):
            await here.answer(item(1))

    assert here.fake.calls("PUT") == 0


async def test_our_text_that_stands_there_already_is_not_written_again() -> None:
    async with desk(fake(review(1, reviewReply=reply("Спасибо!", "PENDING")))) as here:
        await here.answer(item(1), "Спасибо!")

    assert here.fake.calls("PUT") == 0


async def test_a_rejected_answer_leaves_room_for_another() -> None:
    async with desk(fake(review(1, reviewReply=reply("Спасибо!", "REJECTED")))) as here:
        await here.answer(item(1), "Благодарим за отзыв о кружке!")

    assert here.fake.calls(WRITE) == 1


@pytest.mark.parametrize(
    "text", ["", " \n ", "ж" * 2049, "ж" * 2048 + "!", "🙏" * 1024 + "a", "a" * 4097, "e\u0301" * 1366]
)
async def test_a_text_that_google_would_not_take_is_refused_without_a_request(text: str) -> None:
    async with desk(fake()) as here:
        with pytest.raises(Refused, match="1 to 4096"):
            await here.answer(item(1), text)

    assert here.fake.asked == []


@pytest.mark.parametrize("text", ["ж" * 2048, "🙏" * 1024, "a" * 4096, "!"])
async def test_a_text_of_just_the_right_number_of_bytes_is_taken(text: str) -> None:
    async with desk(fake()) as here:
        await here.answer(item(1), text)

    assert here.row(1)["reviewReply"]["comment"] == text


@pytest.mark.parametrize("wrong", [ItemId("Z" * 20), item(5)])
async def test_an_answer_to_what_is_not_there_is_refused(wrong: ItemId) -> None:
    async with desk(fake()) as here:
        with pytest.raises(Refused, match=r"no review of Google|does not know the review"):
            await here.answer(wrong)

    assert here.fake.calls("PUT") == 0


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(400, "INVALID_ARGUMENT"), Refused),
        (refused(403, "PERMISSION_DENIED"), Refused),
        (refused(403, "PERMISSION_DENIED", "SERVICE_DISABLED"), AccountFault),
        (refused(404, "NOT_FOUND"), Refused),
        (refused(409, "ABORTED"), InDoubt),
        (refused(429, "RESOURCE_EXHAUSTED", Retry_After="17"), Retryable),
        (refused(500, "INTERNAL"), InDoubt),
        (refused(503, "UNAVAILABLE"), InDoubt),
        (html(200), InDoubt),
        (html(302), InDoubt),
        (refused(401, "UNAUTHENTICATED"), Retryable),
        (web.json_response(reply("Что-то другое")), MustRetract),
    ],
)
async def test_a_write_that_is_not_confirmed_is_named_by_what_to_do_and_never_repeated(
    answer: web.Response, error: type[Exception]
) -> None:
    async with desk(fake(canned={"PUT": [answer]})) as here:
        with pytest.raises(error):
            await here.answer(item(1))

    assert here.fake.calls("PUT") == 1


@pytest.mark.parametrize("answer", [refused(500), html(200), refused(429)])
async def test_a_look_before_a_write_that_fails_leaves_nothing_written(answer: web.Response) -> None:
    async with desk(fake(canned={"GET": [answer]})) as here:
        with pytest.raises(Retryable):
            await here.answer(item(1))

    assert here.fake.calls("PUT") == 0


async def test_an_edit_replaces_our_answer_and_no_other() -> None:
    async with desk(fake(review(1, reviewReply=reply("Спасибо!")), review(2, reviewReply=reply("Чужое")))) as here:
        await here.answer(item(1), "Спасибо вам!", action=Action.EDIT, previous="Спасибо!")
        for other in (item(2), item(1)):
            with pytest.raises(Refused, match="to be edited"):
                await here.answer(other, "Иначе", action=Action.EDIT, previous="Спасибо!")

    assert here.row(1)["reviewReply"]["comment"] == "Спасибо вам!"
    assert here.row(2)["reviewReply"]["comment"] == "Чужое"


async def test_an_answer_of_ours_is_taken_away_and_that_may_be_asked_for_again() -> None:
    async with desk(fake(review(1, reviewReply=reply("Спасибо!")))) as here:
        await here.connector.retract(dispatch(item(1)))
        await here.connector.retract(dispatch(item(1)))

    assert here.row(1)["reviewReply"] is None
    assert here.fake.calls("DELETE") == 1


async def test_an_answer_that_goes_between_the_look_and_the_deletion_is_gone_as_well() -> None:
    there = fake(review(1, reviewReply=reply("Спасибо!")), canned={"DELETE": [refused(404, "NOT_FOUND")]})

    async with desk(there) as here:
        await here.connector.retract(dispatch(item(1)))

    assert there.calls("DELETE") == 1


async def test_somebody_else_s_answer_is_not_taken_away() -> None:
    async with desk(fake(review(1, reviewReply=reply("Ответил человек")))) as here:
        with pytest.raises(Refused, match="by hand"):
            await here.connector.retract(dispatch(item(1)))

    assert here.fake.calls("DELETE") == 0


@pytest.mark.parametrize("gone", [ItemId("Z" * 20), item(5)])
async def test_nothing_is_to_be_taken_away_where_the_review_is_gone(gone: ItemId) -> None:
    async with desk(fake()) as here:
        await here.connector.retract(dispatch(gone))

    assert here.fake.calls("DELETE") == 0


@pytest.mark.parametrize(("stands", "then", "writes"), [("Новое", "Старое", 1), ("Старое", "Старое", 0)])
async def test_an_edit_that_is_taken_back_puts_the_text_before_there_again(stands: str, then: str, writes: int) -> None:
    async with desk(fake(review(1, reviewReply=reply(stands)))) as here:
        await here.connector.retract(dispatch(item(1), "Новое", Action.EDIT, previous="Старое"))

    assert here.row(1)["reviewReply"]["comment"] == then
    assert here.fake.calls("PUT") == writes


async def test_a_deletion_without_an_answer_is_in_doubt_and_not_repeated() -> None:
    there = fake(review(1, reviewReply=reply("Спасибо!")), canned={"DELETE": [refused(502)]})

    async with desk(there) as here:
        with pytest.raises(InDoubt):
            await here.connector.retract(dispatch(item(1)))

    assert there.calls("DELETE") == 1


@pytest.mark.parametrize("base_url", ["", "https://mybusiness.googleapis.com", "https://mybusiness.googleapis.com/"])
async def test_the_usual_address_stands_for_all_four_hosts(base_url: str) -> None:
    opened = Hosts.open(base_url)

    addresses = [vars(one)["_base"] for one in (opened.reviews, opened.accounts, opened.locations, opened.tokens)]
    assert addresses == [hosts.REVIEWS, hosts.ACCOUNTS, hosts.LOCATIONS, hosts.TOKENS]


async def test_after_a_429_google_is_left_alone_for_longer_each_time(caplog: pytest.LogCaptureFixture) -> None:
    there = fake(canned={"GET": [refused(429) for _ in range(6)]})

    async with desk(there) as here:
        with caplog.at_level(logging.INFO), pytest.raises(Retryable):
            await here.see(item(1))
        with pytest.raises(Retryable):
            await here.see(item(1))

    assert [round(one) for one in here.clock.slept if one >= 0.9][:4] == [1, 2, 4, 8]
