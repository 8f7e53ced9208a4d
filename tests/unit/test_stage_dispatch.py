"""Sending: an approved answer is written once, and not at all where it is no longer wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import AnswerState, FeedbackStatus
from feedback_service.domain.identity import ItemId
from tests.support.bazaar import (
    Standing,
)
from tests.support.clock import ManualClock
from tests.support.fake_model import THANKS
from tests.support.flow import Flow, review


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock)


async def test_an_approved_answer_is_written_once_and_waits_for_its_confirmation(flow: Flow):
    await flow.approved()

    progress = await flow.send.step()

    assert (progress.taken, progress.moved, progress.later) == (1, 1, (1.0,))
    assert flow.delivery() is DispatchStatus.SENT
    assert flow.platform.texts("r1") == [THANKS]


async def test_an_answer_written_meanwhile_by_somebody_else_stops_ours(flow: Flow, clock: ManualClock):
    await flow.approved()
    flow.platform.answer("r1", Standing("Ответили в кабинете", clock.now(), ours=False))

    await flow.send.step()

    assert flow.platform.asked == []
    assert (flow.delivery(), flow.status()) == (DispatchStatus.CLOSED, FeedbackStatus.CLOSED)


async def test_our_text_that_stands_there_already_is_not_written_again(flow: Flow, clock: ManualClock):
    await flow.approved()
    flow.platform.answer("r1", Standing(f"  {THANKS}\n", clock.now()))

    await flow.send.step()

    assert flow.platform.asked == []
    assert (flow.delivery(), flow.status()) == (DispatchStatus.CLOSED, FeedbackStatus.ANSWERED)


async def test_our_text_in_moderation_is_neither_written_again_nor_counted_as_an_answer(flow: Flow, clock: ManualClock):
    await flow.approved()
    flow.platform.answer("r1", Standing(THANKS, clock.now(), state=AnswerState.MODERATING))

    await flow.send.step()
    assert (flow.delivery(), flow.status()) == (DispatchStatus.PENDING, FeedbackStatus.APPROVED)
    flow.platform.moderate("r1", AnswerState.VISIBLE)
    clock.pass_by(timedelta(minutes=10))
    await flow.send.step()

    assert flow.platform.asked == []
    assert flow.status() is FeedbackStatus.ANSWERED


async def test_an_edit_by_the_customer_meanwhile_stops_the_write_and_begins_anew(flow: Flow):
    await flow.approved()
    flow.platform.show(review("r1", "Передумал: плохая кружка"))

    await flow.send.step()

    assert flow.platform.asked == []
    assert (flow.delivery(), flow.status()) == (DispatchStatus.CLOSED, FeedbackStatus.COLLECTED)
    assert flow.feedback().item.words == "Передумал: плохая кружка"


async def test_an_item_both_edited_and_answered_by_somebody_else_is_closed(flow: Flow, clock: ManualClock):
    await flow.approved()
    flow.platform.show(review("r1", "Передумал: плохая кружка"))
    flow.platform.answer("r1", Standing("Ответили в кабинете", clock.now(), ours=False))

    await flow.send.step()

    assert (flow.delivery(), flow.status()) == (DispatchStatus.CLOSED, FeedbackStatus.CLOSED)


async def test_an_item_that_is_gone_is_not_written_to(flow: Flow):
    await flow.approved()
    flow.platform.items.clear()

    await flow.send.step()

    assert flow.platform.asked == []
    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)


async def test_a_correction_replaces_what_it_was_made_for(flow: Flow):
    await flow.answered()
    await flow.correct("r1", "Спасибо! Кружку можно мыть в машине.")

    await flow.send.step()

    assert flow.platform.texts("r1") == ["Спасибо! Кружку можно мыть в машине."]


async def test_a_correction_of_what_reads_otherwise_by_now_goes_to_a_person(flow: Flow, clock: ManualClock):
    await flow.answered()
    await flow.correct("r1", "Спасибо! Кружку можно мыть в машине.")
    flow.platform.answers[ItemId("r1")] = [Standing("Поправили в кабинете", clock.now(), ours=False)]

    await flow.send.step()

    assert len(flow.platform.asked) == 1
    assert flow.status() is FeedbackStatus.HELD
    assert "reads otherwise" in flow.feedback().note


async def test_a_correction_that_the_platform_no_longer_allows_goes_to_a_person(flow: Flow):
    await flow.answered()
    await flow.correct("r1", "Спасибо! Кружку можно мыть в машине.")
    there = flow.platform.answers[ItemId("r1")]
    there[0] = replace(there[0], editable=False)

    await flow.send.step()

    assert flow.status() is FeedbackStatus.HELD
    assert "edited any more" in flow.feedback().note


async def test_a_correction_goes_out_although_its_customer_has_edited_the_words(flow: Flow):
    await flow.answered()
    await flow.correct("r1", "Спасибо! Кружку можно мыть в машине.")
    flow.platform.show(review("r1", "Отличная кружка!"))

    await flow.send.step()

    assert flow.delivery() is DispatchStatus.SENT


async def test_what_is_moderated_for_ever_is_told_to_a_person(flow: Flow, clock: ManualClock):
    await flow.approved()
    flow.platform.answer("r1", Standing("Чей-то ответ.", clock.now(), ours=False, state=AnswerState.MODERATING))

    for _ in range(500):
        await flow.send.step()
        clock.pass_by(timedelta(minutes=15))

    assert (flow.delivery(), flow.status()) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "has moderated another answer" in flow.feedback().note
    assert flow.platform.asked == []
