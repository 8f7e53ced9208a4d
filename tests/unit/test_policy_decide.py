"""Who may publish an answer, and what its length and its next attempt must be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.domain.feedback import Question, Review
from feedback_service.domain.identity import ItemId
from feedback_service.domain.policy import (
    LengthUnit,
    Redelivery,
    TextLimit,
    decide,
    is_stars_only,
    length_finding,
    redelivery_delay,
    with_classification,
)
from feedback_service.domain.reply import Classification, Sentiment, Urgency
from feedback_service.domain.supplier import AnswerPolicy, Decision

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def review(rating: int = 5, text: str = "Хороший чайник", age: timedelta = timedelta(hours=1)) -> Review:
    return Review(item_id=ItemId("r1"), created_at=NOW - age, rating=rating, text=text)


@pytest.mark.parametrize(
    ("rating", "decision"),
    [(1, Decision.SKIP), (2, Decision.APPROVE), (5, Decision.AUTO), (0, Decision.APPROVE), (9, Decision.APPROVE)],
)
def test_a_review_is_decided_by_its_stars_and_unnamed_stars_wait_for_a_person(rating: int, decision: Decision) -> None:
    policy = AnswerPolicy(reviews={1: Decision.SKIP, 5: Decision.AUTO})

    assert decide(policy, review(rating), NOW) is decision


def test_a_question_is_decided_by_its_own_rule() -> None:
    question = Question(item_id=ItemId("q1"), created_at=NOW, text="Какой объём?")

    assert decide(AnswerPolicy(), question, NOW) is Decision.APPROVE
    assert decide(AnswerPolicy(questions=Decision.AUTO), question, NOW) is Decision.AUTO


def test_the_stars_only_rule_wins_over_the_stars_where_there_are_no_words() -> None:
    policy = AnswerPolicy(stars_only=Decision.AUTO)

    assert decide(policy, review(1, text=" "), NOW) is Decision.AUTO
    assert decide(policy, review(1, text="Протекает"), NOW) is Decision.APPROVE
    assert decide(AnswerPolicy(), review(1, text=""), NOW) is Decision.APPROVE


def test_what_is_older_than_the_policy_answers_is_skipped() -> None:
    policy = AnswerPolicy(max_age=timedelta(days=30))

    assert decide(policy, review(age=timedelta(days=31)), NOW) is Decision.SKIP
    assert decide(policy, review(age=timedelta(days=30)), NOW) is Decision.AUTO
    assert decide(AnswerPolicy(), review(age=timedelta(days=3000)), NOW) is Decision.AUTO


@pytest.mark.parametrize(
    ("text", "alone"), [("", True), (" …\n", True), ("---", True), ("👍", False), ("ок", False), ("10", False)]
)
def test_only_what_says_nothing_counts_as_stars_only(text: str, alone: bool) -> None:
    assert is_stars_only(review(text=text)) is alone


def test_words_in_the_pros_or_cons_are_words() -> None:
    assert not is_stars_only(Review(item_id=ItemId("r"), created_at=NOW, rating=5, cons="дорого"))


@pytest.mark.parametrize("before", list(Decision))
@pytest.mark.parametrize(("needs_person", "urgency"), [(True, Urgency.LOW), (False, Urgency.HIGH)])
def test_what_needs_a_person_never_goes_out_by_itself(before: Decision, needs_person: bool, urgency: Urgency) -> None:
    meaning = Classification(sentiment=Sentiment.POSITIVE, needs_person=needs_person, urgency=urgency)

    after = with_classification(before, meaning)

    assert after is (Decision.APPROVE if before is Decision.AUTO else before)


def test_what_needs_nobody_keeps_its_decision() -> None:
    assert with_classification(Decision.AUTO, Classification(sentiment=Sentiment.NEUTRAL)) is Decision.AUTO


@pytest.mark.parametrize(
    ("text", "limit", "fits"),
    [
        ("аб", TextLimit(2, 2), True),
        ("а", TextLimit(2, 5), False),
        ("абв", TextLimit(1, 2), False),
        ("аб", TextLimit(1, 3, LengthUnit.BYTES), False),
        ("👍", TextLimit(1, 1, LengthUnit.CHARACTERS), True),
        ("👍", TextLimit(1, 1, LengthUnit.UTF16), False),
    ],
)
def test_the_length_is_judged_in_the_platforms_own_unit(text: str, limit: TextLimit, fits: bool) -> None:
    finding = length_finding(text, limit)

    assert (finding is None) is fits
    assert finding is None or (finding.rule == "length" and str(limit.measure(text)) in finding.explanation)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 10), (2, 60), (3, 600), (7, 600)])
def test_each_attempt_waits_longer_and_the_last_wait_repeats(attempts: int, seconds: int) -> None:
    assert redelivery_delay(attempts, Redelivery()) == timedelta(seconds=seconds)


def test_after_the_last_attempt_there_is_no_next_one() -> None:
    assert redelivery_delay(8, Redelivery(attempts=8)) is None


def test_the_platforms_own_wait_counts_where_it_is_longer() -> None:
    assert redelivery_delay(1, Redelivery(), retry_after=timedelta(minutes=5)) == timedelta(minutes=5)
    assert redelivery_delay(3, Redelivery(), retry_after=timedelta(minutes=5)) == timedelta(minutes=10)
