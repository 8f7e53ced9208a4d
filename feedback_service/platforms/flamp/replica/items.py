"""Reviews and official answers, as Flamp keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from feedback_service.ports.replica import SandboxCustomer

Verdict = Literal["approve", "reject", "pending"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
State = Literal["visible", "moderating", "rejected"]

FLAMP, ELSEWHERE = "flamp", "2gis"
_BEST = 5


@dataclass(frozen=True, slots=True)
class Moderation:
    """What will be said of an answer, `delay` seconds after it was sent."""

    verdict: Verdict = "approve"
    delay: float = 0.0
    reason: str = "Реклама"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One official answer; the API shows it from `seen_from` on (epoch seconds).

    `by_hand`: a colleague of ours wrote it, not the account whose writes the ledger counts.
    """

    id: int
    text: str
    sent_at: float
    seen_from: float
    moderation: Moderation = Moderation()
    by_hand: bool = False

    def state(self, at: float) -> State:
        """Moderating until a verdict has fallen."""
        if self.moderation.verdict == "pending" or at < self.sent_at + self.moderation.delay:
            return "moderating"
        return "visible" if self.moderation.verdict == "approve" else "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review of one filial. What is gone was taken from the site; `provider` is the site it was written on."""

    id: int
    filial: str
    customer: SandboxCustomer
    provider: str = FLAMP
    edited: bool = False
    answers: tuple[Answer, ...] = ()
    gone: bool = False

    @property
    def item(self) -> str:
        """How the sandbox calls it: as the short address /r/{filial}/{number} does, the only public name it has."""
        return f"{self.filial}/{self.id}"

    @property
    def rating(self) -> int:
        """A review without stars does not exist here."""
        return self.customer.rating or _BEST

    @property
    def text(self) -> str:
        """One field for all that the customer wrote."""
        return "\n".join(part for part in (self.customer.text, self.customer.pros, self.customer.cons) if part)

    def public(self, at: float) -> tuple[Answer, ...]:
        """The answers that everybody sees, in the order they came."""
        return tuple(one for one in self.answers if one.seen_from <= at and one.state(at) == "visible")

    def latest(self) -> Answer | None:
        """The answer that was sent last, whatever became of it."""
        return self.answers[-1] if self.answers else None
