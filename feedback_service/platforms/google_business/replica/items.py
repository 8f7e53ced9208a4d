"""Reviews and the replies to them, as Google keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from feedback_service.ports.replica import SandboxCustomer

Verdict = Literal["approve", "reject", "pending"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
State = Literal["PENDING", "APPROVED", "REJECTED"]
_BEST = 5


@dataclass(frozen=True, slots=True)
class Moderation:
    """What will be said of a reply, `delay` seconds after it was sent; `reason` is the policyViolation."""

    verdict: Verdict = "approve"
    delay: float = 0.0
    reason: str = "GENERIC_VIOLATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One text that was a review's reply once. Reads see it from `seen_from` on; both times are epoch seconds.

    `edits`: it took the place of another one, as an edit does; `by_hand`: the owner wrote it on Google's own pages.
    """

    text: str
    sent_at: float
    seen_from: float
    edits: bool = False
    by_hand: bool = False
    moderation: Moderation = Moderation()

    def state(self, at: float) -> State:
        """Pending until moderation has spoken."""
        if self.moderation.verdict == "pending" or at < self.sent_at + self.moderation.delay:
            return "PENDING"
        return "APPROVED" if self.moderation.verdict == "approve" else "REJECTED"

    def stands(self, at: float) -> bool:
        """Whether it is the answer, or may still become it."""
        return self.state(at) != "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review of the location of that number. `name` is the resource's; times are nanoseconds.

    `replies` are the last one and those whose place it took, back to the last deletion. What is gone was taken away.
    """

    id: str
    name: str
    location: int
    customer: SandboxCustomer
    created: int
    updated: int
    replies: tuple[Reply, ...] = ()
    gone: bool = False

    @property
    def rating(self) -> int:
        """A review without stars does not exist here."""
        return self.customer.rating or _BEST

    @property
    def text(self) -> str:
        """One field for all that the customer wrote."""
        return "\n".join(part for part in (self.customer.text, self.customer.pros, self.customer.cons) if part)

    def reply(self, at: float) -> Reply | None:
        """What reads show."""
        return next((one for one in reversed(self.replies) if one.seen_from <= at), None)

    def published(self, at: float) -> Reply | None:
        """What customers see: while an edit waits, the text before it."""
        return next((one for one in reversed(self.replies) if one.state(at) == "APPROVED"), None)

    def noticed(self, at: float) -> int:
        """How many answers a customer got."""
        standing = [one for one in self.replies if one.stands(at)]
        first = min(1, len(standing))
        return max(first, sum(not one.edits for one in standing))
