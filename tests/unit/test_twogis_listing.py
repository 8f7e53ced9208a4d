"""Walking down a branch's list by dates that reviews may share."""

from __future__ import annotations

import logging

import pytest

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.twogis.listing import Listing
from feedback_service.platforms.twogis.wire import Place
from tests.support.fake_twogis import BRANCH, FakeTwoGis, Kept, Row, account, collected, row


async def read(rows: list[Row], **oddities: bool) -> tuple[list[str], FakeTwoGis]:
    fake = FakeTwoGis({BRANCH: rows}, **oddities)
    async with account(fake, Kept()) as connector:
        listing = Listing(connector.client, Place(BRANCH), unanswered=True)
        return [one.review.item_id async for page in listing.pages() for one in page], fake


@pytest.mark.parametrize("includes_border", [False, True])
@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 130])
async def test_every_review_comes_once_the_newest_first(count: int, includes_border: bool) -> None:
    rows = [row(number, age=60 + number) for number in range(1000, 1000 + count)]

    ids, _ = await read(rows, includes_border=includes_border)

    assert ids == [one["id"] for one in rows]


@pytest.mark.parametrize("includes_border", [False, True])
@pytest.mark.parametrize("alike", [2, 30, 49])
async def test_reviews_of_one_instant_at_the_border_of_a_page_are_neither_lost_nor_read_for_ever(
    alike: int, includes_border: bool
) -> None:
    before = [row(1000 + number, age=60 + number) for number in range(30)]
    same = [row(2000 + number, age=300) for number in range(alike)]
    after = [row(3000 + number, age=900 + number) for number in range(40)]

    ids, _ = await read([*before, *same, *after], includes_border=includes_border)

    assert len(ids) == 70 + alike
    assert set(ids) == {one["id"] for one in [*before, *same, *after]}


async def test_dates_with_fewer_decimals_lose_nothing_at_a_border() -> None:
    rows = [row(1000 + number, age=60) for number in range(60)]
    for number, one in enumerate(rows):
        fraction = f".{999999 - number * 16000:06}"[: 7 if number % 2 else 3]
        one["dateCreated"] = f"2026-03-10T11:59:00{fraction}+00:00"

    ids, _ = await read(rows)

    assert sorted(ids) == [one["id"] for one in rows]


@pytest.mark.parametrize("includes_border", [False, True])
async def test_more_of_one_instant_than_a_page_holds_are_told_of_and_passed(
    includes_border: bool, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [row(1000 + number, age=300) for number in range(51)] + [row(5000, age=600)]

    with caplog.at_level(logging.WARNING):
        ids, _ = await read(rows, includes_border=includes_border)

    assert len(ids) == 51
    assert "5000" in ids
    assert any("of one instant" in one.getMessage() for one in caplog.records)


async def test_a_list_that_does_not_heed_the_date_ends_as_retryable_after_a_few_calls() -> None:
    fake = FakeTwoGis({BRANCH: [row(1000 + number, age=60 + number) for number in range(80)]}, hears_offset=False)

    async with account(fake, Kept()) as connector:
        with pytest.raises(Retryable, match="does not lead on"):
            await collected(connector)

    assert fake.calls("/reviews") < 20


async def test_a_short_list_takes_two_calls_and_an_empty_one_a_single_call() -> None:
    _, few = await read([row(1), row(2)])
    _, none = await read([])

    assert (few.calls("/reviews"), none.calls("/reviews")) == (2, 1)


async def test_a_page_without_any_date_is_the_end_of_a_short_list_and_a_fault_of_a_full_one() -> None:
    short, _ = await read([row(1, dateCreated=None), row(2, dateCreated="вчера")])
    with pytest.raises(Retryable, match="carries no dates"):
        await read([row(1000 + number, dateCreated=None) for number in range(50)])

    assert sorted(short) == ["1", "2"]


async def test_the_call_is_the_one_that_public_clients_make() -> None:
    _, fake = await read([row(1, age=60)])

    assert fake.asked[0] == f"GET /api/1.0/presence/branch/{BRANCH}/reviews"
    expected = {"limit": "50", "pinRequestedFirst": "false", "withoutAnswer": "true", "catalogs": "2gis"}
    assert fake.queries[0] == expected
    assert fake.queries[1] == {**expected, "offsetDate": "2026-03-10T11:59:00+00:00"}
