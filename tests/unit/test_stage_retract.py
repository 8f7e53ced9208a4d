"""Retracting: what must not stand on the platform is asked away until the platform no longer shows it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import Action, DispatchStatus
from feedback_service.domain.errors import AccountFault, MustRetract, NotAllowed, Retryable
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import ItemId
from tests.support.bazaar import Fault, Standing
from tests.support.clock import ManualClock
from tests.support.fake_model import THANKS
from tests.support.flow import Flow, actions, question, review

MINUTE = timedelta(minutes=1)


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


async def settled(flow: Flow, rounds: int = 3) -> None:
    for _ in range(rounds):
        await flow.retract.step()
        flow.clock.pass_by(MINUTE)


async def test_an_answer_that_a_person_takes_away_goes_and_waits_for_a_person(flow: Flow):
    await flow.answered()

    sentence = await flow.person().retract(flow.feedback().id, "wrong product")
    await settled(flow)

    assert "will be taken off Bazaar" in sentence
    assert flow.platform.standing("r1") == []
    assert (flow.delivery(), flow.status()) == (DispatchStatus.RETRACTED, FeedbackStatus.HELD)
    assert "wrong product" in flow.feedback().note
    assert len(flow.platform.retracted) == 1


async def test_after_a_retraction_another_answer_may_be_given(flow: Flow):
    await flow.answered()
    await flow.person().retract(flow.feedback().id)
    await settled(flow)

    await flow.person().edit(flow.feedback().id, "Простите, мы перепутали товар.", approve=True)
    await flow.for_long(rounds=2)

    assert flow.platform.texts("r1") == ["Простите, мы перепутали товар."]
    assert flow.status() is FeedbackStatus.ANSWERED


async def test_of_a_correction_the_text_before_is_put_back(flow: Flow):
    await flow.answered()
    await flow.correct("r1", "Спасибо! Приходите ещё.")
    await flow.for_long(rounds=2)
    assert flow.dispatch().action is Action.EDIT

    await flow.person().retract(flow.feedback().id)
    await settled(flow)

    assert flow.platform.texts("r1") == [THANKS]
    assert (flow.delivery(), flow.status()) == (DispatchStatus.RETRACTED, FeedbackStatus.ANSWERED)


async def test_an_answer_that_was_published_wrongly_is_taken_away_by_itself(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    flow.platform.faults.append(Fault(MustRetract("half of the text is missing", "answer to r1"), written=True))

    await flow.sent()
    assert (flow.delivery(), flow.dispatch().receipt_id) == (DispatchStatus.RETRACTING, "answer to r1")
    await settled(flow)

    assert flow.platform.standing("r1") == []
    assert (flow.delivery(), flow.status()) == (DispatchStatus.RETRACTED, FeedbackStatus.HELD)
    assert "half of the text is missing" in flow.feedback().note
    assert "retracting" in actions(caplog.records)


async def test_a_platform_that_is_away_is_asked_again(flow: Flow):
    await flow.answered()
    await flow.person().retract(flow.feedback().id)
    flow.platform.away.extend([Retryable("HTTP 502"), None])

    progress = await flow.retract.step()
    flow.clock.pass_by(MINUTE)
    await settled(flow)

    assert (progress.failed, progress.rest > 0) == (1, True)
    assert flow.delivery() is DispatchStatus.RETRACTED


async def test_what_never_goes_is_given_to_a_person(flow: Flow):
    await flow.answered()
    await flow.person().retract(flow.feedback().id)
    there = flow.platform.answers[ItemId("r1")]

    for _ in range(12):
        await flow.retract.step()
        if not there:  # the platform says yes, and does nothing
            there.append(Standing(THANKS, flow.clock.now(), platform_id="answer to r1"))
        flow.clock.pass_by(timedelta(hours=1))

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "by hand" in flow.feedback().note


async def test_the_answer_of_somebody_else_is_left_alone(flow: Flow):
    await flow.answered()
    await flow.person().retract(flow.feedback().id)
    flow.platform.answers[ItemId("r1")] = [Standing("Мы сами.", flow.clock.now(), ours=False, platform_id="other")]

    await settled(flow)

    assert flow.platform.texts("r1") == ["Мы сами."]
    assert flow.platform.retracted == []
    assert flow.delivery() is DispatchStatus.RETRACTED


async def test_an_answer_of_somebody_else_cannot_be_retracted(flow: Flow):
    await flow.approved()
    flow.platform.answer("r1", Standing(THANKS, flow.clock.now()))
    await flow.send.step()
    assert flow.status() is FeedbackStatus.ANSWERED

    with pytest.raises(NotAllowed, match="only our own answers can be retracted"):
        await flow.person().retract(flow.feedback().id)


async def test_one_retraction_that_cannot_be_asked_for_leaves_the_others_alone(flow: Flow):
    await flow.answered(*(review(f"r{number}") for number in range(3)))
    for number in range(3):
        await flow.person().retract(flow.feedback(f"r{number}").id)
    flow.platform.stubborn.extend([None, Retryable("its id is not known yet"), None])

    await flow.retract.step()
    flow.clock.pass_by(MINUTE)
    await flow.retract.step()

    assert {flow.delivery("r0"), flow.delivery("r2")} == {DispatchStatus.RETRACTED}


async def test_a_retraction_whose_answer_s_id_never_appears_is_given_to_a_person(flow: Flow):
    await flow.answered()
    await flow.person().retract(flow.feedback().id)
    flow.platform.stubborn.extend([Retryable("its id is not known yet")] * 50)

    for _ in range(12):
        await flow.retract.step()
        flow.clock.pass_by(timedelta(hours=1))

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "by hand" in flow.feedback().note


async def test_a_login_out_of_order_ends_the_batch_and_keeps_what_was_done(flow: Flow):
    await flow.answered(*(review(f"r{number}") for number in range(3)))
    for number in range(3):
        await flow.person().retract(flow.feedback(f"r{number}").id)
    flow.platform.stubborn.extend([None, AccountFault("the token is revoked", "make a new one")])

    progress = await flow.retract.step()

    assert (len(flow.platform.retracted), progress.rest > 0) == (2, True)
    assert [flow.dispatch(f"r{number}").looks for number in range(3)] == [1, 0, 0]


async def test_a_kind_that_cannot_be_seen_now_keeps_no_other_from_being_retracted(flow: Flow):
    await flow.answered(review("r1"), question("q1"))
    for item in ("r1", "q1"):
        await flow.person().retract(flow.feedback(item).id)
    flow.platform.unreadable[Kind.QUESTION] = Retryable("420 calls an hour", retry_after=1800.0)

    await settled(flow)

    assert (flow.delivery("r1"), flow.delivery("q1")) == (DispatchStatus.RETRACTED, DispatchStatus.RETRACTING)
    assert flow.dispatch("q1").looks == 0
