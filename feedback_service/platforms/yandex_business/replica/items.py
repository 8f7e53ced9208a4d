"""Reviews and answers as the platform keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from feedback_service.ports.replica import SandboxCustomer

Verdict = Literal["approve", "reject", "pending"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

APPROVED, WAITING, DECLINED = "approved", "pending", "rejected"


@dataclass(frozen=True, slots=True)
class Moderation:
    """What moderation will say of an answer, how many seconds after it was sent, and in what word if not ours."""

    verdict: Verdict = "approve"
    delay: float = 0.0
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The organisation's answer as it stands."""

    text: str
    sent_at: float
    moderation: Moderation = Moderation()

    def state(self, at: float) -> str:
        """`WAITING` until moderation has spoken, then `APPROVED` or `DECLINED`."""
        if at < self.sent_at + self.moderation.delay or self.moderation.verdict == "pending":
            return WAITING
        return APPROVED if self.moderation.verdict == "approve" else DECLINED

    def word(self, at: float) -> str:
        """The state as the cabinet words it."""
        state = self.state(at)
        return state if state == APPROVED or self.moderation.word is None else self.moderation.word


@dataclass(frozen=True, slots=True)
class Review:
    """A review of one organisation; `number` counts all of the account in the order they came."""

    id: str
    number: int
    organisation: int
    customer: SandboxCustomer
    answer: Answer | None = None
    is_read: bool = False
    is_removed: bool = False

    @property
    def rating(self) -> int:
        return 5 if self.customer.rating is None else self.customer.rating

    @property
    def text(self) -> str:
        """The platform has one field for what a customer says."""
        parts = (self.customer.text, self.customer.pros, self.customer.cons)
        return "\n".join(part for part in parts if part)

    def state(self, at: float) -> str:
        if self.is_removed:
            return "removed"
        return self.answer.state(at) if self.answer else "none"
