"""Reviews, questions and answers as the platform keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from feedback_service.ports.replica import SandboxCustomer

Verdict = Literal["approve", "reject", "pending"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

DAY = 86400.0
# Source: Wildberries OpenAPI "Общение с покупателями", 2026-07.
EDIT_WINDOW = 60 * DAY
ARCHIVE_AFTER = 30 * DAY

SHOWN, IN_REVIEW, DECLINED = "wbRu", "reviewRequired", "rejected"
QUESTION_NEW, QUESTION_ANSWERED, QUESTION_REJECTED = "suppliersPortalSynch", "wbRu", "none"


@dataclass(frozen=True, slots=True)
class Moderation:
    """What moderation will say of an answer, and how many seconds after it was sent."""

    verdict: Verdict = "approve"
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The seller's answer as it stands; `sent_at` is the first sending, `checked_from` the last one."""

    text: str
    sent_at: float
    checked_from: float
    moderation: Moderation = Moderation()
    edited: bool = False

    def state(self, at: float) -> str:
        """`reviewRequired` until moderation has spoken, then `wbRu` or `rejected`."""
        settled = at >= self.checked_from + self.moderation.delay
        if not settled or self.moderation.verdict == "pending":
            return IN_REVIEW
        return SHOWN if self.moderation.verdict == "approve" else DECLINED

    def editable(self, at: float) -> bool:
        """Once, within 60 days, and not after it was declined."""
        return not self.edited and at < self.sent_at + EDIT_WINDOW and self.state(at) != DECLINED


@dataclass(frozen=True, slots=True)
class Review:
    """A review, perhaps continuing an earlier one (`parent`) or continued by a later one (`child`)."""

    id: str
    customer: SandboxCustomer
    answer: Answer | None = None
    parent: str | None = None
    child: str | None = None
    return_asked_at: float | None = None

    @property
    def answered(self) -> bool:
        return self.answer is not None

    @property
    def viewed(self) -> bool:
        return self.answered

    @property
    def returnable(self) -> bool:
        return self.return_asked_at is None and (self.customer.rating or 5) <= 2

    def archived(self, at: float) -> bool:
        """Answered, or 30 days old, or without text and photo."""
        said = self.customer.text or self.customer.pros or self.customer.cons or self.customer.photos
        return self.answered or not said or at >= self.customer.created_at + ARCHIVE_AFTER


@dataclass(frozen=True, slots=True)
class Question:
    """A question; a rejected one keeps the text it was rejected with."""

    id: str
    customer: SandboxCustomer
    answer: Answer | None = None
    rejected: bool = False
    viewed: bool = False

    @property
    def answered(self) -> bool:
        return self.answer is not None

    @property
    def state(self) -> str:
        if self.rejected:
            return QUESTION_REJECTED
        return QUESTION_ANSWERED if self.answered else QUESTION_NEW
