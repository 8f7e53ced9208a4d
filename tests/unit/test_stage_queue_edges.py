"""What a publisher and a worker do at the edges: no browser here, no right to bury, a process that stood still."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from feedback_service.domain.dispatch import Dispatch, DispatchStatus
from feedback_service.domain.errors import Configuration, MustRetract, NoBrowser
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import DispatchId
from feedback_service.domain.supplier import Delivery
from feedback_service.pipeline.announce import Announce
from feedback_service.pipeline.deliver import Deliver
from feedback_service.pipeline.retract import Retract
from feedback_service.pipeline.rollback import RollBack
from feedback_service.pipeline.writing import outcome
from feedback_service.ports.queue import Message, Notice
from feedback_service.ports.storage import Outbox, Outcome
from feedback_service.worker.stages import delivering
from tests.support.bazaar import REFUSED, SPEC, FakePlatform, Fault
from tests.support.clock import ManualClock
from tests.support.fake_model import THANKS
from tests.support.flow import ACCOUNT, Flow, actions
from tests.support.queues import MemoryMessage, MemoryQueue, MemorySubscription

NO_BROWSER = NoBrowser("no browser is found", "install one")
WRONGLY = Fault(MustRetract("half of it is missing"), written=True)


class Desk:
    def __init__(self, flow: Flow, queue: MemoryQueue) -> None:
        self.flow, self.queue = flow, queue
        account = flow.supplier.accounts[0]
        self.announce = Announce(account, flow.storage, queue, flow.clock)
        self.deliver = Deliver(account, flow.policy, flow.platform, flow.storage, queue, flow.clock)
        self.rollback = RollBack(queue, lambda _: flow.storage, flow.clock)

    async def notices(self) -> list[Notice]:
        """Taken off the queue for good."""
        messages = await self.queue.notices().receive(100, 0.0)
        for one in messages:
            await one.done()
        return [one.content for one in messages if isinstance(one.content, Notice)]

    async def notice(self) -> Notice:
        (notice,) = await self.notices()
        return notice

    async def wrongly_published(self) -> Notice:
        """What has to go again, and the notice that asks for it."""
        await self.flow.approved()
        await self.announce.step()
        self.flow.platform.faults.append(WRONGLY)
        await self.deliver.deliver(await self.notice())
        await self.rollback.step()
        await self.announce.ask(self.flow.dispatch())
        return (await self.notices())[-1]


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return Desk(Flow(clock), MemoryQueue(clock))


async def test_a_machine_without_a_browser_pauses_no_account_and_leaves_the_notice_to_others(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    notice = await desk.notice()
    desk.flow.platform.away.append(NO_BROWSER)

    with pytest.raises(NoBrowser):
        await desk.deliver.deliver(notice)
    paused = dict(desk.flow.store.paused)
    await desk.deliver.deliver(notice)  # another machine

    assert paused == {}
    assert desk.flow.platform.texts("r1") == [THANKS]


async def test_a_browser_that_vanishes_before_the_write_costs_no_pause_and_the_answer_is_announced_at_once(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(Fault(NO_BROWSER))

    with pytest.raises(NoBrowser):
        await desk.deliver.deliver(await desk.notice())
    again = await desk.announce.step()

    assert desk.flow.store.paused == {}
    assert (again.taken, desk.flow.delivery()) == (1, DispatchStatus.PENDING)


@dataclass
class Unburied(MemoryMessage):
    """A message of a queue whose dead topic nobody may publish to."""

    async def bury(self) -> None:
        raise Configuration("grant roles/pubsub.publisher on feedback-dead")


class NoDeadTopic(MemoryQueue):
    def rollbacks(self) -> MemorySubscription:
        return Unburying(self, super().rollbacks().kind, super().rollbacks().backlog)


class Unburying(MemorySubscription):
    async def receive(self, limit: int, seconds: float) -> Sequence[Message]:
        taken = self.backlog.take(limit, self.queue.clock.monotonic())
        return [Unburied(self, entry, entry.ack_id, entry.attempts) for entry in taken]


async def test_a_message_that_cannot_be_buried_holds_up_no_other(clock: ManualClock, caplog: pytest.LogCaptureFixture):
    desk = Desk(Flow(clock), NoDeadTopic(clock))
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(REFUSED)
    foreign = await desk.notice()
    await desk.queue.roll_back(foreign)  # type: ignore[arg-type]  # a notice among the rollbacks, as a stranger might
    await desk.deliver.deliver(foreign)

    progress = await desk.rollback.step()

    assert (progress.taken, progress.moved, progress.failed) == (2, 1, 0)
    assert desk.flow.status() is FeedbackStatus.HELD
    assert "bury_failed" in actions(caplog.records)


class Standing:
    """An outbox; between its answer and the next step its caller stands still, and others act."""

    def __init__(self, outbox: Outbox, clock: ManualClock) -> None:
        self.outbox, self.clock = outbox, clock
        self.after_get: Outcome | None = None
        self.still = timedelta(0)

    def __getattr__(self, name: str) -> Any:  # whatever is not told otherwise
        return getattr(self.outbox, name)

    async def get(self, dispatch: DispatchId) -> Dispatch | None:
        found = await self.outbox.get(dispatch)
        if self.after_get:
            await self.outbox.settle([self.after_get])
        return found

    async def settle(self, outcomes: Sequence[Outcome]) -> Sequence[DispatchId]:
        lost = await self.outbox.settle(outcomes)
        self.clock.pass_by(self.still)
        return lost


def standing(desk: Desk) -> tuple[Deliver, Standing]:
    outbox = Standing(desk.flow.storage.outbox, desk.flow.clock)
    return replace(desk.deliver, storage=replace(desk.flow.storage, outbox=outbox)), outbox


async def test_a_publisher_that_stood_still_takes_nothing_away_once_somebody_else_has(desk: Desk):
    notice = await desk.wrongly_published()
    publisher, outbox = standing(desk)
    outbox.after_get = outcome(desk.flow.dispatch(), DispatchStatus.RETRACTED, "gone", FeedbackStatus.HELD)

    await publisher.deliver(notice)

    assert desk.flow.platform.retracted == []


async def test_a_publisher_that_stood_still_for_its_whole_window_takes_nothing_away(
    desk: Desk, caplog: pytest.LogCaptureFixture
):
    notice = await desk.wrongly_published()
    publisher, outbox = standing(desk)
    outbox.still = desk.flow.spec.send_window

    await publisher.deliver(notice)

    assert desk.flow.platform.retracted == []
    assert "stood_still" in actions(caplog.records)


async def test_a_notice_of_another_revision_takes_nothing_away(desk: Desk):
    notice = await desk.wrongly_published()

    await desk.deliver.deliver(replace(notice, revision=notice.revision - 1))

    assert desk.flow.platform.retracted == []


class Stuck(FakePlatform):
    async def retract(self, dispatch: Dispatch) -> None:
        await asyncio.Event().wait()


async def test_taking_away_is_broken_off_when_its_window_is_over(clock: ManualClock, caplog: pytest.LogCaptureFixture):
    desk = Desk(Flow(clock, spec=replace(SPEC, send_window=timedelta(milliseconds=50))), MemoryQueue(clock))
    notice = await desk.wrongly_published()
    desk.deliver = replace(desk.deliver, connector=Stuck(clock, desk.flow.spec))

    await asyncio.wait_for(desk.deliver.deliver(notice), 5)

    assert desk.flow.delivery() is DispatchStatus.RETRACTING
    assert "in_doubt" in actions(caplog.records)


async def test_the_worker_looks_no_sooner_than_the_publisher_may_still_be_at_it(desk: Desk):
    await desk.wrongly_published()
    kit = replace(desk.flow.kit(), queue=desk.queue, deliveries={ACCOUNT: Delivery.QUEUE})
    _, _, (retract,) = delivering(kit, desk.flow.supplier.accounts[0], asyncio.Event())
    assert isinstance(retract, Retract)

    asked = await retract.step()

    assert asked.later == (desk.flow.spec.send_window.total_seconds(),)
