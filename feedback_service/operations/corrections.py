"""Which answer of ours stands on a platform, and whether and how it may still be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus
from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.feedback import Feedback
from feedback_service.pipeline.last_look import NOTHING_TO_EDIT
from feedback_service.ports.platform import PlatformSpec
from feedback_service.ports.storage import Approval

STANDS = frozenset({DispatchStatus.CONFIRMED, DispatchStatus.CLOSED})
"""How the last delivery of an answered feedback ended; closed, where our text was found to stand there already."""


def published(dispatches: Sequence[Dispatch]) -> Dispatch | None:
    """The delivery that an answered feedback owes its answer to, corrections that came to nothing aside."""
    kept = [one for one in dispatches if one.status is not DispatchStatus.WITHDRAWN and not _failed_edit(one)]
    return kept[-1] if kept and kept[-1].status in STANDS else None


def _failed_edit(one: Dispatch) -> bool:
    return one.action is Action.EDIT and one.status in {DispatchStatus.REFUSED, DispatchStatus.RETRACTED}


def check_correction(dispatches: Sequence[Dispatch], spec: PlatformSpec, now: datetime) -> None:
    """Raise NotAllowed where the platform takes no (more) correction of the answer given last."""
    if spec.edit_window is None:
        raise NotAllowed(f"{spec.title} does not let answers be edited")
    given = [number for number, one in enumerate(dispatches) if one.action is Action.ANSWER]
    since = dispatches[given[-1] :] if given else dispatches
    edits = [one for one in since if one.action is Action.EDIT and one.status is DispatchStatus.CONFIRMED]
    if spec.edits and len(edits) >= spec.edits:
        raise NotAllowed(f"{spec.title} lets an answer be edited {spec.edits} time(s) only, and that is used up")
    sent_at = since[0].sent_at
    if sent_at is not None and now - sent_at > spec.edit_window:
        raise NotAllowed(f"{spec.title} lets an answer be edited within {spec.edit_window.days} days only")


def approval_of(text: str, feedback: Feedback, dispatches: Sequence[Dispatch]) -> Approval:
    """The delivery that a text needs: a correction where an answer stood before, or where a correction failed.

    Once it has failed because there was nothing to correct any more, a new answer is needed.
    """
    last = dispatches[-1] if dispatches else None
    failed = last is not None and last.status in {DispatchStatus.REFUSED, DispatchStatus.WITHDRAWN}
    correction = last if last is not None and failed and last.action is Action.EDIT else None
    if correction is not None and correction.note == NOTHING_TO_EDIT:
        return Approval(text)
    there = feedback.item.answer
    if there is not None:
        return Approval(text, Action.EDIT, there.text)
    return Approval(text, Action.EDIT, correction.previous_text) if correction is not None else Approval(text)
