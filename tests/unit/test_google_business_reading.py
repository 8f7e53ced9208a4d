"""How the waiting reviews of a Google account are found by few calls, whatever its locations are like."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, Configuration, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.google_business import SPEC
from feedback_service.platforms.google_business.connector import GoogleBusinessConnector
from feedback_service.ports.platform import Access
from tests.support.fake_google import CREDENTIALS, PLACE, FakeGoogle, desk, html, item, refused, reply, review
from tests.support.sandbox import HandClock

OTHER = "accounts/1/locations/20"
MANY = [f"accounts/1/locations/{number}" for number in range(10, 16)]


def _json(status: int, document: object) -> web.Response:
    return web.json_response(document, status=status)


def many(**more: Any) -> FakeGoogle:
    """Six locations with a review each, in the order of their numbers, the newest at the last."""
    rows = {place: [review(n, age=900 - n, place=place)] for n, place in enumerate(MANY)}
    return FakeGoogle(rows, **more)


async def test_what_waits_is_read_from_all_pages_oldest_first() -> None:
    rows = [review(number, age=number) for number in range(1, 6)]
    rows[1]["reviewReply"] = reply("Спасибо!")
    rows[2]["reviewReply"] = reply("Дешёвые кружки тут", "REJECTED")
    rows[3]["reviewReply"] = reply("Спасибо!", "PENDING")

    async with desk(FakeGoogle({PLACE: rows})) as here:
        found = await here.collect()

    assert found == [item(5), item(3), item(1)]
    assert {"pageSize": "50", "orderBy": "updateTime desc"} in here.fake.queries


async def test_a_pass_between_sweeps_reads_one_page_and_still_names_all_that_waits() -> None:
    fake = FakeGoogle({PLACE: [review(number, age=3600 * number) for number in range(1, 9)]}, per_page=3)

    async with desk(fake) as here:
        first = await here.collect()
        fake.rows[PLACE].insert(0, review(9, age=0))
        fake.forget()
        here.clock.advance(60)
        second = await here.collect()

    assert second == [*first, item(9)]
    assert fake.asked == [f"GET /v4/{PLACE}/reviews"]


async def test_an_hourly_sweep_notices_what_moved_no_review_in_the_list() -> None:
    fake = FakeGoogle({PLACE: [review(number, age=3600 * number) for number in range(1, 9)]})
    fake.rows[PLACE][6]["reviewReply"] = reply("Спасибо!")

    async with desk(fake) as here:
        await here.collect()
        here.row(7)["reviewReply"] = None
        here.row(8)["reviewReply"] = reply("Ответил человек")
        del fake.rows[PLACE][5]
        here.clock.advance(60)
        between = await here.collect()
        here.clock.advance(3600)
        swept = await here.collect()

    assert item(7) not in between
    assert {item(6), item(8)} <= set(between)
    assert swept == [item(number) for number in (7, 5, 4, 3, 2, 1)]


async def test_an_edit_is_seen_by_the_next_pass() -> None:
    fake = FakeGoogle({PLACE: [review(number, age=3600 * number) for number in range(1, 6)]})

    async with desk(fake) as here:
        await here.collect()
        edited = {**fake.rows[PLACE].pop(), "starRating": "ONE", "updateTime": "2026-03-10T12:00:30Z"}
        fake.rows[PLACE].insert(0, edited)
        here.clock.advance(60)
        pages = [page async for page in here.connector.unanswered(Kind.REVIEW)]

    assert [one.rating for one in pages[0] if one.item_id == item(5)] == [1]  # type: ignore[union-attr]  # reviews


async def test_what_we_answered_waits_no_more_before_the_next_sweep() -> None:
    fake = FakeGoogle({PLACE: [review(number, age=3600 * number) for number in range(1, 9)]})

    async with desk(fake) as here:
        await here.collect()
        await here.answer(item(8))
        here.clock.advance(60)

        assert item(8) not in await here.collect()


async def test_an_answer_given_while_the_list_is_read_is_not_undone_by_the_list() -> None:
    fake = FakeGoogle({PLACE: [review(1)]})

    async with desk(fake) as here:
        stale = (await here.connector.client.reviews((await here.connector.directory.current())[0])).listed
        await here.answer(item(1))
        here.connector.reading.waiting.take([one.review for one in stale], here.clock.now() - timedelta(seconds=1))

        assert here.connector.reading.waiting.of(await here.connector.directory.current()) == []


async def test_what_a_look_shows_is_known_to_the_next_pass() -> None:
    fake = FakeGoogle({PLACE: [review(number, age=3600 * number) for number in range(1, 9)]})

    async with desk(fake) as here:
        await here.collect()
        here.row(8)["reviewReply"] = reply("Ответил человек")
        del fake.rows[PLACE][6]
        await here.see(item(8), item(7))
        here.clock.advance(60)

        found = await here.collect()

    assert found == [item(number) for number in range(6, 0, -1)]


async def test_more_than_three_locations_are_read_by_one_call() -> None:
    async with desk(many(per_page=50)) as here:
        found = await here.collect()

    assert found == [item(number, place) for number, place in enumerate(MANY)]
    assert (here.fake.calls("batchGetReviews"), here.fake.calls("/reviews")) == (1, 0)


@pytest.mark.parametrize(("in_order", "pages"), [(True, 1), (False, 3)])
async def test_a_list_of_many_locations_is_cut_short_only_where_it_is_in_order(in_order: bool, pages: int) -> None:
    fake = many(in_order=in_order)
    for age, place in enumerate(MANY):
        fake.rows[place][0] |= {"updateTime": f"2026-03-0{9 - age}T12:00:00Z" if in_order else "2026-03-01T12:00:00Z"}
    if not in_order:
        fake.rows[MANY[-1]][0] |= {"updateTime": "2026-03-10T12:00:00Z"}

    async with desk(fake) as here:
        swept = await here.collect()
        fake.forget()
        again = await here.collect()

    assert sorted(swept) == sorted(again)
    assert fake.calls("batchGetReviews") == pages


async def test_a_location_that_is_not_verified_keeps_no_other_from_being_read(caplog: pytest.LogCaptureFixture) -> None:
    fake = many(shut={MANY[2]}, per_page=50)

    async with desk(fake) as here:
        with caplog.at_level(logging.INFO):
            first = await here.collect()
            fake.forget()
            second = await here.collect()
            here.clock.advance(3700)
            await here.collect()

    assert first == second == [item(n, place) for n, place in enumerate(MANY) if n != 2]
    assert fake.calls("batchGetReviews") >= 1
    assert sum("is left alone" in one.message for one in caplog.records) == 1


async def test_where_one_call_for_many_is_not_to_be_had_each_location_is_read_alone() -> None:
    fake = many(canned={"batchGetReviews": [refused(404, "NOT_FOUND") for _ in range(5)]})

    async with desk(fake) as here:
        await here.collect()
        fake.forget()
        found = await here.collect()

    assert len(found) == 6
    assert fake.calls("batchGetReviews") == 0


async def test_where_no_location_can_be_read_a_person_is_told_why() -> None:
    fake = FakeGoogle({PLACE: [review(1)], OTHER: []}, shut={PLACE, OTHER})

    async with desk(fake) as here:
        with pytest.raises(AccountFault, match=r"none of the 2 locations can be read .403 PERMISSION_DENIED") as caught:
            await here.collect()
        fake.shut.clear()
        here.clock.advance(301)

        assert await here.collect() == [item(1)]
    assert "verified" in caught.value.remedy


async def test_an_account_without_locations_has_nothing_to_answer(caplog: pytest.LogCaptureFixture) -> None:
    async with desk(FakeGoogle({})) as here:
        with caplog.at_level(logging.WARNING):
            assert await here.collect() == []
            assert await here.collect() == []
        bad = [fact for fact in await here.connector.check() if not fact.ok]

    assert len([one for one in caplog.records if "no location" in one.message]) == 1
    assert [(one.subject, one.finding) for one in bad] == [("locations", "none: nothing can be read")]


async def test_five_hundred_locations_are_all_found_and_read_by_ten_calls() -> None:
    places = [f"accounts/1/locations/{number}" for number in range(1000, 1500)]
    fake = FakeGoogle({place: [] for place in places})
    fake.rows[places[499]] = [review(1, place=places[499])]

    async with desk(fake) as here:
        found = await here.collect()

    assert found == [item(1, places[499])]
    assert (fake.calls("/locations"), fake.calls("batchGetReviews")) == (15, 10)


async def test_a_location_of_two_accounts_is_read_under_one_name() -> None:
    shared = {"accounts/20/locations/10": [review(1)], "accounts/3/locations/10": [review(1)]}

    async with desk(FakeGoogle(shared)) as here:
        found = await here.collect()

    assert found == [item(1, "accounts/3/locations/10")]


async def test_the_choice_of_an_account_and_of_locations_is_kept_to(caplog: pytest.LogCaptureFixture) -> None:
    rows = {name: [review(1, place=name)] for name in (PLACE, OTHER, "accounts/2/locations/30")}

    async with desk(FakeGoogle(rows), account_id="1", location_ids="20, locations/77") as here:
        with caplog.at_level(logging.WARNING):
            found = await here.collect()
        facts = await here.connector.check()

    assert found == [item(1, OTHER)]
    assert here.fake.calls("GET /v1/accounts/2") == 0
    assert "locations/77" in caplog.text
    assert [fact.subject for fact in facts if not fact.ok] == ["locations"]


@pytest.mark.parametrize("chosen", [{"location_ids": "77"}, {"account_id": "9"}])
async def test_a_choice_that_is_not_ours_is_the_account_s_fault(chosen: dict[str, str]) -> None:
    fake = FakeGoogle({PLACE: [review(1)]}, canned={"accounts/9": [refused(403, "PERMISSION_DENIED")]})

    async with desk(fake, **chosen) as here:
        with pytest.raises(AccountFault, match=r"none of location_ids|accounts/9 is not open") as caught:
            await here.collect()

    assert "account_id and location_ids" in caught.value.remedy


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({"client_id": ""}, "client_id is empty"),
        ({"client_secret": "  "}, "client_secret is empty"),
        ({"refresh_token": "1//a\nb"}, "refresh_token holds signs"),
        ({"account_id": "accounts/1/locations/2"}, "account_id must be"),
        ({"location_ids": "1, a?b"}, "location_ids must be"),
    ],
)
def test_credentials_that_cannot_be_right_are_refused_at_once(credentials: dict[str, str], said: str) -> None:
    access = Access(label="b/google", base_url="", credentials={**CREDENTIALS, **credentials}, clock=HandClock())

    with pytest.raises(Configuration, match=f"b/google: {said}"):
        GoogleBusinessConnector.open(SPEC, access)


async def test_an_access_token_is_kept_until_a_minute_before_its_end() -> None:
    async with desk(FakeGoogle({PLACE: [review(1)]})) as here:
        for passed in (0, 3500, 45):
            here.clock.advance(passed)
            await here.see(item(1))

    assert len(here.fake.tokens) == 2


async def test_a_refused_access_token_is_renewed_once() -> None:
    fake = FakeGoogle({PLACE: [review(1)]}, canned={"/reviews": [refused(401)]})

    async with desk(fake) as here:
        assert await here.collect() == [item(1)]
        fake.canned["/reviews"] = [refused(401), refused(401)]
        with pytest.raises(AccountFault, match="just given"):
            await here.collect()

    assert len(fake.tokens) == 3


async def test_a_consent_that_ends_in_the_middle_leaves_what_was_read() -> None:
    fake = FakeGoogle({PLACE: [review(number, age=number) for number in range(1, 4)]})

    async with desk(fake) as here:

        def revoke() -> None:
            revoked = {"error": "invalid_grant", "error_description": "Token has been revoked."}
            fake.tokens.append("another")
            fake.canned["/token"] = [_json(400, revoked)]

        fake.between = revoke
        pages = here.connector.unanswered(Kind.REVIEW)
        first = await anext(pages)  # type: ignore[arg-type]  # an iterator that a generator gives
        with pytest.raises(AccountFault, match="consent was revoked or has expired") as caught:
            await anext(pages)  # type: ignore[arg-type]  # as above

    assert [one.item_id for one in first] == [item(2), item(1)]
    assert "refresh_token" in caught.value.remedy


@pytest.mark.parametrize("bad", [html(200), html(503), refused(500), _json(200, {"reviews": "many"})])
async def test_a_page_that_cannot_be_read_once_is_asked_for_again(bad: web.Response) -> None:
    fake = FakeGoogle({PLACE: [review(1)]}, canned={"/reviews": [bad]})

    async with desk(fake) as here:
        assert await here.collect() == [item(1)]


async def test_a_page_that_never_can_be_read_starves_no_other_location() -> None:
    second = [f"accounts/2/locations/{number}" for number in range(30, 34)]
    fake = many(canned={"accounts/1/locations:batch": [html(200) for _ in range(9)]})
    fake.rows |= {place: [review(1, place=place)] for place in second}
    given: list[str] = []

    async with desk(fake) as here:
        for _ in range(2):
            with pytest.raises(Retryable, match="without readable JSON: <html>"):
                await here.collect(given)

    assert given == [item(1, place) for place in second]


@pytest.mark.parametrize("where", ["/reviews", "/v1/accounts"])
async def test_a_list_that_never_ends_does_not_hold_us_for_ever(where: str) -> None:
    again = [_json(200, {"nextPageToken": "again"}) for _ in range(9)]

    async with desk(FakeGoogle({PLACE: [review(1)]}, canned={where: again})) as here:
        with pytest.raises(Retryable, match="does not end"):
            await here.collect()


async def test_a_quota_of_zero_is_the_project_s_fault_and_says_so_at_check() -> None:
    quota = {"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit_value": "0"}}
    fake = FakeGoogle(canned={"/v1/accounts": [_json(429, {"error": {"details": [quota]}}) for _ in range(2)]})

    async with desk(fake) as here:
        with pytest.raises(AccountFault, match="not approved yet"):
            await here.collect()
        here.clock.advance(120)
        bad = [fact for fact in await here.connector.check() if not fact.ok]

    assert [fact.subject for fact in bad] == ["locations"]
    assert "apply for the approval" in bad[0].remedy


async def test_a_good_account_is_told_by_three_facts() -> None:
    async with desk(FakeGoogle({PLACE: [review(1)]})) as here:
        facts = await here.connector.check()

    assert [(one.subject, one.ok) for one in facts] == [("consent", True), ("locations", True), ("reviews", True)]
    assert "accounts/1/locations/10 Лавка 0" in facts[1].finding


async def test_no_secret_stands_in_an_error_or_a_repr() -> None:
    fake = FakeGoogle({PLACE: [review(1)]}, canned={"/reviews": [refused(401), refused(401)]})

    async with desk(fake) as here:
        with pytest.raises(AccountFault) as caught:
            await here.collect()
        told = f"{here.connector!r} {caught.value!r}"

    assert "very-secret" not in told
    assert not any(token in told for token in fake.tokens)
