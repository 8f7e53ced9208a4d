"""What customers wrote: reviews and questions as the platform shows them, and as we keep them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedback_service.domain.identity import AccountId, FeedbackId, ItemId, PlatformKey, SupplierKey
from feedback_service.domain.reply import Classification, Draft


class Kind(StrEnum):
    REVIEW = "review"
    QUESTION = "question"


class AnswerState(StrEnum):
    """What the platform says of an answer that it holds."""

    VISIBLE = "visible"
    MODERATING = "moderating"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """An answer as the platform holds it, whoever wrote it; `editable` is None where the platform does not say.

    `platform_id` is the platform's own id of the answer, empty where it has none.
    """

    text: str
    state: AnswerState
    editable: bool | None = None
    reason: str = ""
    platform_id: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    sku: str = ""
    name: str = ""
    brand: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review as read from a platform; it has no id of ours yet.

    `parent` is the review that this one supplements, `child` the one that supplements it: one customer's story.
    """

    item_id: ItemId
    created_at: datetime
    rating: int
    text: str = ""
    pros: str = ""
    cons: str = ""
    author: str = ""
    product: Product = field(default_factory=Product)
    photos: int = 0
    videos: int = 0
    parent: ItemId | None = None
    child: ItemId | None = None
    answer: PublishedAnswer | None = None

    @property
    def kind(self) -> Kind:
        return Kind.REVIEW

    @property
    def words(self) -> str:
        """All that the customer wrote, in reading order; empty where there are only stars."""
        return "\n".join(part for part in (self.text, self.pros, self.cons) if part.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as read from a platform; it has no id of ours yet."""

    item_id: ItemId
    created_at: datetime
    text: str
    author: str = ""
    product: Product = field(default_factory=Product)
    answer: PublishedAnswer | None = None

    @property
    def kind(self) -> Kind:
        return Kind.QUESTION

    @property
    def words(self) -> str:
        return self.text


Item = Review | Question


def fingerprint(item: Item) -> str:
    """A short digest of what the customer said: another one means that a draft made for it is stale."""
    rating = item.rating if isinstance(item, Review) else ""
    parts = [item.kind, str(rating), item.text]
    if isinstance(item, Review):
        parts += [item.pros, item.cons]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class FeedbackStatus(StrEnum):
    """Where one feedback stands; the transitions are in domain/lifecycle."""

    COLLECTED = "collected"
    CLASSIFIED = "classified"
    DRAFTED = "drafted"
    HELD = "held"
    APPROVED = "approved"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A review or question that we keep.

    `revision` grows by one with every change of state and is what compare-and-set compares. `attempts` counts the
    claims since the last change of state. `note` is the reason of the last change; `redrafts` counts how often the
    guard sent a draft back. `prior` is what the same customer wrote before (a supplemented review), oldest first.
    """

    id: FeedbackId
    account_id: AccountId
    supplier: SupplierKey
    platform: PlatformKey
    item: Item
    status: FeedbackStatus
    revision: int
    attempts: int = 0
    redrafts: int = 0
    note: str = ""
    classification: Classification | None = None
    draft: Draft | None = None
    prior: tuple[Item, ...] = ()
