"""What a re-read of the platform means for a delivery that was accepted, or that fell in doubt."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, Sighting
from feedback_service.domain.feedback import AnswerState, FeedbackStatus, PublishedAnswer, fingerprint
from feedback_service.domain.redelivery import Redelivery, nth_wait, redelivery_delay

LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f]")
DEEPEST_ESCAPE = 3
"""Times that a platform may have escaped an escaped text; more was never seen."""
BY_HAND = "our answer still stands on the platform, do it there by hand"
"""Begins the note of a retraction that failed: what stands there is then known, and is no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What becomes of a dispatch and its feedback; `to` None looks again after `delay`, None leaves the feedback."""

    to: DispatchStatus | None
    because: str
    feedback_to: FeedbackStatus | None = None
    delay: timedelta = timedelta(0)


class Shown(Enum):
    """What stands under the customer's words, seen from one dispatch."""

    OURS_VISIBLE = auto()
    OURS_MODERATING = auto()
    OURS_REJECTED = auto()
    OURS_CHANGED = auto()
    ANOTHER = auto()
    ABSENT = auto()
    ITEM_GONE = auto()


def judge(dispatch: Dispatch, sighting: Sighting, now: datetime, redelivery: Redelivery) -> Judgement:
    """Decide over a SENT or IN_DOUBT dispatch by what the platform shows now.

    `dispatch.looks` counts the re-reads before this one.

    Why an IN_DOUBT write may be repeated after `settle`: a dispatch falls in doubt only when our side of the write is
    over (connection closed, time limit reached, or the sender's `send_window` ran out), so nothing new leaves us. What
    may still happen is inside the platform: the request lies in a queue, or the copy that we read lags. Each look of
    `settle` gives it more time, and only the last one, still without an answer, lets us repeat. What remains is a
    platform that lands a write later than the sum of `settle` after we hung up: there the second write is refused or
    replaces the first where a platform keeps one answer per item (all that have an API do), else it would show twice.
    A platform without that guard needs longer waits in its SPEC; one of which the looks rest on guesses says
    `doubt_ends_with_a_person`, and there nothing is repeated by itself.
    """
    match shown(dispatch, sighting):
        case Shown.OURS_VISIBLE:
            return Judgement(
                to=DispatchStatus.CONFIRMED,
                feedback_to=FeedbackStatus.ANSWERED,
                because="the platform shows our answer",
            )
        case Shown.OURS_MODERATING:
            return _moderating(dispatch, now, redelivery)
        case Shown.OURS_REJECTED:
            reason = sighting.answer.reason if sighting.answer else ""
            return _to_a_person(f"the platform's moderation rejected the answer: {reason or 'no reason given'}")
        case Shown.OURS_CHANGED:
            return _to_a_person(f"{BY_HAND} or leave it: it reads otherwise than it was approved")
        case Shown.ANOTHER:
            return Judgement(
                to=DispatchStatus.CLOSED, feedback_to=FeedbackStatus.CLOSED, because="answered by somebody else"
            )
        case Shown.ITEM_GONE if _is_early(dispatch, redelivery):
            return _look_again(dispatch, redelivery, "in doubt, and the item is not to be seen")
        case Shown.ITEM_GONE:
            return _to_a_person("the item is not on the platform (any more)")
        case Shown.ABSENT if dispatch.status is DispatchStatus.IN_DOUBT:
            return _absent_in_doubt(dispatch, sighting, redelivery)
        case Shown.ABSENT:
            return _absent_though_accepted(dispatch, redelivery)


def judge_retraction(dispatch: Dispatch, sighting: Sighting, redelivery: Redelivery) -> Judgement:
    """Decide over a RETRACTING dispatch by what the platform shows now: gone, to be asked for again, or a person's."""
    if is_retracted(dispatch, sighting):
        edit = dispatch.action is Action.EDIT and sighting.answer is not None
        return Judgement(
            to=DispatchStatus.RETRACTED,
            feedback_to=FeedbackStatus.ANSWERED if edit else FeedbackStatus.HELD,
            because="the text before stands there again" if edit else "our answer is off the platform",
        )
    if dispatch.looks >= redelivery.attempts:
        return _to_a_person(f"{BY_HAND}: it could not be taken off")
    wait = nth_wait(redelivery.delays, dispatch.looks)
    return Judgement(to=None, because="our answer still stands there", delay=wait)


def is_retracted(dispatch: Dispatch, sighting: Sighting) -> bool:
    """Whether the platform no longer shows what the dispatch wrote; an answer of another id is not ours to judge."""
    answer = sighting.answer
    if sighting.item is None or answer is None:
        return True
    if dispatch.action is Action.EDIT:
        return same_text(answer.text, dispatch.previous_text)
    if dispatch.receipt_id and answer.platform_id:
        return answer.platform_id != dispatch.receipt_id
    return answer.state is AnswerState.REJECTED


def shown(dispatch: Dispatch, sighting: Sighting) -> Shown:
    """What stands there: our text, another one, or nothing (a rejected text of another hand counts as nothing)."""
    if sighting.item is None:
        return Shown.ITEM_GONE
    answer = sighting.answer
    if answer is None:
        return Shown.ABSENT
    if answer.state is AnswerState.MODERATING and not answer.text:
        return Shown.OURS_MODERATING  # a platform that hides what it moderates; ours if anybody's, until it shows
    if same_text(answer.text, dispatch.text):
        return _ours(answer)
    if answer.state is AnswerState.REJECTED or _still_unedited(dispatch, answer):
        return Shown.ABSENT
    if dispatch.receipt_id and answer.platform_id == dispatch.receipt_id:
        return Shown.OURS_CHANGED
    return Shown.ANOTHER


def same_text(left: str, right: str) -> bool:
    """Whether two texts are one to a reader: white space, line ends, escapes and invisible signs do not count."""
    return _as_read(left) == _as_read(right)


def _as_read(text: str) -> str:
    for _ in range(DEEPEST_ESCAPE):
        text, before = html.unescape(text), text
        if text == before:
            break
    text = LINE_BREAK_TAG.sub("\n", text)
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def _ours(answer: PublishedAnswer) -> Shown:
    match answer.state:
        case AnswerState.VISIBLE:
            return Shown.OURS_VISIBLE
        case AnswerState.MODERATING:
            return Shown.OURS_MODERATING
        case AnswerState.REJECTED:
            return Shown.OURS_REJECTED


def _still_unedited(dispatch: Dispatch, answer: PublishedAnswer) -> bool:
    return dispatch.action is Action.EDIT and same_text(answer.text, dispatch.previous_text)


def _moderating(dispatch: Dispatch, now: datetime, redelivery: Redelivery) -> Judgement:
    if dispatch.sent_at is not None and now - dispatch.sent_at >= redelivery.give_up:
        return _to_a_person(f"the platform still moderates the answer after {redelivery.give_up}")
    if dispatch.status is DispatchStatus.IN_DOUBT:  # seen, so the write landed: it must never be repeated
        return Judgement(
            to=DispatchStatus.SENT, because="the platform moderates our answer", delay=redelivery.confirm[0]
        )
    wait = nth_wait(redelivery.confirm, dispatch.looks + 1)
    return Judgement(to=None, because="the platform moderates our answer", delay=wait)


def _absent_though_accepted(dispatch: Dispatch, redelivery: Redelivery) -> Judgement:
    """A wrong id may be accepted and show nothing for ever, so the waits of `confirm` are used up once and no more."""
    if dispatch.looks + 1 < len(redelivery.confirm):
        wait = nth_wait(redelivery.confirm, dispatch.looks + 1)
        return Judgement(to=None, because="accepted, not shown yet", delay=wait)
    return _to_a_person("the platform accepted the answer but does not show it")


def _is_early(dispatch: Dispatch, redelivery: Redelivery) -> bool:
    """Whether a write in doubt may still land: a person who was told sooner could have another one sent beside it."""
    return dispatch.status is DispatchStatus.IN_DOUBT and dispatch.looks + 1 < len(redelivery.settle)


def _look_again(dispatch: Dispatch, redelivery: Redelivery, because: str) -> Judgement:
    return Judgement(to=None, because=because, delay=nth_wait(redelivery.settle, dispatch.looks + 1))


def _absent_in_doubt(dispatch: Dispatch, sighting: Sighting, redelivery: Redelivery) -> Judgement:
    if _is_early(dispatch, redelivery):
        return _look_again(dispatch, redelivery, "in doubt, not shown yet")
    if redelivery.doubt_ends_with_a_person:
        return _to_a_person("nobody knows whether the write landed, and nothing is to be seen of it: look there")
    if sighting.item is not None and fingerprint(sighting.item) != dispatch.fingerprint:
        return Judgement(
            to=DispatchStatus.CLOSED,
            feedback_to=FeedbackStatus.COLLECTED,
            because="the write did not land, and the customer has edited the words since",
        )
    wait_or_none = redelivery_delay(dispatch.attempts, redelivery)
    if wait_or_none is None:
        return _to_a_person(f"the write did not land in {dispatch.attempts} attempts")
    return Judgement(to=DispatchStatus.PENDING, because="the write did not land", delay=wait_or_none)


def _to_a_person(because: str) -> Judgement:
    return Judgement(to=DispatchStatus.REFUSED, feedback_to=FeedbackStatus.HELD, because=because)
