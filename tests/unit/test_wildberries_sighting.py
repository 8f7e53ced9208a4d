"""Re-reading items: what comes back, and how many calls it costs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.wildberries.sighting import sight
from feedback_service.transports.clock import SystemClock
from tests.support.fake_wildberries import FakeWildberries, client_of, rows, seconds

LIST = "GET /api/v1/feedbacks"
SINGLE = "GET /api/v1/feedback"


def refs(fake: FakeWildberries, *numbers: int) -> list[ItemRef]:
    chosen = [fake.rows[number] for number in numbers]
    return [ItemRef(ItemId(str(row["id"])), Kind.REVIEW, datetime.fromtimestamp(seconds(row), UTC)) for row in chosen]


async def seen(fake: FakeWildberries, wanted: list[ItemRef]) -> dict[str, str | None]:
    """The text of the answer by id; "-" for an item that is not there."""
    async with client_of(fake, SystemClock()) as client:
        sightings: dict[ItemId, Sighting] = {}
        await sight(client, wanted, sightings)
    return {
        item_id: "-" if sighting.item is None else (sighting.answer.text if sighting.answer else None)
        for item_id, sighting in sightings.items()
    }


async def test_one_or_two_items_are_read_singly() -> None:
    fake = FakeWildberries(rows(50), answered={"r0001"})

    assert await seen(fake, refs(fake, 1, 40)) == {"r0001": "Спасибо!", "r0040": None}

    assert (fake.calls(SINGLE), fake.calls(LIST)) == (2, 0)


async def test_thirty_unanswered_neighbours_cost_one_call() -> None:
    fake = FakeWildberries(rows(50))

    found = await seen(fake, refs(fake, *range(30)))

    assert set(found.values()) == {None}
    assert len(fake.asked) == 1


async def test_thirty_of_both_sorts_cost_two_calls() -> None:
    fake = FakeWildberries(rows(50), answered={f"r{number:04}" for number in range(0, 30, 2)})

    found = await seen(fake, refs(fake, *range(30)))

    assert sorted(map(str, found.values())) == ["None"] * 15 + ["Спасибо!"] * 15
    assert len(fake.asked) == 2


async def test_an_item_that_is_gone_is_told_from_one_without_an_answer() -> None:
    fake = FakeWildberries(rows(10))
    gone = ItemRef(ItemId("gone"), Kind.REVIEW, datetime(2026, 3, 1, tzinfo=UTC))

    found = await seen(fake, [*refs(fake, 1, 2, 3), gone])

    assert found == {"r0001": None, "r0002": None, "r0003": None, "gone": "-"}


async def test_few_items_in_a_wide_and_crowded_span_do_not_cause_a_page_by_page_search() -> None:
    fake = FakeWildberries(rows(9000))

    found = await seen(fake, refs(fake, 0, 3000, 6000, 8999))

    assert set(found.values()) == {None}
    assert len(fake.asked) <= 6


async def test_questions_and_reviews_are_looked_for_apart() -> None:
    fake = FakeWildberries(rows(10))
    (review,) = refs(fake, 1)
    question = ItemRef(ItemId("r0002"), Kind.QUESTION, review.created_at)

    assert set(await seen(fake, [review, question])) == {"r0001", "r0002"}

    assert (fake.calls(SINGLE), fake.calls("GET /api/v1/question")) == (1, 1)


async def test_nothing_wanted_costs_nothing() -> None:
    fake = FakeWildberries(rows(1))

    assert await seen(fake, []) == {}

    assert fake.asked == []


@pytest.mark.parametrize("answered", [True, False])
async def test_the_lists_are_cut_to_the_days_of_the_items(answered: bool) -> None:
    fake = FakeWildberries(rows(20), answered={f"r{number:04}" for number in range(20)} if answered else set())

    await seen(fake, refs(fake, 5, 6, 7))

    start = int(seconds(fake.rows[0]))
    assert (fake.asked[-1][1]["dateFrom"], fake.asked[-1][1]["dateTo"]) == (str(start + 4), str(start + 9))
