"""What every connector that knows a history owes a person who reads it, against the platform's replica."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from feedback_service.domain.errors import AccountFault, Refused
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.pipeline.ways import Ways
from feedback_service.ports.platform import Connector, Historian, HistoryPage, Span
from tests.support.platforms import CASES, Stand, opened, stand
from tests.support.sandbox import NOON

TEXT = "Спасибо, что рассказали об этом."
DAY = 86_400.0
DAYS = 250
"""Longer than any platform shows in one list: windows of a month and of half a year are crossed."""
FOREIGN = ("2", "end", "somewhere/else/12", '{"location": "x", "page": ""}', "review/answers/0/0", "api:")


def historian_of(connector: Connector) -> Historian | None:
    """The connector, where a way of it knows a history."""
    ways = connector.open_ways.values() if isinstance(connector, Ways) else (connector,)
    known = isinstance(connector, Historian) and any(isinstance(one, Historian) for one in ways)
    return connector if known and isinstance(connector, Historian) else None


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
async def here(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    key, kind = request.param
    async with stand(key, kind) as opened:
        if historian_of(opened.connector) is None:
            pytest.skip("this platform's past cannot be read")
        yield opened


SPAN = Span(NOON - timedelta(days=DAYS), NOON - timedelta(days=10))
"""The days before the last ten, as the sandbox's clock stands at first."""


async def written(here: Stand, count: int) -> tuple[Sequence[ItemId], Sequence[ItemId]]:
    """So many customers over the whole span, some of them in one second; every 20th is answered.

    Besides, there are some of whom nobody asked, from two seconds before the span and from two after it on: platforms
    cut dates to whole seconds or less.
    """
    step = (DAYS - 10) * DAY // count
    items = [here.customer(f"№ {number}", age=DAYS * DAY - 2 - number * step) for number in range(count - 3)]
    items += [here.customer(f"Сразу {number}", age=20 * DAY) for number in range(3)]
    answered = [here.customer("Давно", age=DAYS * DAY + 2), *items[::20]]
    for age in (10 * DAY - 2, 60):
        here.customer("Недавно", age=age)
    for item_id in answered:
        await here.answer(item_id, TEXT)
    return items, answered[1:]


async def read(connector: Connector, kind: Kind, span: Span, cursor: str = "") -> list[HistoryPage]:
    historian = historian_of(connector)
    assert historian is not None
    return [page async for page in historian.history(kind, span, cursor)]


def ids(pages: Sequence[HistoryPage]) -> list[ItemId]:
    return [one.item_id for page in pages for one in page.items]


@asynccontextmanager
async def afresh(here: Stand) -> AsyncIterator[Connector]:
    """The same account as another process opens it."""
    doorway = opened(here.sandbox, here.doorway.replica, here.credentials, here.clock)
    try:
        yield doorway.connector
    finally:
        await doorway.connector.close()


async def test_everything_of_a_span_comes_once_answered_or_not_and_nothing_else(here: Stand) -> None:
    items, answered = await written(here, here.manners.reviews_per_page + 30)

    pages = await read(here.connector, here.kind, SPAN)

    assert sorted(ids(pages)) == sorted(items)
    given = {one.item_id: one.answer for page in pages for one in page.items}
    assert {item_id: answer.text for item_id, answer in given.items() if answer} == dict.fromkeys(answered, TEXT)


async def test_a_reading_that_broke_off_goes_on_in_another_process(here: Stand) -> None:
    items, _ = await written(here, here.manners.reviews_per_page + 30)
    pages = await read(here.connector, here.kind, SPAN)

    for number in {0, len(pages) // 2, len(pages) - 1}:
        async with afresh(here) as connector:
            rest = await read(connector, here.kind, SPAN, pages[number].cursor)
        assert sorted([*ids(pages[: number + 1]), *ids(rest)]) == sorted(items)


async def test_a_page_is_small_and_the_share_grows_to_the_whole(here: Stand) -> None:
    await written(here, here.manners.reviews_per_page + 30)

    pages = await read(here.connector, here.kind, SPAN)

    shares = [page.share for page in pages]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert all(0 <= one <= 1 for one in shares)
    assert max(len(page.items) for page in pages) <= 1000
    assert max(len(page.cursor) for page in pages) < 300


async def test_nothing_written_in_a_span_is_a_whole_history(here: Stand) -> None:
    here.customer(age=60)

    pages = await read(here.connector, here.kind, SPAN)

    assert ids(pages) == []


async def test_a_place_in_another_history_is_refused(here: Stand) -> None:
    here.customer(age=20 * DAY)

    for cursor in FOREIGN:
        with pytest.raises(Refused):
            await read(here.connector, here.kind, SPAN, cursor)


async def test_a_login_that_runs_out_ends_the_reading_after_good_pages(here: Stand) -> None:
    here.customer(age=20 * DAY)
    here.plan("expire", count=None)

    with pytest.raises(AccountFault):
        await read(here.connector, here.kind, SPAN)
