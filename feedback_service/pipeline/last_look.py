"""Judges by a last look, just before sending, whether an approved answer is still to be sent."""

from __future__ import annotations

from datetime import timedelta

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, Sighting
from feedback_service.domain.feedback import AnswerState, FeedbackStatus, Item, PublishedAnswer, fingerprint
from feedback_service.domain.redelivery import Redelivery, nth_wait
from feedback_service.ports.storage import Outcome

NOTHING_TO_EDIT = "the answer to be edited is not there, or reads otherwise by now"


def before_sending(dispatch: Dispatch, sighting: Sighting, rules: Redelivery) -> Outcome | None:
    """What makes a sending needless or wrong; None: send, unless the customer has edited the words."""
    answer = sighting.answer
    if sighting.item is None:
        return _to_a_person(dispatch, "the platform does not show the item any more")
    if answer is not None and answer.state is AnswerState.MODERATING:
        return _moderated(dispatch, rules)
    if answer is not None and same_text(answer.text, dispatch.text) and answer.state is not AnswerState.REJECTED:
        return _closed(dispatch, "our text stands there already", FeedbackStatus.ANSWERED)
    if dispatch.action is Action.EDIT:
        return _before_edit(dispatch, answer)
    if answer is not None and answer.state is not AnswerState.REJECTED:
        return _closed(dispatch, "answered by somebody else meanwhile", FeedbackStatus.CLOSED)
    return None


def edited_item(dispatch: Dispatch, sighting: Sighting) -> Item | None:
    """The item as it reads now, where its customer changed it after the text was approved."""
    item = sighting.item
    if item is None or dispatch.action is Action.EDIT:
        return None
    return item if fingerprint(item) != dispatch.fingerprint else None


def _moderated(dispatch: Dispatch, rules: Redelivery) -> Outcome:
    """Whoever wrote what is moderated, it may yet be rejected: only then is there room for ours. Not for ever."""
    wait = nth_wait(rules.confirm, len(rules.confirm))
    if dispatch.looks * wait >= rules.give_up:
        return _to_a_person(dispatch, f"the platform has moderated another answer for {rules.give_up}")
    return _outcome(dispatch, None, "the platform moderates an answer", delay=wait)


def _before_edit(dispatch: Dispatch, answer: PublishedAnswer | None) -> Outcome | None:
    if answer is None or not same_text(answer.text, dispatch.previous_text):
        return _to_a_person(dispatch, NOTHING_TO_EDIT)
    if answer.editable is False:
        return _to_a_person(dispatch, "the platform does not let this answer be edited any more")
    return None


def _to_a_person(dispatch: Dispatch, because: str) -> Outcome:
    return _outcome(dispatch, DispatchStatus.REFUSED, because, FeedbackStatus.HELD)


def _closed(dispatch: Dispatch, because: str, feedback_to: FeedbackStatus) -> Outcome:
    return _outcome(dispatch, DispatchStatus.CLOSED, because, feedback_to)


def _outcome(
    dispatch: Dispatch,
    to: DispatchStatus | None,
    because: str,
    feedback_to: FeedbackStatus | None = None,
    delay: timedelta = timedelta(0),
) -> Outcome:
    return Outcome(dispatch=dispatch, to=to, because=because, feedback_to=feedback_to, delay=delay)
