"""Sending by a process that is told to stop, is broken off, or dies."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import FeedbackStatus
from tests.support.bazaar import (
    SPEC,
)
from tests.support.clock import ManualClock
from tests.support.flow import Flow, review


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


async def test_a_write_cut_short_by_the_end_of_the_process_is_recorded_all_the_same(flow: Flow):
    flow.platform.gate = asyncio.Event()
    await flow.approved()
    step = asyncio.create_task(flow.send.step())
    await flow.platform.reached(1)

    step.cancel()
    asyncio.get_running_loop().call_soon(flow.platform.gate.set)

    with pytest.raises(asyncio.CancelledError):
        await step
    assert flow.delivery() is DispatchStatus.SENT


async def test_a_cancelled_step_ends_only_when_every_write_under_way_is_recorded(flow: Flow):
    flow.platform.gate = asyncio.Event()
    await flow.approved(*(review(f"r{n}") for n in range(5)))
    step = asyncio.create_task(flow.send.step())
    await flow.platform.reached(4)

    step.cancel()
    for _ in range(10):
        await asyncio.sleep(0)
    step.cancel()  # a second signal
    for _ in range(10):
        await asyncio.sleep(0)
    assert not step.done()
    flow.platform.gate.set()

    with pytest.raises(asyncio.CancelledError):
        await step
    states = sorted(flow.delivery(f"r{n}") for n in range(5))
    assert states == [DispatchStatus.PENDING, *[DispatchStatus.SENT] * 4]


async def test_a_store_that_fails_one_write_ends_the_step_only_when_the_others_are_recorded(flow: Flow):
    await flow.approved(review("r1"), review("r2"))
    flow.send = replace(flow.send, storage=replace(flow.storage, outbox=FailsOnce(flow.storage.outbox)))

    with pytest.raises(Retryable):
        await flow.send.step()

    assert {flow.delivery("r1"), flow.delivery("r2")} == {DispatchStatus.PENDING, DispatchStatus.SENT}


async def test_stopping_gives_the_rest_back_at_once(flow: Flow):
    flow.platform.gate = asyncio.Event()
    await flow.approved(*(review(f"r{n}") for n in range(5)))
    step = asyncio.create_task(flow.send.step())
    await flow.platform.reached(4)

    flow.stop.set()
    flow.platform.gate.set()
    await step

    assert len(flow.platform.asked) == 4
    flow.stop.clear()
    assert (await flow.send.step()).taken == 1


async def test_a_write_that_takes_longer_than_its_window_is_broken_off_and_in_doubt(flow: Flow):
    flow = Flow(flow.clock, spec=replace(SPEC, send_window=timedelta(milliseconds=20)))
    flow.platform.gate = asyncio.Event()
    await flow.approved()

    await flow.send.step()

    assert flow.delivery() is DispatchStatus.IN_DOUBT


async def test_a_process_that_dies_between_write_and_record_is_found_out_by_reading_and_not_by_writing(
    flow: Flow, clock: ManualClock
):
    await flow.approved()
    pending = flow.dispatch()
    await flow.platform.publish(await flow.storage.outbox.begin(pending, SPEC.send_window))
    flow.restart()

    assert (await flow.send.step()).taken == 0
    clock.pass_by(SPEC.send_window)
    assert (await flow.send.step()).taken == 0
    await flow.confirm.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.CONFIRMED, FeedbackStatus.ANSWERED)
    assert len(flow.platform.landed) == 1


async def test_a_process_that_dies_before_the_write_is_made_good_after_two_looks(flow: Flow, clock: ManualClock):
    await flow.approved()
    await flow.storage.outbox.begin(flow.dispatch(), SPEC.send_window)
    flow.restart()

    clock.pass_by(SPEC.send_window)
    await flow.confirm.step()
    assert flow.delivery() is DispatchStatus.IN_DOUBT
    await flow.for_long()

    assert flow.status() is FeedbackStatus.ANSWERED
    assert len(flow.platform.landed) == 1


async def test_two_senders_of_one_entry_write_it_once(flow: Flow):
    await flow.approved()
    twice = replace(flow.storage, outbox=Forgetful(flow.storage.outbox))
    senders = [replace(flow.send, storage=twice) for _ in range(2)]

    await asyncio.gather(*(sender.step() for sender in senders))

    assert len(flow.platform.asked) == 1


class FailsOnce:
    """An outbox whose database is away for the first `begin`."""

    def __init__(self, outbox: object) -> None:
        self.outbox = outbox
        self.failed = False

    def __getattr__(self, name: str) -> object:
        return getattr(self.outbox, name)

    async def begin(self, *arguments: object) -> object:
        if not self.failed:
            self.failed = True
            raise Retryable("the database is away")
        for _ in range(5):
            await asyncio.sleep(0)
        return await self.outbox.begin(*arguments)


class Forgetful:
    """An outbox that gives the same entries to everybody who asks, as if every lease had run out."""

    def __init__(self, outbox: object) -> None:
        self.outbox = outbox

    def __getattr__(self, name: str) -> object:
        return getattr(self.outbox, name)

    async def claim(self, account: object, statuses: object, limit: int, _: timedelta) -> object:
        await asyncio.sleep(0)
        return await self.outbox.claim(account, statuses, limit, timedelta(0))
