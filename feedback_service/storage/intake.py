"""Decides what an item that a platform lists as unanswered means for what we already keep of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import AnswerState, FeedbackStatus, Item, fingerprint
from feedback_service.domain.identity import ItemId

LISTING_LAG = timedelta(hours=1)
"""A list may have been read before our answer landed, or from a copy that lags: what we finished is believed longer."""


class Meaning(Enum):
    KNOWN = auto()
    EDITED = auto()
    REOPENED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of the item; `delivery` is its live dispatch's status."""

    id: int
    status: FeedbackStatus
    revision: int
    fingerprint: str
    changed_at: datetime
    delivery: DispatchStatus | None = None
    dispatch_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The circumstances under which the item is listed; `supplement` is a later item that tells its story."""

    now: datetime
    reopen_edited: bool
    supplement: ItemId | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What to do: `to` None does nothing."""

    meaning: Meaning
    to: FeedbackStatus | None = None
    because: str = ""


KNOWN = Intake(Meaning.KNOWN)


def told_in(supplement: ItemId) -> str:
    """Why an item that was supplemented gets no answer of its own."""
    return f"told in its supplement {supplement}"


def take_in(item: Item, kept: Kept, listing: Listing) -> Intake:
    """The decision for an item that is kept already."""
    if fingerprint(item) != kept.fingerprint:
        return _edited(kept, listing)
    if item.answer is not None and item.answer.state is not AnswerState.REJECTED:
        return KNOWN  # listed for another reason than that it has no answer
    if listing.now - kept.changed_at < LISTING_LAG or listing.supplement is not None:
        return KNOWN
    match kept.status:
        case FeedbackStatus.ANSWERED:
            because = "answered by us, yet the platform shows no answer any more"
            return Intake(Meaning.REOPENED, FeedbackStatus.HELD, because)
        case FeedbackStatus.CLOSED:
            return Intake(Meaning.REOPENED, FeedbackStatus.COLLECTED, "the platform shows no answer")
        case _:
            return KNOWN


def _edited(kept: Kept, listing: Listing) -> Intake:
    match kept.status:
        case FeedbackStatus.APPROVED if kept.delivery not in (None, DispatchStatus.PENDING):
            return KNOWN
        case FeedbackStatus.ANSWERED if listing.reopen_edited:
            return Intake(Meaning.REOPENED, FeedbackStatus.COLLECTED, "edited by its customer after our answer")
        case FeedbackStatus.ANSWERED:
            return KNOWN
        case FeedbackStatus.CLOSED if listing.supplement is not None:
            return KNOWN
        case FeedbackStatus.CLOSED:
            return Intake(Meaning.REOPENED, FeedbackStatus.COLLECTED, "edited by its customer, and not answered")
        case _:
            return Intake(Meaning.EDITED, FeedbackStatus.COLLECTED, "edited by its customer")
