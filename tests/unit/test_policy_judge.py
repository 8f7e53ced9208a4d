"""What a re-read of the platform makes of a delivery, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef, Sighting
from feedback_service.domain.feedback import (
    AnswerState,
    FeedbackStatus,
    Kind,
    PublishedAnswer,
    Review,
    fingerprint,
)
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.domain.lifecycle import DISPATCH, FEEDBACK
from feedback_service.domain.policy import Judgement, Redelivery, judge, same_text

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
RULES = Redelivery()
OURS = "Спасибо за отзыв!\nРады стараться."
REVIEW = Review(item_id=ItemId("r1"), created_at=NOW - timedelta(days=1), rating=5, text="Отличный чайник")
SENT, IN_DOUBT = DispatchStatus.SENT, DispatchStatus.IN_DOUBT

DISPATCH_SENT = Dispatch(
    id=DispatchId(1),
    feedback_id=FeedbackId(1),
    account_id=AccountId(1),
    ref=ItemRef(REVIEW.item_id, Kind.REVIEW, REVIEW.created_at),
    action=Action.ANSWER,
    text=OURS,
    fingerprint=fingerprint(REVIEW),
    status=SENT,
    revision=3,
    attempts=1,
    sent_at=NOW - timedelta(seconds=5),
)


def seen(text: str | None, state: AnswerState = AnswerState.VISIBLE, reason: str = "") -> Sighting:
    answer = None if text is None else PublishedAnswer(text, state, reason=reason)
    return Sighting(replace(REVIEW, answer=answer), NOW)


def outcome(dispatch: Dispatch, sighting: Sighting) -> Judgement:
    """The judgement, which must also be a transition that the lifecycle has."""
    judgement = judge(dispatch, sighting, NOW, RULES)
    assert judgement.to is None or judgement.to in DISPATCH[dispatch.status]
    assert judgement.feedback_to is None or judgement.feedback_to in FEEDBACK[FeedbackStatus.APPROVED]
    return judgement


@pytest.mark.parametrize("status", [SENT, IN_DOUBT])
def test_our_text_in_sight_confirms_the_answer(status: DispatchStatus) -> None:
    judgement = outcome(replace(DISPATCH_SENT, status=status), seen(OURS))

    assert (judgement.to, judgement.feedback_to) == (DispatchStatus.CONFIRMED, FeedbackStatus.ANSWERED)


@pytest.mark.parametrize(("looks", "seconds"), [(0, 30), (1, 600), (40, 600)])
def test_our_text_under_moderation_is_looked_at_again(looks: int, seconds: int) -> None:
    judgement = outcome(replace(DISPATCH_SENT, looks=looks), seen(OURS, AnswerState.MODERATING))

    assert (judgement.to, judgement.feedback_to, judgement.delay) == (None, None, timedelta(seconds=seconds))


def test_a_doubtful_write_that_is_seen_under_moderation_landed_and_is_never_repeated() -> None:
    judgement = outcome(replace(DISPATCH_SENT, status=IN_DOUBT), seen(OURS, AnswerState.MODERATING))

    assert (judgement.to, judgement.feedback_to) == (SENT, None)


def test_moderation_without_end_is_given_to_a_person() -> None:
    old = replace(DISPATCH_SENT, sent_at=NOW - RULES.give_up)

    judgement = outcome(old, seen(OURS, AnswerState.MODERATING))

    assert (judgement.to, judgement.feedback_to) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)


@pytest.mark.parametrize("status", [SENT, IN_DOUBT])
def test_a_rejection_comes_back_to_a_person_with_its_reason(status: DispatchStatus) -> None:
    judgement = outcome(replace(DISPATCH_SENT, status=status), seen(OURS, AnswerState.REJECTED, "есть ссылка"))

    assert (judgement.to, judgement.feedback_to) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert "есть ссылка" in judgement.because


@pytest.mark.parametrize("status", [SENT, IN_DOUBT])
@pytest.mark.parametrize("state", [AnswerState.VISIBLE, AnswerState.MODERATING])
def test_another_hands_answer_closes_the_item(status: DispatchStatus, state: AnswerState) -> None:
    judgement = outcome(replace(DISPATCH_SENT, status=status), seen("Ответил менеджер", state))

    assert (judgement.to, judgement.feedback_to) == (DispatchStatus.CLOSED, FeedbackStatus.CLOSED)


def test_another_hands_rejected_answer_counts_as_none() -> None:
    judgement = outcome(DISPATCH_SENT, seen("Прежний ответ со ссылкой", AnswerState.REJECTED))

    assert judgement.to is None


def test_an_edit_that_still_shows_the_old_text_is_not_there_yet() -> None:
    edit = replace(DISPATCH_SENT, action=Action.EDIT, previous_text="Прежний ответ")

    assert outcome(edit, seen("Прежний  ответ ")).to is None
    assert outcome(edit, seen("Третий ответ")).to is DispatchStatus.CLOSED
    assert outcome(edit, seen(OURS)).to is DispatchStatus.CONFIRMED


@pytest.mark.parametrize(("looks", "seconds"), [(0, 30), (1, 600)])
def test_an_accepted_answer_may_take_its_time_to_appear(looks: int, seconds: int) -> None:
    judgement = outcome(replace(DISPATCH_SENT, looks=looks), seen(None))

    assert (judgement.to, judgement.delay) == (None, timedelta(seconds=seconds))


def test_an_accepted_answer_that_never_appears_goes_to_a_person_and_is_not_sent_again() -> None:
    judgement = outcome(replace(DISPATCH_SENT, looks=2), seen(None))

    assert (judgement.to, judgement.feedback_to) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)
    assert judgement.because == "the platform accepted the answer but does not show it"


def test_a_write_in_doubt_is_not_repeated_before_the_last_look() -> None:
    judgement = outcome(replace(DISPATCH_SENT, status=IN_DOUBT, looks=0), seen(None))

    assert (judgement.to, judgement.delay) == (None, RULES.settle[1])


@pytest.mark.parametrize(
    ("looks", "words", "to", "feedback_to"),
    [
        (0, REVIEW.text, None, None),
        (1, REVIEW.text, DispatchStatus.REFUSED, FeedbackStatus.HELD),
        (1, "Уже не отличный", DispatchStatus.REFUSED, FeedbackStatus.HELD),
        (7, REVIEW.text, DispatchStatus.REFUSED, FeedbackStatus.HELD),
    ],
)
def test_where_a_look_proves_nothing_a_doubt_ends_with_a_person(
    looks: int, words: str, to: DispatchStatus | None, feedback_to: FeedbackStatus | None
) -> None:
    doubtful = replace(DISPATCH_SENT, status=IN_DOUBT, looks=looks)
    rules = replace(RULES, doubt_ends_with_a_person=True)

    judgement = judge(doubtful, Sighting(replace(REVIEW, text=words), NOW), NOW, rules)

    assert (judgement.to, judgement.feedback_to) == (to, feedback_to)
    assert judge(doubtful, seen(OURS), NOW, rules).to is DispatchStatus.CONFIRMED


def test_a_write_in_doubt_that_did_not_land_may_be_sent_again_after_the_last_look() -> None:
    judgement = outcome(replace(DISPATCH_SENT, status=IN_DOUBT, looks=1, attempts=2), seen(None))

    assert (judgement.to, judgement.feedback_to) == (DispatchStatus.PENDING, None)
    assert judgement.delay == RULES.delays[1]


def test_a_write_that_never_lands_goes_to_a_person_after_the_last_attempt() -> None:
    judgement = outcome(replace(DISPATCH_SENT, status=IN_DOUBT, looks=1, attempts=RULES.attempts), seen(None))

    assert (judgement.to, judgement.feedback_to) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)


def test_a_write_that_did_not_land_is_not_repeated_under_words_that_changed() -> None:
    edited = Sighting(replace(REVIEW, text="Чайник потёк", rating=1), NOW)

    judgement = outcome(replace(DISPATCH_SENT, status=IN_DOUBT, looks=1), edited)

    assert (judgement.to, judgement.feedback_to) == (DispatchStatus.CLOSED, FeedbackStatus.COLLECTED)


@pytest.mark.parametrize(("status", "looks"), [(SENT, 0), (IN_DOUBT, 1)])
def test_an_item_that_is_gone_goes_to_a_person(status: DispatchStatus, looks: int) -> None:
    judgement = outcome(replace(DISPATCH_SENT, status=status, looks=looks), Sighting(None, NOW))

    assert (judgement.to, judgement.feedback_to) == (DispatchStatus.REFUSED, FeedbackStatus.HELD)


def test_a_write_in_doubt_has_its_time_to_land_though_its_item_is_not_to_be_seen() -> None:
    judgement = outcome(replace(DISPATCH_SENT, status=IN_DOUBT, looks=0), Sighting(None, NOW))

    assert (judgement.to, judgement.feedback_to, judgement.delay > timedelta(0)) == (None, None, True)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Спасибо!\nПриходите ещё", "Спасибо!\r\nПриходите ещё\r\n"),
        ("Спасибо! Приходите", "Спасибо!\u00a0Приходите  "),
        ('Чайник "Весна" & чашки', "Чайник &quot;Весна&quot; &amp; чашки"),
        ('Чайник "Весна"', "Чайник &amp;quot;Весна&amp;quot;"),
        ("Спасибо!\nПриходите", "Спасибо!<br/>Приходите"),
        ("Спасибо ❤\ufe0f", "Спасибо ❤"),
        ("й", "и\u0306"),
    ],
)
def test_texts_that_read_the_same_are_the_same(ours: str, theirs: str) -> None:
    assert same_text(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"), [("Спасибо!", "Спасибо"), ("Спасибо", "СПАСИБО"), ("Спасибо", ""), ("да", "д а")]
)
def test_texts_that_read_differently_are_not_the_same(ours: str, theirs: str) -> None:
    assert not same_text(ours, theirs)
