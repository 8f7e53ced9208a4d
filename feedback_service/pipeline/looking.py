"""Looks at the items of several dispatches, kind by kind, as their numbers and the right to see them may differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Sighting
from feedback_service.domain.errors import Unavailable
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import DispatchId
from feedback_service.domain.redelivery import Redelivery
from feedback_service.pipeline.writing import PAUSE, outcome
from feedback_service.ports.platform import Collector
from feedback_service.ports.storage import Outcome

UNSEEN = "its item cannot be looked at: out of reach, or of a kind that the account's subscription lacks"


async def look(connector: Collector, dispatches: Sequence[Dispatch]) -> dict[DispatchId, Sighting]:
    """What stands on the platform for each dispatch.

    A kind that is not part of the account's subscription is left out while another kind can be seen, and so is an
    item that the platform shows too far down to be reached.
    Raises Retryable or AccountFault where nothing can be seen.
    """
    found: dict[DispatchId, Sighting] = {}
    closed: Unavailable | None = None
    for kind in dict.fromkeys(one.ref.kind for one in dispatches):
        mine = [one for one in dispatches if one.ref.kind is kind]
        try:
            sightings = await connector.sight([one.ref for one in mine])
        except Unavailable as problem:
            closed = problem
            continue
        found |= {one.id: sightings[one.ref.item_id] for one in mine if one.ref.item_id in sightings}
    if closed is not None and not found:
        raise closed
    return found


def unseen(dispatch: Dispatch, rules: Redelivery, now: datetime) -> Outcome:
    """What becomes of a dispatch that was left out: it waits, and after `give_up` a person is told."""
    if _waited(dispatch, now) < rules.give_up:
        return outcome(dispatch, None, UNSEEN, delay=PAUSE)
    because = f"for {rules.give_up} {UNSEEN}"
    if dispatch.status is not DispatchStatus.PENDING:
        because = f"see on the platform whether our answer stands there: {because}"
    return outcome(dispatch, DispatchStatus.REFUSED, because, FeedbackStatus.HELD)


def _waited(dispatch: Dispatch, now: datetime) -> timedelta:
    """Since the write; where none was made, by the looks that were in vain."""
    if dispatch.status is DispatchStatus.PENDING or dispatch.sent_at is None:
        return dispatch.looks * PAUSE
    return now - dispatch.sent_at
