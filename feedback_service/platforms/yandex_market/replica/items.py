"""Reviews, questions and the comments below them as the platform keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from feedback_service.ports.replica import SandboxCustomer

Verdict = Literal["approve", "reject", "pending"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

# Source: Partner API OpenAPI, 2026-07, GoodsFeedbackCommentStatusType.
PUBLISHED, UNMODERATED, BANNED, DELETED = "PUBLISHED", "UNMODERATED", "BANNED", "DELETED"
AuthorKind = Literal["USER", "BUSINESS"]


@dataclass(frozen=True, slots=True)
class Moderation:
    """What moderation will say of a comment, how many seconds after it was written, and why if it says no."""

    verdict: Verdict = "approve"
    delay: float = 0.0
    reason: str = "Текст не прошёл проверку"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment to a review, an answer to a question, or a comment to one of these (`parent`)."""

    id: int
    item: int
    text: str
    author: str
    created_at: float
    checked_from: float
    kind: AuthorKind = "BUSINESS"
    parent: int | None = None
    moderation: Moderation = Moderation()
    deleted: bool = False

    @property
    def own(self) -> bool:
        """Written by the seller, who alone may change it."""
        return self.kind == "BUSINESS"

    def status(self, at: float) -> str:
        """UNMODERATED until moderation has spoken, then PUBLISHED or BANNED; DELETED in the end."""
        if self.deleted:
            return DELETED
        if at < self.checked_from + self.moderation.delay or self.moderation.verdict == "pending":
            return UNMODERATED
        return PUBLISHED if self.moderation.verdict == "approve" else BANNED

    def stands(self, at: float) -> bool:
        """Whether a customer sees it or will see it."""
        return self.status(at) in (PUBLISHED, UNMODERATED)


@dataclass(frozen=True, slots=True)
class Item:
    """A review or a question; `waiting` is `needReaction` of a review."""

    id: int
    customer: SandboxCustomer
    waiting: bool = True

    @property
    def is_question(self) -> bool:
        return self.customer.kind == "question"

    @property
    def created_at(self) -> float:
        """When it was published, in whole milliseconds, as the answers show it."""
        return int(self.customer.created_at * 1000) / 1000
