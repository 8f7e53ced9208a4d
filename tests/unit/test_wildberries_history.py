"""What customers wrote on Wildberries long ago is read list by list, and loses nothing at the borders of pages."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.wildberries.collecting import Extent
from feedback_service.platforms.wildberries.history import History
from feedback_service.ports.platform import HistoryPage, Span
from feedback_service.transports.clock import SystemClock
from tests.support.fake_wildberries import FakeWildberries, client_of, rows

START = 1_770_000_000
SMALL = Extent(take=10, overlap=3, deepest=1000)


def span(begin: float = -1000, end: float = 10_000) -> Span:
    """Seconds from the first row of `rows`."""
    return Span(datetime.fromtimestamp(START + begin, UTC), datetime.fromtimestamp(START + end, UTC))


async def read(
    fake: FakeWildberries, cursor: str = "", *, into: list[HistoryPage] | None = None, **more: Any
) -> list[HistoryPage]:
    """`more`: another kind, extent or span."""
    found = [] if into is None else into
    async with client_of(fake, SystemClock()) as client:
        history = History(**{"client": client, "kind": Kind.REVIEW, "extent": SMALL, "span": span(), **more})
        async for page in history.pages(cursor):
            found.append(page)  # not at once: what came before a failure stays
    return found


def ids(pages: list[HistoryPage]) -> list[str]:
    return [one.item_id for page in pages for one in page.items]


def everything(fake: FakeWildberries) -> list[str]:
    return [str(row["id"]) for row in fake.rows]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 101])
async def test_waiting_and_answered_reviews_come_once_from_both_lists(count: int) -> None:
    fake = FakeWildberries(rows(count), answered={f"r{number:04}" for number in range(0, count, 3)})

    pages = await read(fake)

    assert sorted(ids(pages)) == everything(fake)
    assert {one.item_id for page in pages for one in page.items if one.answer} == fake.answered


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 25))
async def test_from_every_cursor_exactly_the_rest_is_read(seed: int, per_second: int) -> None:
    drawn = random.Random(seed)
    fake = FakeWildberries(rows(drawn.randint(0, 70), per_second=per_second))
    fake.answered = {row for row in everything(fake) if drawn.random() < 0.5}
    fake.unlisted = {row for row in everything(fake) if row not in fake.answered and drawn.random() < 0.5}

    pages = await read(fake)

    assert sorted(ids(pages)) == everything(fake)
    number = drawn.randrange(len(pages))
    assert ids(await read(fake, pages[number].cursor)) == ids(pages[number + 1 :])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 12))
async def test_nothing_is_missed_while_others_answer(seed: int, answers_between: int) -> None:
    drawn = random.Random(seed)
    fake = FakeWildberries(rows(80, per_second=4))

    def answer_some() -> None:
        left = sorted(set(everything(fake)) - fake.answered)
        fake.answered.update(drawn.sample(left, min(answers_between, len(left))))

    fake.between = answer_some

    assert set(ids(await read(fake))) == set(everything(fake))


async def test_what_only_the_archive_shows_is_found_there_and_nothing_twice() -> None:
    fake = FakeWildberries(rows(60), answered={f"r{number:04}" for number in range(0, 60, 2)})
    fake.unlisted = {"r0001", "r0031", "r0059"}

    assert sorted(ids(await read(fake))) == everything(fake)


async def test_an_archive_out_of_which_much_is_taken_between_two_readings_loses_nothing_else() -> None:
    fake = FakeWildberries(rows(90))
    fake.unlisted = set(everything(fake))
    pages = await read(fake)
    number = next(number for number, page in enumerate(pages) if len(ids(pages[: number + 1])) >= 40)
    given_ids, cursor = ids(pages[: number + 1]), pages[number].cursor

    fake.rows = [row for row in fake.rows if row["id"] not in given_ids]

    assert sorted(given_ids + ids(await read(fake, cursor))) == [f"r{number:04}" for number in range(90)]


async def test_an_archive_that_shows_no_more_is_said_and_ends_the_reading(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeWildberries(rows(60), deepest=30)
    fake.unlisted = set(everything(fake))

    pages = await read(fake, extent=Extent(take=10, overlap=3, deepest=30))

    assert "r0059" in ids(pages)
    assert "r0000" not in ids(pages)
    assert [one.action for one in caplog.records] == ["archive_cut_off"]  # type: ignore[attr-defined]


async def test_a_span_is_asked_for_by_its_dates_and_kept_to() -> None:
    fake = FakeWildberries(rows(50))
    fake.unlisted = {"r0005", "r0025", "r0045"}

    pages = await read(fake, span=span(20, 30))

    assert sorted(ids(pages)) == [f"r{number:04}" for number in range(20, 30)]
    dates = {(query["dateFrom"], query["dateTo"]) for _, query in fake.asked if "dateFrom" in query}
    assert (str(START + 19), str(START + 31)) in dates


async def test_questions_have_no_archive() -> None:
    fake = FakeWildberries(rows(12), answered={"r0003"})

    pages = await read(fake, kind=Kind.QUESTION)

    assert sorted(ids(pages)) == everything(fake)
    assert {call for call, _ in fake.asked} == {"GET /api/v1/questions"}


async def test_more_reviews_of_one_second_than_the_list_can_show_are_told() -> None:
    fake = FakeWildberries(rows(60, per_second=60), deepest=20)

    with pytest.raises(Retryable, match="one second"):
        await read(fake, extent=Extent(take=10, overlap=3, deepest=20))


async def test_pages_before_a_failure_are_good_and_their_cursor_goes_on() -> None:
    fake = FakeWildberries(rows(35))
    got: list[HistoryPage] = []
    fake.between = lambda: fake.canned.extend(web.Response(status=500) for _ in range(3)) if not got else None

    with pytest.raises(Retryable):
        await read(fake, into=got)
    rest = await read(fake, got[-1].cursor)

    assert len(got) == 1
    assert ids(got) + ids(rest) == everything(fake)


@pytest.mark.parametrize("cursor", ["question/waiting/1/0", "review/elsewhere/1/0", "review/waiting/x/0", "7"])
async def test_a_place_in_another_history_is_refused(cursor: str) -> None:
    with pytest.raises(Refused, match="begin anew"):
        await read(FakeWildberries(rows(1)), cursor)
