"""Accounts of one supplier work side by side: what holds one up is nothing to the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from feedback_service.domain.errors import AccountFault
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import AccountId, AccountKey
from feedback_service.lifetime import Unwatched
from feedback_service.pipeline.kit import Kit
from feedback_service.worker.stages import drivers
from feedback_service.worker.worker import Worker
from tests.support.bazaar import SPEC, FakePlatform
from tests.support.clock import ManualClock
from tests.support.flow import ACME, Flow, review

OTHER = AccountId(2)
SOON = 10.0
LOCKED = AccountFault("the token is revoked", "make a new one")


@dataclass
class Bell:
    """Rings for what it is told, else it is silent."""

    heard: asyncio.Queue[set[str]] = field(default_factory=asyncio.Queue)

    async def wait(self, timeout: float) -> set[str]:
        return await self.heard.get()


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


@pytest.fixture
def other(clock: ManualClock) -> FakePlatform:
    return FakePlatform(clock, SPEC)


def both(flow: Flow, other: FakePlatform) -> Kit:
    kit = flow.kit()
    account = replace(kit.supplier.accounts[0], id=OTHER, key=AccountKey("other"))
    flow.store.platforms[OTHER] = SPEC.key
    supplier = replace(kit.supplier, accounts=(*kit.supplier.accounts, account))
    return replace(kit, supplier=supplier, connectors={**kit.connectors, OTHER: other}, idle_seconds=0.01)


@asynccontextmanager
async def working(flow: Flow, other: FakePlatform) -> AsyncIterator[Bell]:
    """A worker for both accounts, as in the daemon."""
    bell = Bell()
    worker = Worker(ACME, drivers(both(flow, other), flow.stop), bell, Unwatched(), flow.stop)
    running = asyncio.create_task(worker.run())
    try:
        yield bell
    finally:
        flow.stop.set()
        await running


async def until(flow: Flow, holds: Callable[[], bool]) -> None:
    """Let the stores' time pass until it holds."""
    async with asyncio.timeout(SOON):
        while not holds():
            flow.clock.pass_by(timedelta(seconds=1))
            await asyncio.sleep(0.005)


def is_answered(flow: Flow, item: str) -> bool:
    found = [one.status for one in flow.store.feedback.values() if one.item.item_id == item]
    return found == [FeedbackStatus.ANSWERED]


async def test_an_account_that_is_slow_to_read_delays_no_other(flow: Flow, other: FakePlatform) -> None:
    other.reading_gate = asyncio.Event()
    flow.platform.show(review("quick"))
    other.show(review("late"))

    async with working(flow, other):
        await until(flow, lambda: is_answered(flow, "quick"))
        assert not is_answered(flow, "late")
        other.reading_gate.set()
        await until(flow, lambda: is_answered(flow, "late"))


async def test_an_account_that_is_slow_to_write_delays_no_other(flow: Flow, other: FakePlatform) -> None:
    other.gate = asyncio.Event()
    flow.platform.show(review("quick"))
    other.show(review("late"))

    async with working(flow, other):
        await other.reached(1)
        await until(flow, lambda: is_answered(flow, "quick"))
        assert not is_answered(flow, "late")
        other.gate.set()


async def test_an_account_that_is_out_of_order_delays_no_other(flow: Flow, other: FakePlatform) -> None:
    other.unreadable = dict.fromkeys(Kind, LOCKED)
    flow.platform.show(review("quick"))

    async with working(flow, other):
        await until(flow, lambda: is_answered(flow, "quick"))

    assert list(flow.store.paused) == [OTHER]


async def test_a_person_s_wish_reads_the_account_that_is_named_and_no_other(flow: Flow, other: FakePlatform) -> None:
    async with working(flow, other) as bell:
        await until(flow, lambda: {*flow.store.collected} == {*both(flow, other).connectors})
        flow.platform.show(review("here"))
        other.show(review("there"))

        await bell.heard.put({f"{ACME}/other"})

        await until(flow, lambda: is_answered(flow, "there"))
        assert [one.item.item_id for one in flow.store.feedback.values()] == ["there"]
