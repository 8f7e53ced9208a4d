"""Announcing, delivering and rolling back: messages only say where to look, the database decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import Action, DispatchStatus
from feedback_service.domain.errors import AccountFault, Configuration, MustRetract, Retryable, Unavailable
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import DispatchId, SupplierKey
from feedback_service.pipeline.announce import AGAIN, Announce
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.deliver import Deliver
from feedback_service.pipeline.rollback import RollBack
from feedback_service.pipeline.writing import PAUSE
from feedback_service.ports.queue import Message, Notice, Rollback
from feedback_service.ports.storage import SupplierStorage
from tests.support.bazaar import DROPPED_AFTER, DROPPED_BEFORE, LOCKED, REFUSED, UNREACHABLE, Fault, Standing
from tests.support.clock import ManualClock
from tests.support.fake_model import THANKS
from tests.support.flow import ACCOUNT, ACME, Flow, actions, question, review
from tests.support.queues import MemoryQueue

LACKING = Unavailable("questions are not part of the subscription", "subscribe")


@dataclass
class Desk:
    """A worker's flow, the queue, and a publisher that works it off."""

    flow: Flow
    queue: MemoryQueue

    def __post_init__(self) -> None:
        account, clock = self.flow.supplier.accounts[0], self.flow.clock
        self.announce = Announce(account, self.flow.storage, self.queue, clock)
        self.deliver = Deliver(account, self.flow.policy, self.flow.platform, self.flow.storage, self.queue, clock)
        self.rollback = RollBack(self.queue, self._storage_of, clock)

    def _storage_of(self, supplier: SupplierKey) -> SupplierStorage:
        if supplier != ACME:
            raise Configuration(f"supplier {supplier!r} is not in the database")
        return self.flow.store.for_supplier(supplier)

    async def messages(self) -> Sequence[Message]:
        return await self.queue.notices().receive(100, 0.0)

    async def notices(self) -> list[Notice]:
        return [one.content for one in await self.messages() if isinstance(one.content, Notice)]

    async def work_off(self) -> None:
        """What a publisher does."""
        for message in await self.messages():
            assert isinstance(message.content, Notice)
            await self.deliver.deliver(message.content)
            await message.done()


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return Desk(Flow(clock), MemoryQueue(clock))


async def test_an_approved_answer_is_announced_by_ids_alone_and_stays_pending(desk: Desk):
    await desk.flow.approved(review(text="Секретные слова"))

    progress = await desk.announce.step()

    (notice,) = await desk.notices()
    dispatch = desk.flow.dispatch()
    assert (progress.taken, desk.flow.delivery()) == (1, DispatchStatus.PENDING)
    assert (notice.supplier, notice.dispatch, notice.revision) == (ACME, dispatch.id, dispatch.revision)
    assert notice.expires_at == desk.flow.clock.now() + AGAIN


async def test_answers_are_announced_in_the_order_in_which_they_were_approved(desk: Desk):
    await desk.flow.approved(*(review(f"r{number}") for number in range(10)))

    await desk.announce.step()

    announced = [one.dispatch for one in await desk.notices()]
    assert announced == sorted(announced)
    assert len(announced) == 10


async def test_what_is_announced_is_published_once_and_confirmed(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()

    await desk.work_off()
    desk.flow.clock.pass_by(timedelta(seconds=5))
    await desk.flow.confirm.step()

    assert desk.flow.platform.texts("r1") == [THANKS]
    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.CONFIRMED, FeedbackStatus.ANSWERED)


async def test_nothing_is_announced_twice_within_its_time_and_again_after_it(desk: Desk):
    await desk.flow.approved()

    await desk.announce.step()
    at_once = await desk.announce.step()
    desk.flow.clock.pass_by(AGAIN)
    later = await desk.announce.step()

    assert (at_once.taken, later.taken) == (0, 1)


async def test_a_notice_that_comes_twice_publishes_once(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    (notice,) = await desk.notices()

    for _ in range(3):
        await desk.deliver.deliver(notice)

    assert len(desk.flow.platform.landed) == 1


async def test_two_publishers_with_one_notice_publish_once(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    (notice,) = await desk.notices()
    pending = desk.flow.dispatch()
    taken = await desk.flow.storage.outbox.begin(pending, timedelta(minutes=1))

    await desk.deliver.deliver(notice)

    assert taken.status is DispatchStatus.SENDING
    assert desk.flow.platform.landed == []


@pytest.mark.parametrize("change", [{"dispatch": DispatchId(999)}, {"revision": 77}, {"account": 55}])
async def test_unknown_stale_and_foreign_notices_do_nothing(desk: Desk, change: dict[str, int]):
    await desk.flow.approved()
    await desk.announce.step()
    (notice,) = await desk.notices()

    await desk.deliver.deliver(replace(notice, **change))  # type: ignore[arg-type]

    assert desk.flow.platform.asked == []
    assert desk.flow.delivery() is DispatchStatus.PENDING


async def test_what_a_person_took_back_is_not_published(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    await desk.flow.person().withdraw(desk.flow.feedback().id)

    await desk.work_off()

    assert desk.flow.platform.asked == []
    assert desk.flow.status() is FeedbackStatus.HELD


async def test_what_somebody_else_answered_meanwhile_is_closed(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.answer("r1", Standing("Мы сами.", desk.flow.clock.now(), ours=False))

    await desk.work_off()

    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.CLOSED, FeedbackStatus.CLOSED)


async def test_what_its_customer_edited_meanwhile_is_thought_over_anew(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.show(review(text="Ручка отвалилась"))

    await desk.work_off()

    assert desk.flow.platform.asked == []
    assert desk.flow.status() is FeedbackStatus.COLLECTED


async def test_a_refused_answer_is_rolled_back_to_its_person_by_the_queue(desk: Desk, caplog: pytest.LogCaptureFixture):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(REFUSED)

    await desk.work_off()
    between = desk.flow.delivery()
    await desk.rollback.step()

    assert between is DispatchStatus.SENDING
    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "the customer is blocked" in desk.flow.feedback().note
    assert desk.flow.feedback().draft is not None
    assert "rolled_back" in actions(caplog.records)


async def test_a_refused_correction_leaves_the_text_standing_that_it_was_made_for(desk: Desk):
    await desk.flow.answered()
    await desk.flow.correct("r1", "Спасибо! Приходите ещё.")
    await desk.announce.step()
    desk.flow.platform.faults.append(REFUSED)

    await desk.work_off()
    await desk.rollback.step()

    assert desk.flow.dispatch().action is Action.EDIT
    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.ANSWERED)
    assert desk.flow.platform.texts("r1") == [THANKS]
    await desk.flow.correct("r1", "Спасибо, ждём вас снова.")
    assert desk.flow.status() is FeedbackStatus.APPROVED


async def test_what_was_published_wrongly_is_taken_off_the_platform_and_goes_to_a_person(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(Fault(MustRetract("half of it is missing", "answer to r1"), written=True))

    await desk.work_off()
    await desk.rollback.step()
    assert desk.flow.delivery() is DispatchStatus.RETRACTING
    retract = replace(desk.flow.retract, ask=desk.announce.ask)
    await retract.step()
    await desk.work_off()
    too_soon = await retract.step()
    desk.flow.clock.pass_by(desk.flow.spec.send_window)
    await retract.step()

    assert too_soon.taken == 0
    assert desk.flow.platform.standing("r1") == []
    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.RETRACTED, FeedbackStatus.HELD)


async def test_a_rollback_that_comes_twice_or_too_late_changes_nothing(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(REFUSED)
    await desk.work_off()
    (message,) = await desk.queue.rollbacks().receive(10, 0.0)
    assert isinstance(message.content, Rollback)
    await desk.queue.roll_back(message.content)
    await message.give_back()
    await desk.rollback.step()
    await desk.flow.person().resend(desk.flow.feedback().id)
    await desk.queue.roll_back(message.content)

    await desk.rollback.step()

    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.PENDING, FeedbackStatus.APPROVED)


async def test_foreign_and_unknown_messages_on_the_rollback_topic_are_buried(desk: Desk):
    await desk.flow.approved()
    dispatch = desk.flow.dispatch()
    stranger = Rollback(
        supplier=SupplierKey("nobody"), account=dispatch.account_id, dispatch=dispatch.id, revision=1, reason="no"
    )
    await desk.queue.roll_back(stranger)

    progress = await desk.rollback.step()

    assert progress.moved == 0
    assert len(desk.queue.dead) == 1
    assert desk.flow.delivery() is DispatchStatus.PENDING


@pytest.mark.parametrize("fault", [DROPPED_BEFORE, DROPPED_AFTER])
async def test_a_write_in_doubt_is_settled_by_looking_never_by_repeating(desk: Desk, fault: Fault):
    await desk.flow.approved()
    desk.flow.platform.faults.append(fault)
    for _ in range(40):
        await desk.announce.step()
        await desk.work_off()
        await desk.flow.confirm.step()
        desk.flow.clock.pass_by(timedelta(minutes=1))

    assert desk.flow.platform.texts("r1") == [THANKS]
    assert desk.flow.status() is FeedbackStatus.ANSWERED
    assert len(desk.flow.platform.asked) == (1 if fault.written else 2)


async def test_a_publisher_that_died_while_sending_leaves_one_answer(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    (notice,) = await desk.notices()
    dispatch = await desk.flow.storage.outbox.begin(desk.flow.dispatch(), timedelta(minutes=1))
    await desk.flow.platform.publish(dispatch)  # and then it was killed: nothing was recorded

    for _ in range(30):
        await desk.announce.step()
        await desk.deliver.deliver(notice)
        await desk.work_off()
        await desk.flow.confirm.step()
        desk.flow.clock.pass_by(timedelta(minutes=1))

    assert desk.flow.platform.texts("r1") == [THANKS]
    assert (desk.flow.delivery(), len(desk.flow.platform.asked)) == (DispatchStatus.CONFIRMED, 1)


async def test_an_unreachable_platform_is_tried_again_by_a_new_notice(desk: Desk):
    await desk.flow.approved()
    desk.flow.platform.faults.append(UNREACHABLE)

    for _ in range(30):
        await desk.announce.step()
        await desk.work_off()
        desk.flow.clock.pass_by(timedelta(minutes=1))

    assert desk.flow.platform.texts("r1") == [THANKS]


async def test_an_account_out_of_order_is_paused_and_its_answer_waits(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    desk.flow.platform.faults.append(LOCKED)

    await desk.work_off()

    assert list(desk.flow.store.paused.values()) == ["the token is revoked; make a new one"]
    assert desk.flow.delivery() is DispatchStatus.PENDING


async def test_an_account_that_cannot_be_looked_at_is_told_to_the_consumer_and_waits(desk: Desk):
    await desk.flow.approved()
    await desk.announce.step()
    (notice,) = await desk.notices()
    desk.flow.platform.away.append(AccountFault("the session has ended", "run: feedback-service login acme/main"))

    with pytest.raises(AccountFault, match="session has ended"):
        await desk.deliver.deliver(notice)

    assert desk.flow.platform.asked == []
    assert desk.flow.delivery() is DispatchStatus.PENDING
    assert "login acme/main" in next(iter(desk.flow.store.paused.values()))


@dataclass
class BrokenQueue(MemoryQueue):
    """A queue that is away until it is mended."""

    problem: Exception | None = None

    async def announce(self, notices: Sequence[Notice]) -> None:
        if self.problem:
            raise self.problem
        await super().announce(notices)

    async def roll_back(self, rollback: Rollback) -> None:
        if self.problem:
            raise self.problem
        await super().roll_back(rollback)


async def test_a_queue_that_is_away_delays_and_loses_nothing(clock: ManualClock, caplog: pytest.LogCaptureFixture):
    queue = BrokenQueue(clock, problem=Retryable("UNAVAILABLE"))
    desk = Desk(Flow(clock), queue)
    await desk.flow.approved(review(), question())

    first, second = await desk.announce.step(), await desk.announce.step()
    queue.problem = None
    desk.flow.clock.pass_by(timedelta(seconds=10))
    await desk.announce.step()
    await desk.work_off()

    assert (first.failed, first.rest > 0, second.taken) == (1, True, 0)
    assert (desk.flow.platform.texts("r1"), desk.flow.platform.texts("q1")) == ([THANKS], [THANKS])
    assert [one for one in actions(caplog.records) if one == "queue_away"] == ["queue_away"]


async def test_a_queue_without_its_topic_pauses_the_account_with_the_remedy(clock: ManualClock):
    queue = BrokenQueue(clock, problem=Configuration("topic feedback-replies is missing; run: queue init"))
    desk = Desk(Flow(clock), queue)
    await desk.flow.approved()

    await desk.announce.step()

    assert "queue init" in next(iter(desk.flow.store.paused.values()))


async def test_a_rollback_topic_that_is_away_does_not_keep_a_refusal_from_its_person(clock: ManualClock):
    queue = BrokenQueue(clock)
    desk = Desk(Flow(clock), queue)
    await desk.flow.approved()
    await desk.announce.step()
    queue.problem = Retryable("UNAVAILABLE")
    desk.flow.platform.faults.append(REFUSED)

    await desk.work_off()

    assert (desk.flow.delivery(), desk.flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)


async def test_a_kind_that_may_not_be_written_by_the_queue_pauses_nothing_and_is_not_tried_for_each_answer(
    desk: Desk, caplog: pytest.LogCaptureFixture
):
    closures = Closures(ACCOUNT, desk.flow.storage.accounts, desk.flow.clock)
    desk.deliver = replace(desk.deliver, closures=closures)
    await desk.flow.approved(question("q1"), question("q2"), review("r1"))
    desk.flow.platform.unwritable[Kind.QUESTION] = LACKING
    await desk.announce.step()

    with caplog.at_level("INFO"):
        await desk.work_off()

    assert desk.flow.store.paused == {}
    assert [one.ref.item_id for one in desk.flow.platform.asked] == ["q1", "r1"]
    assert {desk.flow.delivery(item) for item in ("q1", "q2")} == {DispatchStatus.PENDING}
    assert [one for one in actions(caplog.records) if "writing" in one] == ["writing_unavailable"]
    desk.flow.platform.unwritable.clear()
    desk.flow.clock.pass_by(timedelta(hours=1))
    await desk.announce.step()
    await desk.work_off()
    assert {desk.flow.delivery(item) for item in ("q1", "q2")} == {DispatchStatus.SENT}


async def test_a_kind_that_a_publisher_may_not_look_at_pauses_nothing_and_comes_to_a_person_in_the_end(desk: Desk):
    await desk.flow.approved(question("q1"))
    desk.flow.platform.unreadable[Kind.QUESTION] = LACKING

    for _ in range(desk.flow.spec.redelivery.give_up // PAUSE + 2):
        await desk.announce.step()
        await desk.work_off()
        desk.flow.clock.pass_by(PAUSE)

    assert desk.flow.store.paused == {}
    assert desk.flow.status("q1") is FeedbackStatus.HELD
