"""A person's decisions: bound by the same rules, limited by the platform, and never at odds with the flow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import Action, DispatchStatus
from feedback_service.domain.errors import LostRace, NotAllowed
from feedback_service.domain.feedback import AnswerState, FeedbackStatus
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.supplier import AnswerPolicy, Decision
from tests.support.bazaar import REFUSED, SPEC, Standing
from tests.support.clock import ManualClock
from tests.support.fake_model import THANKS
from tests.support.flow import Flow, question, review

GOOD = "Спасибо! Мы передадим ваши слова мастеру."
BETTER = "Спасибо! Кружку можно мыть в машине."
FORBIDDEN = {
    "a link": "Спасибо! Подробнее на https://shop.example.com",
    "a phone": "Спасибо! Звоните: +7 900 123-45-67",
    "a stop word": "Спасибо! Вторая кружка бесплатно",
    "too long": "Спасибо! " * 100,
    "empty": "",
}


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock, AnswerPolicy())


async def held(flow: Flow) -> FeedbackId:
    await flow.approved(review(rating=1))
    assert flow.status() is FeedbackStatus.HELD
    return flow.feedback().id


@pytest.mark.parametrize("text", FORBIDDEN.values(), ids=FORBIDDEN)
@pytest.mark.parametrize("approve", [False, True])
async def test_the_rules_bind_a_persons_words_too(flow: Flow, text: str, approve: bool):
    id_ = await held(flow)

    with pytest.raises(NotAllowed, match="breaks the rules"):
        await flow.person().edit(id_, text, approve=approve)

    assert (flow.status(), flow.feedback().draft.text, flow.dispatches()) == (FeedbackStatus.HELD, THANKS, [])


async def test_a_draft_that_the_guard_objected_to_cannot_be_approved_as_it_stands(flow: Flow):
    flow.model.said.extend([FORBIDDEN["a phone"]] * 2)
    await flow.approved(review(rating=1))
    await flow.write.step()
    await flow.guard.step()

    with pytest.raises(NotAllowed, match="breaks the rules"):
        await flow.person().approve(flow.feedback().id)


async def test_an_old_text_is_judged_by_the_rules_of_today(flow: Flow):
    flow.platform.faults.append(REFUSED)
    await flow.sent()
    flow.stop_words = ("спасибо",)

    with pytest.raises(NotAllowed, match="breaks the rules"):
        await flow.person().resend(flow.feedback().id)


async def test_an_unknown_item_is_said_so(flow: Flow):
    with pytest.raises(NotAllowed, match="there is no feedback 77"):
        await flow.person().approve(FeedbackId(77))


async def test_an_item_without_a_text_has_nothing_to_approve(flow: Flow):
    flow.platform.show(review())
    await flow.collect.step()
    id_ = flow.feedback().id
    await flow.person().hold(id_)

    with pytest.raises(NotAllowed, match="no text to approve"):
        await flow.person().approve(id_)


async def test_a_correction_replaces_the_published_answer(flow: Flow):
    await flow.answered()

    await flow.person().edit(flow.feedback().id, BETTER)
    await flow.for_long(rounds=2)

    assert flow.dispatch().action is Action.EDIT
    assert flow.dispatch().previous_text == THANKS
    assert (flow.status(), flow.platform.texts("r1")) == (FeedbackStatus.ANSWERED, [BETTER])


async def test_a_correction_is_possible_as_long_as_the_platform_lets_it(flow: Flow, clock: ManualClock):
    await flow.answered()
    clock.pass_by(SPEC.edit_window - timedelta(minutes=1))
    await flow.person().edit(flow.feedback().id, BETTER)
    await flow.person().withdraw(flow.feedback().id)

    clock.pass_by(timedelta(minutes=2))

    with pytest.raises(NotAllowed, match="within 60 days only"):
        await flow.person().edit(flow.feedback().id, BETTER)


async def test_a_correction_is_possible_as_often_as_the_platform_lets_it(flow: Flow):
    await flow.answered()
    await flow.person().edit(flow.feedback().id, BETTER)
    await flow.for_long(rounds=2)

    with pytest.raises(NotAllowed, match="used up"):
        await flow.person().edit(flow.feedback().id, GOOD)


async def test_a_platform_without_corrections_takes_none(clock: ManualClock):
    flow = Flow(clock, spec=replace(SPEC, edit_window=None))
    await flow.answered()

    with pytest.raises(NotAllowed, match="does not let answers be edited"):
        await flow.person().edit(flow.feedback().id, BETTER)


async def test_corrections_count_anew_for_an_answer_that_had_to_be_given_again(flow: Flow, clock: ManualClock):
    await flow.answered()
    await flow.person().edit(flow.feedback().id, BETTER)
    await flow.for_long(rounds=2)
    flow.platform.answers.clear()
    clock.pass_by(timedelta(days=90))
    await flow.collect.step()
    await flow.person().edit(flow.feedback().id, GOOD, approve=True)
    await flow.for_long(rounds=2)
    assert flow.platform.texts("r1") == [GOOD]

    await flow.person().edit(flow.feedback().id, BETTER)
    await flow.for_long(rounds=2)

    assert flow.platform.texts("r1") == [BETTER]


async def test_a_text_of_ours_that_was_found_standing_can_be_corrected(flow: Flow, clock: ManualClock):
    await flow.approved()
    flow.platform.answer("r1", Standing(THANKS, clock.now()))
    await flow.send.step()
    assert (flow.status(), flow.delivery()) == (FeedbackStatus.ANSWERED, DispatchStatus.CLOSED)

    await flow.person().edit(flow.feedback().id, BETTER)
    await flow.for_long(rounds=2)

    assert flow.platform.texts("r1") == [BETTER]


async def test_a_correction_that_is_taken_back_leaves_the_answer_answered(flow: Flow):
    await flow.answered()
    await flow.person().edit(flow.feedback().id, BETTER)

    await flow.person().withdraw(flow.feedback().id)
    await flow.for_long(rounds=2)

    assert (flow.status(), flow.platform.texts("r1")) == (FeedbackStatus.ANSWERED, [THANKS])


@pytest.mark.parametrize("how", ["approve", "word", "resend"])
async def test_a_refused_correction_is_let_go_again_as_a_correction(flow: Flow, how: str):
    await flow.answered()
    await flow.person().edit(flow.feedback().id, BETTER)
    flow.platform.faults.append(REFUSED)
    await flow.send.step()
    id_ = flow.feedback().id

    person = flow.person()
    await {
        "approve": lambda: person.approve(id_),
        "word": lambda: person.edit(id_, BETTER, approve=True),
        "resend": lambda: person.resend(id_),
    }[how]()
    await flow.for_long(rounds=2)

    assert (flow.status(), flow.platform.texts("r1")) == (FeedbackStatus.ANSWERED, [BETTER])


async def test_an_answer_that_has_left_cannot_be_taken_back(flow: Flow):
    await flow.sent()

    with pytest.raises(NotAllowed, match="on its way already"):
        await flow.person().withdraw(flow.feedback().id)


async def test_an_answer_that_leaves_in_the_very_moment_is_not_taken_back(flow: Flow):
    await flow.approved()
    pending = flow.dispatch()
    flow.storage = replace(flow.storage, outbox=LeavesNow(flow.storage.outbox, pending))

    with pytest.raises(LostRace, match="left in this moment"):
        await flow.person().withdraw(flow.feedback().id)

    assert (flow.delivery(), flow.status()) == (DispatchStatus.SENDING, FeedbackStatus.APPROVED)


async def test_an_item_that_changes_in_the_very_moment_is_not_approved(flow: Flow):
    id_ = await held(flow)
    flow.storage = replace(flow.storage, feedback=ChangesNow(flow.storage.feedback, flow))

    with pytest.raises(LostRace, match="changed in this moment"):
        await flow.person().approve(id_)

    assert (flow.status(), flow.dispatches()) == (FeedbackStatus.COLLECTED, [])


async def test_the_text_for_words_that_were_edited_since_is_not_sent_again(flow: Flow):
    flow.platform.faults.append(REFUSED)
    await flow.sent()
    flow.platform.show(review("r1", "Передумал: плохая кружка", rating=1))
    await flow.collect.step()
    for stage in (flow.classify, flow.write, flow.guard):
        await stage.step()
    assert flow.status() is FeedbackStatus.HELD

    with pytest.raises(NotAllowed, match="edited"):
        await flow.person().resend(flow.feedback().id)


async def test_another_draft_of_what_the_rules_skip_is_refused_with_a_way_out(clock: ManualClock):
    flow = Flow(clock, AnswerPolicy(questions=Decision.SKIP))
    await flow.approved(question())
    id_ = flow.feedback("q1").id
    assert flow.status("q1") is FeedbackStatus.SKIPPED

    with pytest.raises(NotAllowed, match="rules skip"):
        await flow.person().redraft(id_)
    await flow.person().edit(id_, GOOD, approve=True)
    await flow.for_long(rounds=2)

    assert flow.platform.texts("q1") == [GOOD]


async def test_an_answer_that_moderation_rejected_can_be_worded_anew(flow: Flow):
    flow.platform.state = AnswerState.MODERATING
    await flow.sent()
    flow.platform.moderate("r1", AnswerState.REJECTED, "реклама")
    await flow.for_long(rounds=2)
    assert flow.status() is FeedbackStatus.HELD

    flow.platform.state = AnswerState.VISIBLE
    await flow.person().edit(flow.feedback().id, GOOD, approve=True)
    await flow.for_long(rounds=2)

    assert (flow.status(), flow.platform.texts("r1")) == (FeedbackStatus.ANSWERED, [GOOD])


async def test_an_answer_can_be_given_where_the_rejected_one_that_was_collected_with_it_is_gone(flow: Flow):
    flow.platform.show(review())
    flow.platform.answer("r1", Standing("Реклама", flow.clock.now(), ours=False, state=AnswerState.REJECTED))
    await flow.for_long(rounds=1)
    assert flow.status() is FeedbackStatus.HELD
    flow.platform.answers.clear()

    for _ in range(2):
        await flow.person().edit(flow.feedback().id, GOOD, approve=True)
        await flow.for_long(rounds=2)

    assert (flow.status(), flow.platform.texts("r1")) == (FeedbackStatus.ANSWERED, [GOOD])
    assert flow.platform.wrongs == []


class LeavesNow:
    """An outbox from which the sender takes the entry between a person's look and the person's deed."""

    def __init__(self, outbox: object, pending: object) -> None:
        self.outbox = outbox
        self.pending = pending

    def __getattr__(self, name: str) -> object:
        return getattr(self.outbox, name)

    async def settle(self, outcomes: object) -> object:
        await self.outbox.begin(self.pending, SPEC.send_window)
        return await self.outbox.settle(outcomes)


class ChangesNow:
    """A store in which the customer's edit is recorded between a person's look and the person's deed."""

    def __init__(self, store: object, flow: Flow) -> None:
        self.store = store
        self.flow = flow

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    async def apply(self, changes: object) -> object:
        account = self.flow.feedback().account_id
        await self.store.record(account, [review("r1", "Передумал", rating=1)], True)
        return await self.store.apply(changes)
