"""One delivery of one answer: what is to be sent, what the platform said, what a re-read showed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedback_service.domain.feedback import Item, Kind, PublishedAnswer
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId


class DispatchStatus(StrEnum):
    """Where one delivery stands; the transitions are in domain/lifecycle."""

    PENDING = "pending"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    RETRACTING = "retracting"
    RETRACTED = "retracted"


class Action(StrEnum):
    ANSWER = "answer"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class ItemRef:
    """Enough to find an item on its platform again; `created_at` lets a bulk reading be cut by date."""

    item_id: ItemId
    kind: Kind
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One outbox entry.

    `fingerprint` is that of the customer's words the text was approved for. `previous_text` is what stood there
    before an EDIT. `looks` counts the re-reads since the last write.
    `sent_at` is when the last write began. `receipt_id` is the platform's id of the answer, where it gave one.
    """

    id: DispatchId
    feedback_id: FeedbackId
    account_id: AccountId
    ref: ItemRef
    action: Action
    text: str
    fingerprint: str
    status: DispatchStatus
    revision: int
    attempts: int = 0
    looks: int = 0
    previous_text: str = ""
    sent_at: datetime | None = None
    receipt_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform took the write; that is not yet "published". `platform_id` is the answer's id where there is one."""

    at: datetime
    platform_id: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a re-read of one item showed; `item` is None where the platform does not know the id (any more)."""

    item: Item | None
    seen_at: datetime

    @property
    def answer(self) -> PublishedAnswer | None:
        return self.item.answer if self.item else None
