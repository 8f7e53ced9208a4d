"""Closed ways outlive the process that met them: the first word of each is the only one, and so is that of its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.domain.passage import Closure, Passage, Use
from feedback_service.domain.supplier import Way
from feedback_service.storage import Database
from tests.support.clock import ManualClock
from tests.support.stores import ACME, Stores, approved, move, postgres_stores, question, review

HOUR = timedelta(hours=1)
BY_API = Passage(Use.READING, Kind.QUESTION, Way.API)
BY_NONE = Passage(Use.WRITING, Kind.REVIEW)
PENDING = frozenset({DispatchStatus.PENDING})


async def test_a_closed_way_is_news_once_and_keeps_its_first_moment(stores: Stores) -> None:
    accounts, first = stores.own.accounts, stores.clock.now()

    news = [await accounts.close_way(stores.account, BY_API, "not subscribed", HOUR)]
    stores.clock.pass_by(HOUR)
    news += [await accounts.close_way(stores.account, BY_API, "still not", HOUR)]

    assert news == [True, False]
    assert await accounts.closed_ways(stores.account) == [
        Closure(passage=BY_API, reason="still not", since=first, ask_at=first + 2 * HOUR)
    ]


async def test_a_way_that_opens_is_news_once_and_closes_as_news_again(stores: Stores) -> None:
    accounts = stores.own.accounts
    await accounts.close_way(stores.account, BY_API, "not subscribed", HOUR)

    assert await accounts.open_way(stores.account, BY_API)
    assert not await accounts.open_way(stores.account, BY_API)
    assert await accounts.close_way(stores.account, BY_API, "again", HOUR)


async def test_passages_and_accounts_are_told_apart(stores: Stores) -> None:
    accounts = stores.own.accounts
    await accounts.close_way(stores.account, BY_API, "not subscribed", HOUR)
    await accounts.close_way(stores.account, BY_NONE, "no role", HOUR)

    assert not await accounts.open_way(stores.account, Passage(Use.READING, Kind.QUESTION, Way.BROWSER))
    assert not await accounts.open_way(stores.other_account, BY_API)

    assert {one.passage for one in await accounts.closed_ways(stores.account)} == {BY_API, BY_NONE}
    assert await accounts.closed_ways(stores.other_account) == []


async def test_another_process_finds_what_was_closed_and_a_new_sign_in_has_it_asked_at_once(
    database_url: str, clock: ManualClock
) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        await stores.own.accounts.close_way(stores.account, BY_API, "not subscribed", timedelta(days=36500))
        later = Database(database.engine, database.url, clock, database.vault).for_supplier(ACME, None)
        (before,) = await later.accounts.closed_ways(stores.account)

        await database.suppliers.renew(ACME, stores.account)

        (after,) = await later.accounts.closed_ways(stores.account)
        assert after.ask_at < before.ask_at
        assert (after.reason, after.since) == (before.reason, before.since)


async def test_a_claim_takes_the_kinds_that_it_names_only(stores: Stores) -> None:
    await stores.own.feedback.record(stores.account, [question("q1")], reopen_edited=True)
    for item in ("q1", "r1"):
        await approved(stores, item)

    reviews = await stores.own.outbox.claim(stores.account, PENDING, 9, HOUR, kinds=frozenset({Kind.REVIEW}))
    rest = await stores.own.outbox.claim(stores.account, PENDING, 9, HOUR)
    none = await stores.own.outbox.claim(stores.account, PENDING, 9, HOUR, kinds=frozenset())

    assert [one.ref.item_id for one in reviews] == ["r1"]
    assert [one.ref.item_id for one in rest] == ["q1"]
    assert none == []


async def test_a_listing_tells_which_of_its_items_our_rules_skipped(stores: Stores) -> None:
    page = [review("r1"), review("r2"), review("r3")]
    await stores.own.feedback.record(stores.account, page, reopen_edited=True)
    await move(stores, FeedbackStatus.SKIPPED, "r1")
    await move(stores, FeedbackStatus.SKIPPED, "r2")

    again = await stores.own.feedback.record(
        stores.account, [review("r1"), review("r2", "Передумал"), review("r3")], reopen_edited=True
    )

    assert again.skipped == (ItemId("r1"),)


async def test_the_items_written_last_are_told_whatever_became_of_them(stores: Stores) -> None:
    """Not those recorded last: a history is read long after."""
    for days, item in enumerate((review("r1"), question("q1"), review("r2"))):
        later = replace(item, created_at=item.created_at + timedelta(days=days))
        await stores.own.feedback.record(stores.account, [later], reopen_edited=True)
    await stores.own.feedback.record(stores.account, [review("from the history")], reopen_edited=True)
    await stores.own.feedback.record(stores.other_account, [review("elsewhere")], reopen_edited=True)
    await move(stores, FeedbackStatus.SKIPPED, "r2")

    found = await stores.own.feedback.newest(stores.account, 2)

    assert [(one.item.item_id, one.status) for one in found] == [
        ("r2", FeedbackStatus.SKIPPED),
        ("q1", FeedbackStatus.COLLECTED),
    ]
