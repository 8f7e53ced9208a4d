"""Two transactions at the same rows: the later one sees what the earlier one did, and leaves it alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import FenceLost
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import Fence
from feedback_service.ports.storage import Recorded
from feedback_service.storage.engine import create_engine
from tests.support import postgres
from tests.support.clock import ManualClock
from tests.support.stores import ACME, approved, kept, postgres_stores, review

Result = TypeVar("Result")
TTL = timedelta(seconds=30)
DEADLINE = 30.0
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def test_an_edit_that_meets_a_step_being_taken_waits_for_the_next_pass(
    database_url: str, clock: ManualClock
) -> None:
    step = "UPDATE feedback SET status = 'classified', revision = revision + 1"
    async with postgres_stores(database_url, clock) as (stores, _):
        await stores.own.feedback.record(stores.account, [review()], True)
        edited = [review(text="Разбилась")]

        recorded = await _overtaken(database_url, step, stores.own.feedback.record(stores.account, edited, True))

        assert recorded == Recorded(known=1)
        assert (await kept(stores)).status is FeedbackStatus.CLASSIFIED
        assert await stores.own.feedback.record(stores.account, edited, True) == Recorded(edited=1)


async def test_an_edit_does_not_take_back_an_answer_that_leaves_in_this_moment(
    database_url: str, clock: ManualClock
) -> None:
    begin = "UPDATE dispatch SET status = 'sending', revision = revision + 1"
    async with postgres_stores(database_url, clock) as (stores, _):
        feedback = await approved(stores)
        record = stores.own.feedback.record(stores.account, [review(text="Разбилась")], True)

        recorded = await _overtaken(database_url, begin, record)

        assert recorded == Recorded(known=1)
        assert (await kept(stores)).status is FeedbackStatus.APPROVED
        assert [one.status for one in await stores.own.outbox.of(feedback.id)] == [DispatchStatus.SENDING]


async def test_a_lease_that_another_host_takes_in_this_moment_is_left_to_it(
    database_url: str, clock: ManualClock
) -> None:
    take = "INSERT INTO supplier_lease SELECT id, 'faster', 1, 'infinity' FROM supplier"
    async with postgres_stores(database_url, clock) as (_, database):
        held = await _overtaken(database_url, take, database.leases("slower", TTL).acquire())

        assert held == []


async def test_a_write_under_way_while_the_lease_is_taken_over_is_refused(
    database_url: str, clock: ManualClock
) -> None:
    take = "UPDATE supplier_lease SET host = 'other', epoch = epoch + 1"
    async with postgres_stores(database_url, clock) as (stores, database):
        (held,) = await database.leases("one", TTL).acquire()
        own = database.for_supplier(ACME, Fence(ACME, "one", held.epoch))
        claim = own.feedback.claim(FeedbackStatus.COLLECTED, 1, TTL)

        with pytest.raises(FenceLost):
            await _overtaken(database_url, take, claim)

        assert await stores.own.feedback.waiting(stores.account, review().kind) == []


async def _overtaken(url: str, statement: str, work: Awaitable[Result]) -> Result:
    """What the work returns where another transaction commits the statement while the work waits for its lock."""
    engine = create_engine(url)
    async with engine.connect() as other:
        await other.execute(sa.text(statement))
        task = asyncio.ensure_future(work)
        deadline = time.monotonic() + DEADLINE
        while not (await postgres.fetch(url, BLOCKED))[0][0]:
            assert not task.done(), f"it did not wait: {task}"
            assert time.monotonic() < deadline
        await other.commit()
    await engine.dispose()
    return await task
