"""The guard, with the real text inspector: what goes out by itself, what goes back, what a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.feedback import AnswerState, FeedbackStatus, PublishedAnswer
from feedback_service.domain.reply import DraftOrigin, Urgency
from feedback_service.domain.supplier import AnswerPolicy, Decision, Template, Voice
from feedback_service.pipeline.guard import REDRAFTS
from tests.support.bazaar import SPEC
from tests.support.clock import ManualClock
from tests.support.fake_model import FOUND, THANKS
from tests.support.flow import ACCOUNT, Flow, review

DIRTY = {
    "a link": "Спасибо! Подробнее на https://shop.example.com",
    "a phone": "Спасибо! Звоните: +7 900 123-45-67",
    "an e-mail": "Спасибо! Пишите на anna@example.com",
    "a placeholder": "Спасибо, {name}! Приходите ещё",
    "a stop word in another form": "Спасибо! Вторая кружка достанется вам бесплатной",
    "too long": "Спасибо! " * 100,
    "too short": "!",
    "empty": "",
}


PERSON_FIRST = replace(SPEC, person_first="its terms ask for a person's yes")


def flow_with(clock: ManualClock, decision: Decision, **fields: object) -> Flow:
    policy = AnswerPolicy(reviews=dict.fromkeys(range(6), decision), questions=decision, **fields)
    return Flow(clock, policy, stop_words=("бесплатный",))


def flow_where_a_person_comes_first(clock: ManualClock, decision: Decision, *, agreed: bool) -> Flow:
    policy = AnswerPolicy(reviews=dict.fromkeys(range(6), decision))
    return Flow(clock, policy, spec=PERSON_FIRST, unattended=agreed)


async def drafted(flow: Flow, *said: str) -> None:
    flow.model.said.extend(said)
    flow.platform.show(review())
    for stage in (flow.collect, flow.classify, flow.write):
        await stage.step()


async def judged_to_the_end(flow: Flow) -> None:
    """Guard and drafter hand the draft to and fro until neither has anything to do."""
    for _ in range(5):
        await flow.guard.step()
        await flow.write.step()


@pytest.mark.parametrize(
    ("decision", "end"),
    [(Decision.AUTO, FeedbackStatus.APPROVED), (Decision.APPROVE, FeedbackStatus.HELD)],
)
async def test_a_clean_draft_goes_where_the_rules_say(clock: ManualClock, decision: Decision, end: FeedbackStatus):
    flow = flow_with(clock, decision)
    await drafted(flow)

    progress = await flow.guard.step()

    assert (progress.taken, progress.moved) == (1, 1)
    assert flow.status() is end


async def test_an_approval_and_its_outbox_entry_come_together(clock: ManualClock):
    flow = flow_with(clock, Decision.AUTO)
    await drafted(flow)

    await flow.guard.step()

    assert [one.text for one in flow.dispatches()] == [THANKS]


@pytest.mark.parametrize("text", DIRTY.values(), ids=DIRTY)
@pytest.mark.parametrize("decision", [Decision.AUTO, Decision.APPROVE])
async def test_what_the_rules_forbid_goes_back_once_and_then_to_a_person(
    clock: ManualClock, decision: Decision, text: str
):
    flow = flow_with(clock, decision)
    await drafted(flow, text, text, THANKS)

    await judged_to_the_end(flow)

    assert len(flow.model.briefs) == 1 + REDRAFTS
    assert (flow.status(), flow.dispatches()) == (FeedbackStatus.HELD, [])
    assert flow.feedback().note.startswith("guard: ")


@pytest.mark.parametrize("text", DIRTY.values(), ids=DIRTY)
async def test_a_draft_that_is_mended_after_the_objection_goes_out(clock: ManualClock, text: str):
    flow = flow_with(clock, Decision.AUTO)
    await drafted(flow, text, THANKS)

    await judged_to_the_end(flow)

    assert flow.model.briefs[1].objection
    assert [one.text for one in flow.dispatches()] == [THANKS]


@pytest.mark.parametrize("text", [THANKS, DIRTY["a link"]], ids=["clean", "dirty"])
async def test_what_the_rules_skip_by_now_never_goes_out(clock: ManualClock, text: str):
    flow = flow_with(clock, Decision.AUTO, max_age=timedelta(days=30))
    await drafted(flow, text, THANKS)
    clock.pass_by(timedelta(days=31))

    await judged_to_the_end(flow)

    assert (flow.status(), flow.dispatches()) == (FeedbackStatus.SKIPPED, [])


@pytest.mark.parametrize(
    "found", [replace(FOUND, needs_person=True), replace(FOUND, urgency=Urgency.HIGH)], ids=["needs a person", "urgent"]
)
async def test_what_needs_a_person_never_goes_out_by_itself(clock: ManualClock, found: object):
    flow = flow_with(clock, Decision.AUTO)
    flow.model.found = found
    await drafted(flow)

    await flow.guard.step()

    assert (flow.status(), flow.dispatches()) == (FeedbackStatus.HELD, [])
    assert flow.feedback().draft.text == THANKS


async def test_a_template_that_breaks_the_rules_goes_to_a_person_at_once(clock: ManualClock):
    flow = flow_with(clock, Decision.AUTO)
    link = Template(stars=frozenset({5}), texts=("Спасибо! Подробнее на https://shop.example.com",))
    flow.voice = Voice(templates=(link,))
    flow.restart()
    flow.platform.show(review("r1", ""))
    for stage in (flow.collect, flow.classify, flow.write):
        await stage.step()
    assert flow.feedback().draft.origin is DraftOrigin.TEMPLATE

    await judged_to_the_end(flow)

    assert (flow.status(), flow.model.briefs) == (FeedbackStatus.HELD, [])


@pytest.mark.parametrize("state", AnswerState)
async def test_an_item_that_has_an_answer_is_never_approved_by_itself(clock: ManualClock, state: AnswerState):
    flow = flow_with(clock, Decision.AUTO)
    there = PublishedAnswer("Спасибо, что выбрали нас", state)
    await flow.storage.feedback.record(ACCOUNT, [review(answer=there)], True)
    for stage in (flow.classify, flow.write, flow.guard):
        await stage.step()

    assert (flow.status(), flow.dispatches()) == (FeedbackStatus.HELD, [])


async def test_a_draft_edited_away_while_it_was_judged_is_not_approved(clock: ManualClock):
    flow = flow_with(clock, Decision.AUTO)
    await drafted(flow)
    claimed = await flow.storage.feedback.claim(FeedbackStatus.DRAFTED, 1, timedelta(minutes=1))
    await flow.storage.feedback.record(ACCOUNT, [review("r1", "Передумал: плохая кружка")], True)

    change = flow.guard._judge(claimed[0])
    lost = await flow.storage.feedback.apply([change])

    assert lost == [claimed[0].id]
    assert (flow.status(), flow.dispatches()) == (FeedbackStatus.COLLECTED, [])


async def test_an_item_without_a_draft_goes_to_a_person(clock: ManualClock):
    flow = flow_with(clock, Decision.AUTO)
    await drafted(flow)
    flow.store.feedback[flow.feedback().id] = replace(flow.feedback(), draft=None)

    await flow.guard.step()

    assert flow.status() is FeedbackStatus.HELD


async def test_a_length_is_measured_by_the_platforms_own_limit(clock: ManualClock):
    flow = flow_with(clock, Decision.AUTO)
    limit = SPEC.reply_limits[review().kind]
    await drafted(flow, "Спасибо! " + "а" * (limit.maximum - len("Спасибо! ")))

    await flow.guard.step()

    assert flow.status() is FeedbackStatus.APPROVED


@pytest.mark.parametrize(("agreed", "end"), [(False, FeedbackStatus.HELD), (True, FeedbackStatus.APPROVED)])
async def test_where_the_platform_wants_a_person_only_a_plain_yes_lets_answers_go_by_themselves(
    clock: ManualClock, agreed: bool, end: FeedbackStatus
):
    flow = flow_where_a_person_comes_first(clock, Decision.AUTO, agreed=agreed)
    await drafted(flow)

    await flow.guard.step()

    assert flow.status() is end
    assert ("its terms ask for a person's yes" in flow.feedback().note) is not agreed


async def test_a_complaint_waits_for_a_person_though_the_account_agreed_to_do_without(clock: ManualClock):
    flow = flow_where_a_person_comes_first(clock, Decision.APPROVE, agreed=True)
    await drafted(flow)

    await flow.guard.step()

    assert flow.status() is FeedbackStatus.HELD


async def test_whom_we_answered_before_a_person_answers_the_next_time(clock: ManualClock):
    flow = flow_with(clock, Decision.AUTO)
    await flow.answered()
    before = flow.status()

    clock.pass_by(timedelta(hours=2))
    flow.platform.answers.clear()
    await flow.approved(review(text="Передумала: ручка отвалилась"))

    assert before is FeedbackStatus.ANSWERED
    assert flow.status() is FeedbackStatus.HELD
    assert "answered before" in flow.feedback().note
