"""What customers wrote long ago is read location by location, and goes on from where it broke off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.ports.platform import Historian, HistoryPage, Span
from tests.support.fake_google import PLACE, Desk, FakeGoogle, desk, html, item, refused, reply, review
from tests.support.sandbox import NOON

DAY = 86400
OTHER = "accounts/1/locations/20"
LAST = "accounts/1/locations/100"
SPAN = Span(NOON - timedelta(days=10), NOON)


def fake() -> FakeGoogle:
    """Three locations: one with a page before the span, an empty one, and one of two pages."""
    rows = {
        LAST: [review(number, age=number * DAY, place=LAST) for number in (1, 2, 3)],
        OTHER: [],
        PLACE: [review(number, age=number * DAY) for number in range(1, 16)],
    }
    rows[PLACE][1]["reviewReply"] = reply("Спасибо!")
    return FakeGoogle(rows)


async def read(
    here: Desk, cursor: str = "", span: Span = SPAN, into: list[HistoryPage] | None = None
) -> list[HistoryPage]:
    found = [] if into is None else into
    async for page in here.connector.history(Kind.REVIEW, span, cursor):
        found.append(page)  # not at once: what came before a failure stays
    return found


def ids(pages: list[HistoryPage]) -> list[str]:
    return [one.item_id for page in pages for one in page.items]


ALL = [*(item(number) for number in range(1, 11)), *(item(number, LAST) for number in (1, 2, 3))]


async def test_a_span_is_read_location_by_location_newest_first_answered_or_not() -> None:
    async with desk(fake()) as here:
        pages = await read(here)

    assert isinstance(here.connector, Historian)
    assert ids(pages) == ALL
    assert [one.answer is not None for one in pages[0].items] == [False, True]


async def test_pages_before_the_span_are_not_asked_for() -> None:
    async with desk(fake()) as here:
        await read(here)

    assert here.fake.calls(f"{PLACE}/reviews") == 6


async def test_what_was_written_after_the_span_is_left_out() -> None:
    async with desk(fake()) as here:
        pages = await read(here, span=Span(NOON - timedelta(days=3), NOON - timedelta(days=1, hours=12)))

    assert ids(pages) == [item(2), item(3), item(2, LAST), item(3, LAST)]


async def test_an_old_review_that_was_edited_in_the_span_is_not_of_it() -> None:
    there = fake()
    there.rows[PLACE].insert(0, review(99, age=30 * DAY, updateTime="2026-03-10T11:00:00Z"))

    async with desk(there) as here:
        assert ids(await read(here)) == ALL


async def test_from_every_cursor_exactly_the_rest_is_read_also_by_another_process() -> None:
    async with desk(fake()) as here:
        pages = await read(here)

    for number, page in enumerate(pages):
        async with desk(fake()) as another:
            assert ids(await read(another, page.cursor)) == ids(pages[number + 1 :])


async def test_the_share_grows_to_the_whole() -> None:
    async with desk(fake()) as here:
        shares = [page.share for page in await read(here)]

    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.15
    assert shares[-1] == 1


async def test_pages_before_a_failure_are_good_and_their_cursor_goes_on() -> None:
    there = fake()
    got: list[HistoryPage] = []

    async with desk(there) as here:
        there.between = lambda: there.canned.update({"/reviews": [html(200) for _ in range(3)]}) if not got else None
        with pytest.raises(Retryable):
            await read(here, into=got)
        rest = await read(here, got[-1].cursor)

    assert ids(got) + ids(rest) == ALL


async def test_a_place_in_a_list_that_google_has_forgotten_begins_that_location_anew() -> None:
    there = fake()

    async with desk(there) as here:
        pages = await read(here)
        there.canned["/reviews"] = [refused(400, "INVALID_ARGUMENT")]

        assert ids(await read(here, pages[1].cursor)) == ALL


async def test_a_location_that_is_gone_or_not_verified_keeps_no_other_from_being_read() -> None:
    there = fake()

    async with desk(there) as here:
        cursor = (await read(here))[-2].cursor
        there.shut |= {PLACE, OTHER}
        pages = await read(here)
        assert ids(pages) == [item(number, LAST) for number in (1, 2, 3)]
        assert [round(page.share, 2) for page in pages[:2]] == [0.33, 0.67]
        del there.rows[PLACE]
        here.clock.advance(3700)

        assert ids(await read(here, cursor)) == [item(3, LAST)]


@pytest.mark.parametrize("cursor", ["2", "{", "[]", '{"location": "x", "page": ""}', f'{{"location": "{PLACE}"}}'])
async def test_a_cursor_of_another_is_refused(cursor: str) -> None:
    async with desk(fake()) as here:
        with pytest.raises(Refused, match="no place in a history"):
            await read(here, cursor)


async def test_there_are_no_questions() -> None:
    async with desk(fake()) as here:
        assert [page async for page in here.connector.history(Kind.QUESTION, SPAN)] == []
        assert [page async for page in here.connector.unanswered(Kind.QUESTION)] == []

    assert here.fake.asked == []
