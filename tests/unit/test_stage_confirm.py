"""Confirming: only what the platform itself shows ends a delivery."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Retryable
from feedback_service.domain.feedback import AnswerState, FeedbackStatus
from feedback_service.domain.identity import ItemId
from tests.support.bazaar import DROPPED_AFTER, DROPPED_BEFORE, SPEC, Standing
from tests.support.clock import ManualClock
from tests.support.fake_model import THANKS
from tests.support.flow import Flow, actions, review

SECOND = timedelta(seconds=1)
RULES = SPEC.redelivery


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


async def test_an_answer_that_shows_is_confirmed(flow: Flow, caplog: pytest.LogCaptureFixture):
    await flow.sent()
    flow.clock.pass_by(SECOND)

    with caplog.at_level("INFO"):
        progress = await flow.confirm.step()

    assert (progress.taken, progress.moved) == (1, 1)
    assert (flow.delivery(), flow.status()) == (DispatchStatus.CONFIRMED, FeedbackStatus.ANSWERED)
    assert actions(caplog.records) == ["confirmed"]


async def test_nothing_is_read_before_it_is_due(flow: Flow):
    await flow.sent()

    progress = await flow.confirm.step()

    assert progress.taken == 0
    assert len(flow.platform.sights) == 1  # the sender's


async def test_one_reading_serves_all_that_are_due(flow: Flow):
    await flow.sent(*(review(f"r{n}") for n in range(5)))
    flow.clock.pass_by(SECOND)

    progress = await flow.confirm.step()

    assert (progress.moved, len(flow.platform.sights)) == (5, 2)


async def test_an_answer_in_moderation_is_waited_for_until_it_is_let_through(flow: Flow):
    flow.platform.state = AnswerState.MODERATING
    await flow.sent()
    await flow.for_long(rounds=5)
    assert (flow.delivery(), flow.status()) == (DispatchStatus.SENT, FeedbackStatus.APPROVED)

    flow.platform.moderate("r1", AnswerState.VISIBLE)
    await flow.for_long(rounds=2)

    assert (flow.delivery(), flow.status()) == (DispatchStatus.CONFIRMED, FeedbackStatus.ANSWERED)
    assert len(flow.platform.landed) == 1


async def test_an_answer_that_moderation_rejects_comes_back_to_a_person_with_the_reason(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    flow.platform.state = AnswerState.MODERATING
    await flow.sent()
    flow.platform.moderate("r1", AnswerState.REJECTED, "реклама")

    await flow.for_long()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "реклама" in flow.feedback().note
    assert actions(caplog.records) == ["held"]
    assert len(flow.platform.landed) == 1


async def test_a_moderation_without_end_is_given_to_a_person(flow: Flow):
    flow.platform.state = AnswerState.MODERATING
    await flow.sent()

    flow.clock.pass_by(RULES.give_up)
    await flow.confirm.step()

    assert flow.status() is FeedbackStatus.HELD
    assert "still moderates" in flow.feedback().note


async def test_an_accepted_answer_that_never_shows_is_not_sent_again_but_given_to_a_person(flow: Flow):
    await flow.sent()
    flow.platform.answers.clear()
    looks = []

    while flow.delivery() is DispatchStatus.SENT:
        flow.clock.pass_by(timedelta(seconds=looks[-1]) if looks else SECOND)
        looks += (await flow.confirm.step()).later

    assert looks == [30, 600]
    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "does not show it" in flow.feedback().note


async def test_a_doubtful_write_that_shows_is_confirmed_and_not_repeated(flow: Flow):
    flow.platform.faults.append(DROPPED_AFTER)
    await flow.sent()

    flow.clock.pass_by(RULES.settle[0])
    await flow.confirm.step()

    assert flow.delivery() is DispatchStatus.CONFIRMED
    assert len(flow.platform.asked) == 1


async def test_a_doubtful_write_is_repeated_only_when_the_last_look_shows_nothing(flow: Flow):
    flow.platform.faults.append(DROPPED_BEFORE)
    await flow.sent()

    flow.clock.pass_by(RULES.settle[0])
    await flow.confirm.step()
    assert flow.delivery() is DispatchStatus.IN_DOUBT
    flow.clock.pass_by(RULES.settle[1])
    await flow.confirm.step()
    assert flow.delivery() is DispatchStatus.PENDING
    await flow.for_long()

    assert flow.status() is FeedbackStatus.ANSWERED
    assert flow.platform.texts("r1") == [THANKS]


async def test_a_doubtful_write_that_lands_late_is_not_repeated(flow: Flow):
    flow.platform.faults.append(DROPPED_AFTER)
    flow.platform.lag = timedelta(seconds=35)
    await flow.sent()

    flow.clock.pass_by(RULES.settle[0])
    await flow.confirm.step()
    await flow.for_long()

    assert flow.status() is FeedbackStatus.ANSWERED
    assert len(flow.platform.landed) == 1


async def test_a_doubtful_write_to_words_that_were_edited_since_begins_anew(flow: Flow):
    flow.platform.faults.append(DROPPED_BEFORE)
    await flow.sent()
    flow.platform.show(review("r1", "Передумал: плохая кружка"))

    for wait in RULES.settle:
        flow.clock.pass_by(wait)
        await flow.confirm.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.CLOSED, FeedbackStatus.COLLECTED)
    await flow.for_long()
    assert flow.feedback().item.words == "Передумал: плохая кружка"
    assert flow.status() is FeedbackStatus.ANSWERED
    assert len(flow.platform.landed) == 1


async def test_another_answer_than_ours_closes_the_item(flow: Flow):
    flow.platform.faults.append(DROPPED_BEFORE)
    await flow.sent()
    flow.platform.answer("r1", Standing("Ответили в кабинете", flow.clock.now(), ours=False))

    flow.clock.pass_by(RULES.settle[0])
    await flow.confirm.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.CLOSED, FeedbackStatus.CLOSED)


async def test_an_item_that_vanished_with_our_answer_is_given_to_a_person(flow: Flow):
    await flow.sent()
    del flow.platform.items[ItemId("r1")]

    flow.clock.pass_by(SECOND)
    await flow.confirm.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)


@pytest.mark.parametrize("problem", [Retryable("HTTP 502"), AccountFault("revoked", "make a new one")], ids=str)
async def test_an_outage_counts_no_look_and_is_said_once(
    flow: Flow, caplog: pytest.LogCaptureFixture, problem: FeedbackServiceError
):
    await flow.sent()
    flow.clock.pass_by(SECOND)
    flow.platform.away.extend([problem] * 5)
    rests = []

    with caplog.at_level("INFO"):
        for _ in range(6):
            later = (await flow.confirm.step()).later
            rests += later
            flow.clock.pass_by(timedelta(seconds=sum(later)))

    assert rests == [5, 15, 60, 300, 300]
    assert flow.dispatch().looks == 0
    assert flow.status() is FeedbackStatus.ANSWERED
    assert actions(caplog.records) == ["confirm_away", "confirm_back", "confirmed"]


async def test_a_sender_that_never_came_back_is_noticed_when_its_window_is_over(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    await flow.approved()
    await flow.storage.outbox.begin(flow.dispatch(), SPEC.send_window)

    flow.clock.pass_by(SPEC.send_window - SECOND)
    await flow.confirm.step()
    assert flow.delivery() is DispatchStatus.SENDING
    flow.clock.pass_by(SECOND)
    progress = await flow.confirm.step()

    assert flow.delivery() is DispatchStatus.IN_DOUBT
    assert progress.moved == 1
    assert actions(caplog.records) == ["abandoned"]
