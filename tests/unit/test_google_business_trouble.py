"""What goes wrong around Google's calls: late turns, lists that lag, strange servers, tokens in broken answers."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.google_business.wire import read_reply
from tests.support.fake_google import PLACE, Desk, FakeGoogle, desk, dispatch, html, item, refused, reply, review

LATE = 12.0
"""Seconds for which a 429 keeps every call waiting: less than a call waits for its turn."""


def fake(*numbers: int, **more: Any) -> FakeGoogle:
    return FakeGoogle({PLACE: [review(number) for number in numbers or (1,)]}, **more)


async def hold_up(here: Desk) -> None:
    """Let Google ask, at another call, to be left alone for a while."""
    here.fake.canned["/reviews/r9"] = [refused(429, Retry_After=str(int(LATE)))]
    with pytest.raises(Retryable):
        await here.see(item(9))


async def test_an_answer_whose_turn_comes_late_is_not_written_on_the_strength_of_an_old_look() -> None:
    async with desk(fake()) as here:
        await here.see(item(1))
        await hold_up(here)
        with pytest.raises(Retryable, match="nothing was sent"):
            await here.answer(item(1))
        written = here.fake.calls("PUT")
        await here.answer(item(1))

    assert written == 0
    assert here.fake.calls("PUT") == 1


async def test_an_answer_is_not_taken_away_on_the_strength_of_an_old_look() -> None:
    there = FakeGoogle({PLACE: [review(1, reviewReply=reply("Спасибо!"))]})

    async with desk(there) as here:
        there.looked = lambda: here.connector.client.pace.throttle.penalise(LATE)
        with pytest.raises(Retryable, match="nothing was sent"):
            await here.connector.retract(dispatch(item(1)))

    assert there.calls("DELETE") == 0


async def test_what_a_list_shows_is_looked_at_by_itself_before_it_is_answered() -> None:
    async with desk(fake(1, 2, 3, per_page=3)) as here:
        await here.see(item(1), item(2), item(3))
        here.fake.forget()
        await here.answer(item(2))

    assert [one.split()[0] for one in here.fake.asked] == ["GET", "PUT"]


async def test_a_page_of_another_server_is_no_removed_review() -> None:
    async with desk(fake(canned={"/reviews/r1": [html(404)]})) as here:
        with pytest.raises(Retryable, match="404"):
            await here.see(item(1))


async def test_a_page_of_another_server_shuts_no_location() -> None:
    async with desk(fake(canned={"/reviews": [html(404)]})) as here:
        with pytest.raises(Retryable, match="404"):
            await here.collect()
        here.clock.advance(60)
        assert await here.collect() == [item(1)]


@pytest.mark.parametrize("status", [200, 500])
async def test_no_part_of_an_access_token_stands_in_the_error_of_a_broken_answer(status: int) -> None:
    broken = [web.Response(text='{"access_token": "ya29.made-up-token-', status=status) for _ in range(9)]

    async with desk(fake(canned={"/token": broken})) as here:
        with pytest.raises(Retryable) as caught:
            await here.collect()

    assert "/token" in str(caught.value)
    assert "ya29" not in str(caught.value)


async def test_one_location_that_cannot_be_read_starves_none_of_the_few_others() -> None:
    places = [f"accounts/1/locations/{number}" for number in (10, 11, 12)]
    there = FakeGoogle({place: [review(1, place=place)] for place in places})
    there.canned[f"{places[0]}/reviews"] = [html(200) for _ in range(9)]
    given: list[str] = []

    async with desk(there) as here:
        for _ in range(2):
            with pytest.raises(Retryable):
                await here.collect(given)

    assert set(given) == {item(1, place) for place in places[1:]}


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_a_date_out_of_all_bounds_keeps_no_pass_from_its_end(stamp: str) -> None:
    there = FakeGoogle({PLACE: [review(number, createTime=stamp, updateTime=stamp) for number in (1, 2, 3)]})

    async with desk(there) as here:
        await here.collect()
        here.clock.advance(60)
        found = await here.collect()

    assert len(found) == 3


async def test_pages_that_lead_in_a_circle_end() -> None:
    circle = [web.json_response({"nextPageToken": token}) for token in ("one", "two") * 20]

    async with desk(fake(canned={"/reviews": circle})) as here:
        with pytest.raises(Retryable, match="does not end"):
            await here.collect()

    assert here.fake.calls("/reviews") < 5


@pytest.mark.parametrize("comment", [7, ["Спасибо!"], {"text": "Спасибо!"}])
def test_an_answer_in_an_odd_form_is_one_all_the_same(comment: object) -> None:
    assert read_reply({"comment": comment}) is not None


async def test_what_google_forbids_at_a_location_that_the_login_does_not_have_is_gone() -> None:
    there = FakeGoogle({"accounts/7/locations/70": []}, shut={PLACE})

    async with desk(there) as here:
        seen = await here.see(item(1), item(2), item(3))

    assert seen == {item(1): None, item(2): None, item(3): None}


async def test_what_stands_at_a_location_of_ours_that_is_not_verified_is_out_of_reach_and_not_gone() -> None:
    async with desk(fake(1, 2, 3, shut={PLACE})) as here:
        assert await here.see(item(1), item(2), item(3)) == {}


async def test_a_location_keeps_its_name_when_another_account_comes_to_share_it() -> None:
    mine, later = "accounts/5/locations/10", "accounts/1/locations/10"
    there = FakeGoogle({mine: [review(1, place=mine)]})

    async with desk(there) as here:
        before = await here.collect()
        there.rows[later] = [review(1, place=later)]
        here.clock.advance(3700)
        after = await here.collect()

    assert before == after == [item(1, mine)]
