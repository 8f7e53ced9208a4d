"""An account whose token allows five requests an hour gets on, slowly, and is never refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import Sighting
from feedback_service.domain.errors import InDoubt, Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.ports.platform import Historian, HistoryPage, Span
from tests.support.past import ids, told
from tests.support.platforms import Stand, stand
from tests.support.sandbox import NOON

TURN = 720
DAY = 86_400
TEXT = "Спасибо за отзыв!"


@pytest.fixture
async def shop() -> AsyncIterator[Stand]:
    async with stand("wildberries", Kind.REVIEW, {"kind": "basic"}) as opened:
        yield opened


async def turned(shop: Stand, step: Callable[[], Awaitable[object]], turns: int = 6) -> int:
    """Try the step until it goes through, going away each time for as long as it says; returns the turns it took."""
    for turn in range(turns):
        try:
            await step()
        except Retryable as problem:
            shop.clock.advance(problem.retry_after or TURN)
        else:
            return turn
    raise AssertionError(f"not within {turns} turns")


def refused(shop: Stand) -> int:
    return shop.sandbox.summary().limited


async def test_a_write_after_its_re_read_goes_out_in_the_next_turn(shop: Stand) -> None:
    item_id = shop.customer()

    async def look_and_write() -> None:
        await shop.see(item_id)
        await shop.answer(item_id, TEXT)

    assert await turned(shop, look_and_write) == 1
    assert shop.ledger(item_id).answers == 1
    assert refused(shop) == 0


async def test_a_re_read_that_needs_several_requests_goes_on_where_it_stopped(shop: Stand) -> None:
    items = [shop.customer(age=100 - number) for number in range(2)]

    async def look() -> None:
        await shop.connector.sight([shop.ref(item_id) for item_id in items])

    assert await turned(shop, look) == 1


@pytest.mark.parametrize("answered", [0, 3, 6])
async def test_a_re_read_of_many_items_ends_whatever_became_of_them(shop: Stand, answered: int) -> None:
    items = [shop.customer(age=100 - number) for number in range(6)]
    for item_id in items[:answered]:
        await turned(shop, lambda item_id=item_id: shop.answer(item_id, TEXT))  # type: ignore[misc]  # bound at once
    shop.clock.advance(TURN)

    turns = await turned(shop, lambda: shop.connector.sight([shop.ref(item_id) for item_id in items]))

    assert turns <= 2
    assert refused(shop) == 0


async def test_a_re_read_of_items_that_are_gone_ends_too(shop: Stand) -> None:
    gone = [ItemId(letter * 20) for letter in "ABCD"]

    await turned(shop, lambda: shop.connector.sight([shop.ref(item_id) for item_id in gone]), turns=10)

    assert refused(shop) == 0


async def test_a_look_is_used_once_so_that_the_second_look_at_a_doubtful_write_is_real(shop: Stand) -> None:
    item_id = shop.customer()

    await shop.see(item_id)
    with pytest.raises(Retryable):
        await shop.see(item_id)

    assert shop.requests() == 1


async def test_what_was_seen_before_a_doubtful_write_is_not_taken_for_what_is_there_now(shop: Stand) -> None:
    item_id, other = shop.customer(), shop.customer()
    await shop.see(item_id)
    with pytest.raises(Retryable):
        await shop.answer(item_id, TEXT)
    shop.clock.advance(TURN * 1.02)
    shop.plan("drop_after_write")
    with pytest.raises(InDoubt):
        await shop.answer(item_id, TEXT)
    seen: dict[ItemId, Sighting] = {}

    async def look() -> None:
        seen.update(await shop.connector.sight([shop.ref(item_id), shop.ref(other)]))

    await turned(shop, look)

    assert seen[item_id].answer is not None


async def test_an_old_look_does_not_stand_for_a_new_one(shop: Stand) -> None:
    item_id = shop.customer()
    await shop.see(item_id)
    with pytest.raises(Retryable):
        await shop.answer(item_id, TEXT)

    shop.clock.advance(3600)
    await shop.see(item_id)

    assert shop.requests() == 2


async def test_each_list_is_read_once_an_hour_and_repeated_without_what_was_answered(shop: Stand) -> None:
    first, second = shop.customer(age=20), shop.customer(age=10)

    async def ids() -> list[ItemId]:
        return [item.item_id for item in await shop.collect()]

    assert await ids() == [first, second]
    await turned(shop, lambda: shop.answer(first, TEXT))
    before = shop.requests()

    assert await ids() == [second]
    assert shop.requests() == before
    shop.clock.advance(3600)
    assert await ids() == [second]
    assert shop.requests() == before + 1


async def test_a_whole_day_of_both_kinds_is_never_refused(shop: Stand) -> None:
    items = [shop.customer(age=1000 - number) for number in range(8)]
    spec = shop.connector.spec
    found: dict[ItemId, Item] = {}
    confirmed: set[ItemId] = set()

    async def minute() -> None:
        for kind in Kind:
            async for page in shop.connector.unanswered(kind):
                found.update({item.item_id: item for item in page})
        for item_id in [one for one in found if one not in confirmed][: spec.batch]:
            if (await shop.see(item_id)).answer is not None:
                confirmed.add(item_id)
            else:
                await shop.answer(item_id, TEXT)

    for _ in range(24 * 60):
        with suppress(Retryable):
            await minute()
        shop.clock.advance(60)

    assert confirmed == set(items)
    assert [shop.ledger(item_id).answers for item_id in items] == [1] * len(items)
    assert refused(shop) == 0


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_history_is_read_to_its_end_turn_by_turn(kind: Kind) -> None:
    async with stand("wildberries", kind, {"kind": "basic"}) as shop:
        items = [shop.customer(age=40 * DAY + number) for number in range(3)]
        historian = shop.connector
        assert isinstance(historian, Historian)
        span = Span(NOON - timedelta(days=50), NOON)
        pages: list[HistoryPage] = []

        async def go_on() -> None:
            await told(historian.history(kind, span, pages[-1].cursor if pages else ""), pages)

        turns = await turned(shop, go_on)

        assert sorted(ids(pages)) == sorted(items)
        assert (turns, refused(shop)) == (1, 0)
