"""Collecting: what is new, what has gone or was answered elsewhere, and what a fault leaves behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import AnswerState, FeedbackStatus, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.supplier import AnswerPolicy
from feedback_service.pipeline.vanished import Vanished
from tests.support.bazaar import REFUSED, FakePlatform, Standing
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, Flow, actions, question, review

AWAY = Retryable("HTTP 502")
LOCKED_OUT = AccountFault("the token is revoked", "make a new one")


@pytest.fixture
def flow(clock: ManualClock) -> Flow:
    return Flow(clock, AnswerPolicy())


def elsewhere(clock: ManualClock, text: str = "Ответили в кабинете") -> Standing:
    return Standing(text, clock.now(), ours=False)


async def test_new_items_of_every_kind_are_counted_and_kept(flow: Flow):
    flow.platform.show(review("r1"), review("r2"), question("q1"))

    progress = await flow.collect.step()

    assert (progress.taken, progress.moved) == (3, 3)
    assert {flow.status("r1"), flow.status("r2"), flow.status("q1")} == {FeedbackStatus.COLLECTED}


async def test_an_item_that_is_known_already_is_no_news(flow: Flow):
    flow.platform.show(review("r1"))
    await flow.collect.step()

    progress = await flow.collect.step()

    assert (progress.taken, progress.moved) == (1, 0)


async def test_an_edited_item_begins_anew(flow: Flow):
    await flow.approved(review("r1", rating=1))
    assert flow.status() is FeedbackStatus.HELD

    flow.platform.show(review("r1", "Передумал: плохая кружка", rating=1))
    progress = await flow.collect.step()

    assert progress.moved == 1
    assert (flow.status(), flow.feedback().draft) == (FeedbackStatus.COLLECTED, None)


async def test_an_item_whose_answer_the_platform_lost_is_reopened_for_a_person(flow: Flow, clock: ManualClock):
    await flow.answered(review("r1"))
    assert flow.status() is FeedbackStatus.ANSWERED

    flow.platform.answers.clear()
    clock.pass_by(timedelta(hours=2))
    progress = await flow.collect.step()

    assert progress.moved == 1
    assert flow.status() is FeedbackStatus.HELD


async def test_an_item_that_a_person_answered_on_the_platform_is_closed(flow: Flow, clock: ManualClock):
    await flow.approved(review("r1", rating=1))

    flow.platform.answer("r1", elsewhere(clock))
    progress = await flow.collect.step()

    assert progress.moved == 1
    assert (flow.status(), flow.feedback().note) == (FeedbackStatus.CLOSED, "answered outside this service")


async def test_an_item_that_its_customer_took_away_is_closed(flow: Flow):
    await flow.approved(review("r1", rating=1))

    del flow.platform.items[ItemId("r1")]
    await flow.collect.step()

    assert flow.status() is FeedbackStatus.CLOSED
    assert "does not show it" in flow.feedback().note


async def test_an_archived_item_is_left_and_looked_at_again_only_now_and_then(flow: Flow):
    await flow.approved(review("r1", rating=1))
    flow.platform.unlisted.add(ItemId("r1"))

    for _ in range(flow.collect.vanished.LOOK_EVERY):
        await flow.collect.step()

    assert flow.status() is FeedbackStatus.HELD
    assert len(flow.platform.sights) == 1
    await flow.collect.step()
    assert len(flow.platform.sights) == 2


async def test_a_look_that_failed_is_repeated_at_the_next_pass(flow: Flow, clock: ManualClock):
    await flow.approved(review("r1", rating=1))
    flow.platform.answer("r1", elsewhere(clock))
    flow.platform.away.extend([None, None, AWAY])  # two lists, then the look

    await flow.collect.step()
    assert flow.status() is FeedbackStatus.HELD
    clock.pass_by(timedelta(minutes=1))
    await flow.collect.step()

    assert flow.status() is FeedbackStatus.CLOSED


class Archive(FakePlatform):
    """Reviews and questions that share their numbers."""

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        self.sights.append(refs)
        return {one.item_id: Sighting(review(one.item_id), self.clock.now()) for one in refs}


async def test_a_question_and_a_review_of_one_number_have_each_their_turn_to_be_looked_at(flow: Flow):
    archive = Archive(flow.clock)
    vanished = Vanished(archive, flow.storage)
    for item in (review("7"), question("7")):
        await flow.storage.feedback.record(ACCOUNT, [item], reopen_edited=True)
    waiting = {kind: await flow.storage.feedback.waiting(ACCOUNT, kind) for kind in Kind}

    for _ in range(vanished.LOOK_EVERY + 1):
        for kind in Kind:
            await vanished.look(kind, waiting[kind], ())

    looked = [one.kind for refs in archive.sights for one in refs]
    assert sorted(looked) == sorted([*Kind, *Kind])


async def test_an_item_that_comes_back_to_the_list_is_looked_at_at_once_when_it_vanishes_again(
    flow: Flow, clock: ManualClock
):
    await flow.approved(review("r1", rating=1))
    flow.platform.unlisted.add(ItemId("r1"))
    await flow.collect.step()
    flow.platform.unlisted.clear()
    await flow.collect.step()

    flow.platform.answer("r1", elsewhere(clock))
    await flow.collect.step()

    assert flow.status() is FeedbackStatus.CLOSED


async def test_an_answer_that_moderation_rejected_does_not_close_the_item(flow: Flow, clock: ManualClock):
    flow.platform.state = AnswerState.MODERATING
    await flow.sent(review("r1"))
    flow.platform.moderate("r1", AnswerState.REJECTED, "слишком похоже на рекламу")
    clock.pass_by(timedelta(minutes=1))
    await flow.confirm.step()
    assert flow.status() is FeedbackStatus.HELD

    flow.platform.unlisted.add(ItemId("r1"))
    await flow.collect.step()

    assert flow.status() is FeedbackStatus.HELD
    assert "слишком похоже на рекламу" in flow.feedback().note


async def test_an_answer_of_another_hand_that_moderation_rejected_does_not_close_the_item(
    flow: Flow, clock: ManualClock
):
    await flow.approved(review("r1", rating=1))
    flow.platform.answer("r1", replace(elsewhere(clock), state=AnswerState.REJECTED))

    flow.platform.unlisted.add(ItemId("r1"))
    await flow.collect.step()

    assert flow.status() is FeedbackStatus.HELD


async def test_a_refused_correction_stays_with_the_person_though_our_first_answer_stands(flow: Flow):
    await flow.answered(review("r1"))
    await flow.correct("r1", "Спасибо! Уточняем: кружку можно мыть в машине.")
    flow.platform.faults.append(REFUSED)
    await flow.send.step()
    assert flow.status() is FeedbackStatus.HELD

    await flow.collect.step()

    assert flow.status() is FeedbackStatus.HELD
    assert "the customer is blocked" in flow.feedback().note


async def test_an_answer_of_ours_that_shows_after_all_closes_the_item_by_that_name(flow: Flow, clock: ManualClock):
    flow.platform.lag = timedelta(days=1)
    await flow.sent(review("r1"))
    for _ in range(4):
        clock.pass_by(timedelta(minutes=15))
        await flow.confirm.step()
    assert flow.status() is FeedbackStatus.HELD

    clock.pass_by(timedelta(days=1))
    await flow.collect.step()

    assert (flow.status(), flow.feedback().note) == (FeedbackStatus.CLOSED, "our answer is shown after all")


async def test_an_item_listed_again_because_its_customer_edited_it_under_our_answer_stays_open(
    flow: Flow, clock: ManualClock
):
    await flow.answered(review("r1"))
    edited = review("r1", "Через месяц ручка отвалилась")
    flow.platform.show(edited)
    under_our_answer = replace(edited, answer=flow.platform.seen(edited.item_id).answer)
    await flow.storage.feedback.record(ACCOUNT, [under_our_answer], True)
    assert flow.status() is FeedbackStatus.COLLECTED

    await flow.collect.step()

    assert flow.status() is FeedbackStatus.COLLECTED


async def test_paging_stops_at_a_fault_and_what_came_before_is_kept(flow: Flow):
    flow.platform.page = 2
    flow.platform.show(*(review(f"r{n}") for n in range(6)))
    flow.platform.away.extend([None, None, AWAY])  # whichever kind comes first

    progress = await flow.collect.step()

    assert progress.failed == 1
    assert progress.moved == len(flow.store.feedback) > 0
    assert len(flow.store.feedback) < 6


async def test_an_unread_list_closes_nothing(flow: Flow):
    await flow.approved(review("r1", rating=1))
    flow.platform.away.extend([AWAY, AWAY])

    await flow.collect.step()

    assert flow.status() is FeedbackStatus.HELD
    assert flow.platform.sights == []


async def test_an_outage_is_said_once_and_its_end_once(flow: Flow, caplog: pytest.LogCaptureFixture):
    flow.platform.away.extend([AWAY] * 6)  # two kinds, three times

    with caplog.at_level("INFO"):
        rests = [(await flow.collect.step()).rest for _ in range(5)]

    assert actions(caplog.records) == ["account_away", "account_back"]
    assert rests == [5, 15, 60, 0, 0]


async def test_an_account_fault_pauses_the_account_once_and_its_recovery_is_said_once(
    flow: Flow, caplog: pytest.LogCaptureFixture
):
    flow.platform.away.extend([LOCKED_OUT] * 4)  # two kinds, twice

    with caplog.at_level("INFO"):
        for _ in range(2):
            await flow.collect.step()
        assert flow.store.paused == {ACCOUNT: str(LOCKED_OUT)}
        for _ in range(3):
            await flow.collect.step()

    said = actions(caplog.records)
    assert (said.count("account_paused"), said.count("account_back")) == (1, 1)
    assert flow.store.paused == {}


async def test_a_pause_left_by_an_earlier_process_ends_with_the_first_reading(flow: Flow):
    await flow.storage.accounts.pause(ACCOUNT, Pauser.READING, "revoked", None)

    await flow.collect.step()

    assert flow.store.paused == {}
