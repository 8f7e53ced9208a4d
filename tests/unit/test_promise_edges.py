"""The promise where it is most easily broken: stalls, late rollbacks, moderation that hides, retractions that fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef, Sighting
from feedback_service.domain.errors import MustRetract, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, FeedbackStatus, PublishedAnswer
from feedback_service.domain.identity import ItemId
from feedback_service.domain.reply import Urgency
from feedback_service.pipeline.deliver import Deliver
from feedback_service.ports.storage import Outbox
from tests.support.bazaar import DROPPED_AFTER, REFUSED, SPEC, FakePlatform, Fault, Standing
from tests.support.clock import ManualClock
from tests.support.fake_model import FOUND, THANKS
from tests.support.flow import ACCOUNT, Flow, review
from tests.support.queues import MemoryQueue
from tests.unit.test_stage_queue import Desk

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


@pytest.fixture
def desk(flow: Flow) -> Desk:
    return Desk(flow, MemoryQueue(flow.clock))


@dataclass
class StandsStill:
    """The outbox of a process that stands still just when it has begun a delivery; others work meanwhile."""

    outbox: Outbox
    meanwhile: Callable[[], Awaitable[None]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.outbox, name)

    async def begin(self, dispatch: Dispatch, window: timedelta) -> Dispatch:
        begun = await self.outbox.begin(dispatch, window)
        await self.meanwhile()
        return begun


async def test_a_publisher_that_stood_still_until_another_had_its_work_writes_nothing(desk: Desk):
    flow = desk.flow

    async def meanwhile() -> None:
        for _ in range(40):
            await flow.confirm.step()
            await desk.announce.step()
            await desk.work_off()
            flow.clock.pass_by(MINUTE)

    storage = replace(flow.storage, outbox=StandsStill(flow.storage.outbox, meanwhile))
    asleep = Deliver(desk.deliver.account, flow.policy, flow.platform, storage, desk.queue, flow.clock)
    await flow.approved()
    await desk.announce.step()
    (notice,) = await desk.notices()

    await asleep.deliver(notice)

    assert flow.platform.texts("r1") == [THANKS]
    assert (flow.delivery(), flow.status()) == (DispatchStatus.CONFIRMED, FeedbackStatus.ANSWERED)


async def test_a_worker_that_stood_still_gives_the_answer_back_unsent(flow: Flow):
    async def meanwhile() -> None:
        flow.clock.pass_by(SPEC.send_window)

    await flow.approved()
    storage = replace(flow.storage, outbox=StandsStill(flow.storage.outbox, meanwhile))

    await replace(flow.send, storage=storage).step()
    asked = len(flow.platform.asked)
    await flow.send.step()

    assert (asked, flow.platform.texts("r1")) == (0, [THANKS])
    assert flow.delivery() is DispatchStatus.SENT


async def test_a_refusal_that_is_heard_of_after_its_time_is_not_sent_again(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(REFUSED)
    await desk.work_off()
    desk.flow.clock.pass_by(SPEC.send_window)
    await desk.flow.confirm.step()
    assert desk.flow.delivery() is DispatchStatus.IN_DOUBT

    await desk.rollback.step()

    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert len(desk.flow.platform.asked) == 1


async def test_what_was_published_wrongly_is_taken_away_though_the_rollback_comes_late(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(Fault(MustRetract("half of it is missing", "answer to r1"), written=True))
    await desk.work_off()
    desk.flow.platform.away.append(Retryable("HTTP 502"))
    desk.flow.clock.pass_by(SPEC.send_window)
    await desk.flow.confirm.step()
    assert desk.flow.delivery() is DispatchStatus.IN_DOUBT

    await desk.rollback.step()

    assert desk.flow.delivery() is DispatchStatus.RETRACTING


async def test_a_rollback_of_the_write_before_does_not_touch_the_next_one(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(REFUSED)
    await desk.work_off()
    for _ in range(20):
        await desk.flow.confirm.step()
        desk.flow.clock.pass_by(MINUTE)
    assert desk.flow.delivery() is DispatchStatus.PENDING

    await desk.rollback.step()

    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.PENDING, FeedbackStatus.APPROVED)


async def test_a_rollback_of_the_write_before_does_not_end_the_next_one_under_way(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(REFUSED)
    await desk.work_off()
    for _ in range(20):
        await desk.flow.confirm.step()
        desk.flow.clock.pass_by(MINUTE)
    await desk.flow.storage.outbox.begin(desk.flow.dispatch(), MINUTE)

    await desk.rollback.step()

    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.SENDING, FeedbackStatus.APPROVED)


async def test_a_refused_correction_for_an_edited_review_goes_back_to_the_person_who_had_it(desk: Desk):
    flow = desk.flow
    await flow.answered()
    standing = PublishedAnswer(THANKS, AnswerState.VISIBLE, platform_id="answer to r1")
    flow.platform.show(review(text="Ручка отвалилась"))
    flow.model.found = replace(FOUND, urgency=Urgency.HIGH)
    await flow.storage.feedback.record(ACCOUNT, [review(text="Ручка отвалилась", answer=standing)], True)
    for stage in (flow.classify, flow.write, flow.guard):
        await stage.step()
    await flow.person().edit(flow.feedback().id, "Простите! Заменим кружку.", approve=True)
    assert flow.dispatch().action is Action.EDIT
    await desk.announce.step()
    flow.platform.faults.append(REFUSED)

    await desk.work_off()
    await desk.rollback.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)


async def test_an_item_under_an_answer_that_moderation_hides_stays_with_its_person(flow: Flow):
    await flow.sent()
    flow.platform.answers[ItemId("r1")] = [Standing("", flow.clock.now(), state=AnswerState.MODERATING)]

    for _ in range(5):
        await flow.confirm.step()
        await flow.collect.step()
        flow.clock.pass_by(DAY)

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "still moderates" in flow.feedback().note


@dataclass
class Stubborn(FakePlatform):
    """Takes no answer away."""

    async def retract(self, dispatch: Dispatch) -> None:
        self.retracted.append(dispatch)
        raise Refused("do it there by hand")


def stubborn(flow: Flow) -> Flow:
    flow.platform = Stubborn(flow.clock, flow.spec)
    flow.restart()
    return flow


@pytest.mark.parametrize("platform_says", ["no", "yes, and does nothing"])
async def test_a_retraction_that_fails_stays_with_its_person(flow: Flow, platform_says: str):
    if platform_says == "no":
        stubborn(flow)
    await flow.answered()
    await flow.person().retract(flow.feedback().id)

    for _ in range(12):
        await flow.retract.step()
        if not flow.platform.standing("r1"):
            flow.platform.answer("r1", Standing(THANKS, flow.clock.now(), platform_id="answer to r1"))
        flow.clock.pass_by(timedelta(hours=1))
    for _ in range(3):
        await flow.collect.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "by hand" in flow.feedback().note


async def test_a_retraction_that_fails_ends_once_a_person_has_answered_on_the_platform(flow: Flow):
    stubborn(flow)
    await flow.answered()
    await flow.person().retract(flow.feedback().id)
    await flow.retract.step()
    flow.platform.answers[ItemId("r1")] = [Standing("Мы сами.", flow.clock.now(), ours=False, platform_id="other")]

    await flow.collect.step()

    assert flow.status() is FeedbackStatus.CLOSED


async def test_an_answer_found_standing_after_a_doubt_is_known_by_its_id(flow: Flow):
    await flow.approved()
    flow.platform.faults.append(DROPPED_AFTER)
    await flow.for_long(rounds=2)

    assert flow.delivery() is DispatchStatus.CONFIRMED
    assert flow.dispatch().receipt_id == "answer to r1"


async def test_a_persons_own_answer_outlives_the_retraction_of_one_that_was_in_doubt(flow: Flow):
    await flow.approved()
    flow.platform.faults.append(DROPPED_AFTER)
    await flow.for_long(rounds=2)
    flow.platform.answers[ItemId("r1")] = [Standing("Мы сами.", flow.clock.now(), ours=False, platform_id="other")]

    await flow.person().retract(flow.feedback().id)
    await flow.retract.step()

    assert flow.platform.retracted == []
    assert flow.delivery() is DispatchStatus.RETRACTED


async def test_a_correction_whose_answer_is_gone_altogether_goes_to_a_person(flow: Flow):
    await flow.answered()
    await flow.correct("r1", "Спасибо! Приходите ещё.")
    await flow.for_long(rounds=2)
    await flow.person().retract(flow.feedback().id)
    flow.platform.answers[ItemId("r1")] = []

    await flow.retract.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.RETRACTED, FeedbackStatus.HELD)


async def test_where_nothing_can_be_taken_away_a_wrong_publication_goes_to_a_person(clock: ManualClock):
    flow = Flow(clock)
    await flow.approved()
    flow.platform.spec = replace(SPEC, retracts=False)
    flow.platform.faults.append(Fault(MustRetract("half of it is missing", "answer to r1"), written=True))

    await flow.send.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "by hand" in flow.feedback().note


@dataclass
class Deep(FakePlatform):
    """Items that lie too deep in the platform's list to be looked at: left out of what was seen."""

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        return {key: one for key, one in (await super().sight(refs)).items() if key != "deep"}


def deep(flow: Flow) -> Flow:
    flow.platform = Deep(flow.clock, flow.spec)
    flow.restart()
    return flow


async def test_an_item_that_cannot_be_reached_delays_no_other_and_comes_to_a_person(flow: Flow):
    deep(flow)
    await flow.approved(review("deep"), review("r1"))
    flow.platform.unlisted.add(ItemId("deep"))

    await flow.send.step()
    others = flow.platform.texts("r1")
    for _ in range(1000):
        await flow.send.step()
        flow.clock.pass_by(timedelta(minutes=5))
    await flow.collect.step()

    assert (others, flow.platform.texts("deep")) == ([THANKS], [])
    assert flow.status("deep") is FeedbackStatus.HELD


async def test_by_the_queue_too_an_item_that_cannot_be_reached_is_not_written_to_and_comes_to_a_person(flow: Flow):
    desk = Desk(deep(flow), MemoryQueue(flow.clock))
    await flow.approved(review("deep"))

    for _ in range(1000):
        await desk.announce.step()
        await desk.work_off()
        flow.clock.pass_by(timedelta(minutes=5))

    assert flow.platform.asked == []
    assert flow.status("deep") is FeedbackStatus.HELD


async def test_a_doubt_that_cannot_be_looked_at_comes_to_a_person(flow: Flow):
    deep(flow)
    await flow.approved(review("deep"))
    await flow.storage.outbox.begin(flow.dispatch("deep"), MINUTE)  # and then the process died

    for _ in range(1000):
        await flow.confirm.step()
        flow.clock.pass_by(timedelta(minutes=5))

    assert (flow.delivery("deep"), flow.status("deep")) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)


async def test_an_account_that_was_long_out_of_order_does_not_count_as_another_answer_in_moderation(flow: Flow):
    await flow.approved()
    for _ in range(500):
        flow.platform.away.append(Retryable("HTTP 502"))
        await flow.send.step()
        flow.clock.pass_by(timedelta(minutes=10))
    flow.platform.away.clear()
    flow.platform.answer("r1", Standing("Мы сами.", flow.clock.now(), ours=False, state=AnswerState.MODERATING))

    await flow.send.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.PENDING, FeedbackStatus.APPROVED)


@dataclass
class Poisoned(FakePlatform):
    """One item of which the platform always says "later"."""

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        if any(ref.item_id == "poison" for ref in refs):
            raise Retryable("HTTP 500")
        return await super().sight(refs)


async def test_an_item_that_makes_every_look_fail_delays_no_other_for_ever(flow: Flow):
    flow.platform = Poisoned(flow.clock, flow.spec)
    flow.restart()
    await flow.approved(review("r1"), review("poison"), review("r2"), review("r3"))
    flow.platform.unlisted.add(ItemId("poison"))

    for _ in range(60):
        await flow.send.step()
        await flow.confirm.step()
        flow.clock.pass_by(MINUTE)

    assert [flow.status(item) for item in ("r1", "r2", "r3")] == [FeedbackStatus.ANSWERED] * 3
    assert flow.status("poison") is FeedbackStatus.APPROVED


async def test_an_answer_of_ours_that_reads_otherwise_is_told_to_a_person_not_taken_for_anothers(flow: Flow):
    await flow.sent()
    flow.platform.answers[ItemId("r1")] = [Standing("Спасибо за ***", flow.clock.now(), platform_id="answer to r1")]
    flow.clock.pass_by(MINUTE)

    await flow.confirm.step()
    for _ in range(3):
        await flow.collect.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "reads otherwise" in flow.feedback().note
