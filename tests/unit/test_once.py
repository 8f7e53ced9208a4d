"""One pass for cron: everything that can be done within its patience, and nothing beyond."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import AccountFault, FenceLost, Retryable
from feedback_service.domain.feedback import AnswerState, FeedbackStatus, Kind
from feedback_service.domain.identity import AccountId, AccountKey
from feedback_service.pipeline.kit import Kit
from feedback_service.pipeline.stage import Progress
from feedback_service.worker.once import PATIENCE, STANDSTILL, Lane, Pass
from tests.support.bazaar import DROPPED_AFTER, DROPPED_BEFORE, SPEC, UNREACHABLE, FakePlatform, Fault
from tests.support.clock import ManualClock
from tests.support.flow import Flow, actions, question, review

SOON = 10.0
OTHER = AccountId(2)


class WatchedClock(ManualClock):
    """A manual clock that tells who sleeps on it."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[datetime] = []
        self.asleep = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        end = self.now() + timedelta(seconds=seconds)
        self.ends.append(end)
        self.asleep.set()
        try:
            await super().sleep(seconds)
        finally:
            self.ends.remove(end)

    async def pass_to_the_next(self) -> None:
        """Wait until somebody sleeps, and let that time pass."""
        await self.asleep.wait()
        self.asleep.clear()
        if self.ends:
            await self.advance(min(self.ends) - self.now())


@pytest.fixture
def clock() -> WatchedClock:
    return WatchedClock()


@pytest.fixture
def flow(clock: WatchedClock) -> Flow:
    return Flow(clock)


async def passed(flow: Flow, kit: Kit | None = None, lanes: Sequence[Lane] = ()) -> Progress:
    """One pass; whenever it sleeps, the time that it sleeps for passes."""
    one = Pass(kit or flow.kit(), flow.stop, lanes=lanes)
    running = asyncio.create_task(one.run_lanes() if lanes else one.run())

    async def let_time_pass() -> None:
        while True:
            await flow.clock.pass_to_the_next()

    passing = asyncio.create_task(let_time_pass())
    try:
        async with asyncio.timeout(SOON):
            return await running
    finally:
        passing.cancel()


async def test_a_pass_collects_answers_and_waits_for_the_confirmations(flow: Flow):
    flow.platform.show(*(review(f"r{n}") for n in range(12)), question("q1"))

    progress = await passed(flow)

    assert progress.failed == 0
    assert {one.status for one in flow.store.feedback.values()} == {FeedbackStatus.ANSWERED}
    assert len(flow.platform.landed) == 13


async def test_a_pass_over_nothing_ends_at_once(flow: Flow):
    progress = await passed(flow)

    assert (progress.taken, progress.moved) == (0, 0)
    assert flow.clock.monotonic() == 0


async def test_a_pass_clears_up_its_own_doubts(flow: Flow):
    flow.platform.show(review("r1"), review("r2"))
    flow.platform.faults.extend([DROPPED_AFTER, DROPPED_BEFORE])

    await passed(flow)

    assert (flow.status("r1"), flow.status("r2")) == (FeedbackStatus.ANSWERED, FeedbackStatus.ANSWERED)
    assert len(flow.platform.landed) == 2


async def test_a_far_redelivery_is_left_to_the_next_pass(flow: Flow):
    flow.platform.show(review())
    flow.platform.faults.append(Fault(Retryable("429", retry_after=PATIENCE + 60)))

    progress = await passed(flow)

    assert progress.failed == 1
    assert flow.delivery() is DispatchStatus.PENDING
    assert flow.clock.monotonic() < PATIENCE
    flow.clock.pass_by(timedelta(seconds=PATIENCE + 60))
    await passed(flow)
    assert flow.status() is FeedbackStatus.ANSWERED


async def test_a_near_redelivery_is_waited_for(flow: Flow):
    flow.platform.show(review())
    flow.platform.faults.append(UNREACHABLE)

    await passed(flow)

    assert flow.status() is FeedbackStatus.ANSWERED


async def test_a_moderation_is_left_to_the_next_pass(flow: Flow):
    flow.platform.state = AnswerState.MODERATING
    flow.platform.show(review())

    await passed(flow)

    assert flow.delivery() is DispatchStatus.SENT
    assert flow.clock.monotonic() < PATIENCE


async def test_an_account_that_cannot_be_read_is_counted_as_a_failure(flow: Flow):
    flow.platform.show(review())
    flow.platform.away.extend([AccountFault("the token is revoked", "make a new one")] * 2)  # of every kind

    progress = await passed(flow)

    assert (progress.failed, progress.moved) == (1, 0)
    assert flow.clock.monotonic() == 0


async def test_an_outage_of_the_model_is_waited_out(flow: Flow):
    flow.platform.show(*(review(f"r{n}") for n in range(45)))
    flow.model.faults.extend([Retryable("HTTP 503")] * 2)

    progress = await passed(flow)

    assert progress.failed == 2
    assert {one.status for one in flow.store.feedback.values()} == {FeedbackStatus.ANSWERED}


async def test_a_stage_that_rests_is_left_alone_while_others_work(flow: Flow):
    flow.platform.show(*(review(f"r{n}", "") for n in range(40)), *(review(f"w{n}") for n in range(60)))
    flow.model.faults.extend([Retryable("HTTP 503", retry_after=PATIENCE * 2)] * 20)

    await passed(flow)

    assert len(flow.model.batches) == 1


async def test_what_fell_due_while_the_pass_was_busy_is_worth_another_turn(flow: Flow):
    one = Pass(flow.kit(), flow.stop, due={5.0, PATIENCE * 3})
    flow.clock.pass_by(timedelta(seconds=7))

    turns = [await one._goes_on() for _ in range(2)]

    assert turns == [True, False]
    assert flow.clock.monotonic() == 7


async def test_a_slow_account_delays_no_other(flow: Flow):
    slow, kit = FakePlatform(flow.clock, SPEC), flow.kit()
    slow.reading_gate = asyncio.Event()
    other = replace(kit.supplier.accounts[0], id=OTHER, key=AccountKey("slow"))
    flow.store.platforms[OTHER] = SPEC.key
    both = replace(
        kit,
        supplier=replace(kit.supplier, accounts=(*kit.supplier.accounts, other)),
        connectors={**kit.connectors, OTHER: slow},
    )
    flow.platform.show(review("quick"))
    slow.show(review("late"))
    running = asyncio.create_task(passed(flow, both))

    await flow.platform.reached(1)
    assert not running.done()
    slow.reading_gate.set()

    await running
    assert {one.status for one in flow.store.feedback.values()} == {FeedbackStatus.ANSWERED}


async def test_a_pass_that_is_told_to_stop_does_not_sleep_on(flow: Flow):
    flow.platform.show(review())
    flow.platform.faults.append(UNREACHABLE)
    running = asyncio.create_task(Pass(flow.kit(), flow.stop).run())
    async with asyncio.timeout(SOON):
        await flow.clock.asleep.wait()

        flow.stop.set()

        await running
    assert flow.delivery() is DispatchStatus.PENDING


async def test_a_pass_without_the_lease_ends_with_the_reason(flow: Flow):
    flow.platform.show(review())
    flow.storage = replace(flow.storage, feedback=Foreign(flow.storage.feedback))

    with pytest.raises(FenceLost):
        await passed(flow)


async def test_an_absent_database_ends_the_pass_only_when_the_other_stages_have_finished(flow: Flow):
    flow.platform.gate = asyncio.Event()
    await flow.approved()
    one = Pass(flow.kit(), flow.stop)
    one.lanes = [Lane([flow.send]), Lane([Away()])]
    running = asyncio.create_task(one.run_lanes())
    await flow.platform.reached(1)
    for _ in range(10):
        await asyncio.sleep(0)
    assert not running.done()

    flow.platform.gate.set()

    with pytest.raises(Retryable):
        await running
    assert flow.delivery() is DispatchStatus.SENT


class Broken:
    """A stage with a defect."""

    def __init__(self, name: str) -> None:
        self.name, self.steps = name, 0

    async def step(self) -> Progress:
        self.steps += 1
        raise KeyError("defect")


async def test_a_stage_that_breaks_down_is_left_alone_and_stops_no_other(flow: Flow, caplog: pytest.LogCaptureFixture):
    await flow.approved()
    broken = Broken("broken")

    progress = await passed(flow, lanes=[Lane([Broken("collect")], once=True), Lane([broken, flow.send, flow.confirm])])

    assert (broken.steps, progress.failed) == (1, 2)
    assert flow.status() is FeedbackStatus.ANSWERED
    assert actions(caplog.records).count("stage_failed") == 2


async def test_a_limit_that_never_ends_is_left_to_the_next_pass(flow: Flow):
    await flow.approved()
    flow.platform.unreadable[Kind.REVIEW] = Retryable("429", retry_after=60.0)
    flow.platform.unreadable[Kind.QUESTION] = Retryable("429", retry_after=60.0)

    progress = await passed(flow)

    assert progress.failed > 1
    assert flow.delivery() is DispatchStatus.PENDING
    assert STANDSTILL <= flow.clock.monotonic() < STANDSTILL + PATIENCE


class Away:
    """A stage whose database is away."""

    name = "away"

    async def step(self) -> Progress:
        raise Retryable("the database is away")


class Foreign:
    """A store whose supplier belongs to another host now."""

    def __init__(self, store: object) -> None:
        self.store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    async def claim(self, *_: object) -> object:
        raise FenceLost("epoch 2")
