"""Reading all unanswered items while somebody else answers them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.wildberries.collecting import Extent, Reading
from feedback_service.transports.clock import SystemClock
from tests.support.fake_wildberries import FakeWildberries, client_of, rows

SMALL = Extent(take=10, overlap=3, deepest=1000)


async def collected(fake: FakeWildberries, extent: Extent = SMALL, kind: Kind = Kind.REVIEW) -> list[str]:
    async with client_of(fake, SystemClock()) as client:
        pages = [page async for page in Reading(client=client, kind=kind, extent=extent).pages()]
    return [item.item_id for page in pages for item in page]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 17, 20, 100])
async def test_every_item_comes_once_in_the_order_of_dates(count: int) -> None:
    fake = FakeWildberries(rows(count))

    ids = await collected(fake)

    assert ids == [row["id"] for row in fake.rows]


@pytest.mark.parametrize("kind", list(Kind))
async def test_both_kinds_are_listed_by_their_own_method(kind: Kind) -> None:
    fake = FakeWildberries(rows(3))

    assert len(await collected(fake, kind=kind)) == 3

    path = {"review": "GET /api/v1/feedbacks", "question": "GET /api/v1/questions"}[kind]
    assert fake.asked == [(path, {"isAnswered": "false", "take": "10", "skip": "0", "order": "dateAsc"})]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 12), st.integers(1, 25))
async def test_nothing_that_stays_unanswered_is_missed_while_others_answer(
    seed: int, answers_between: int, per_second: int
) -> None:
    drawn = random.Random(seed)
    fake = FakeWildberries(rows(120, per_second=per_second))

    def answer_some() -> None:
        waiting = [str(row["id"]) for row in fake.rows if row["id"] not in fake.answered]
        fake.answered.update(drawn.sample(waiting, min(answers_between, len(waiting) // 3)))

    fake.between = answer_some
    ids = await collected(fake)

    assert len(ids) == len(set(ids))
    assert {str(row["id"]) for row in fake.rows} - fake.answered <= set(ids)


async def test_answers_to_the_page_just_read_do_not_hide_the_next_one() -> None:
    fake = FakeWildberries(rows(60))
    fake.between = lambda: fake.answered.update([f"r{number:04}" for number in range(10)])

    ids = await collected(fake)

    assert ids == [row["id"] for row in fake.rows]


async def test_a_list_longer_than_the_largest_offset_is_read_on_by_date() -> None:
    fake = FakeWildberries(rows(100), deepest=20)

    ids = await collected(fake, Extent(take=10, overlap=3, deepest=20))

    assert ids == [row["id"] for row in fake.rows]
    assert any("dateFrom" in query for _, query in fake.asked)


async def test_one_second_with_more_items_than_the_list_can_show_is_an_error_and_not_a_loop() -> None:
    fake = FakeWildberries(rows(100, per_second=100), deepest=20)

    with pytest.raises(Retryable, match="of one second"):
        await collected(fake, Extent(take=10, overlap=3, deepest=20))


async def test_an_item_that_carries_an_answer_under_moderation_does_not_wait() -> None:
    waiting, moderated, rejected = rows(3)
    moderated["answer"] = {"text": "Спасибо", "state": "reviewRequired"}
    rejected["answer"] = {"text": "Звоните", "state": "rejected"}
    fake = FakeWildberries([waiting, moderated, rejected])

    assert await collected(fake) == ["r0000", "r0002"]


async def test_a_broken_row_hides_no_other() -> None:
    fake = FakeWildberries(rows(30))
    fake.rows[9]["id"] = fake.rows[7]["id"] = fake.rows[8]["id"] = ""

    assert len(await collected(fake)) == 27
