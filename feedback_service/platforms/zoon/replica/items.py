"""Reviews and the comments below them, as Zoon keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from feedback_service.ports.replica import SandboxCustomer

Verdict = Literal["approve", "reject", "pending"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
State = Literal["published", "moderation", "declined"]
Author = Literal["organization", "user"]


@dataclass(frozen=True, slots=True)
class Moderation:
    """What will be said of a reply, `delay` seconds after it was sent."""

    verdict: Verdict = "approve"
    delay: float = 0.0
    reason: str = "Ответ содержит рекламу"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment below a review; `author` "organization" is a reply of this account's.

    Public reads see it from `seen_from` on (epoch seconds).
    """

    id: str
    author: Author
    name: str
    text: str
    sent_at: float
    seen_from: float = 0.0
    moderation: Moderation = Moderation()

    @property
    def own(self) -> bool:
        return self.author == "organization"

    def state(self, at: float) -> State:
        """On moderation until that has spoken."""
        if self.moderation.verdict == "pending" or at < self.sent_at + self.moderation.delay:
            return "moderation"
        return "published" if self.moderation.verdict == "approve" else "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review of an organisation; `number` counts the platform's reviews. What is gone was taken from the site."""

    id: str
    number: int
    organization: str
    customer: SandboxCustomer
    comments: tuple[Comment, ...] = ()
    gone: bool = False

    @property
    def age_order(self) -> tuple[float, int]:
        """Sorts from the oldest to the newest."""
        return self.customer.created_at, self.number

    @property
    def text(self) -> str:
        """One field for all that the customer wrote."""
        return "\n".join(part for part in (self.customer.text, self.customer.pros, self.customer.cons) if part)

    def own(self, comment: str) -> Comment | None:
        """The reply of that id."""
        return next((one for one in self.comments if one.own and one.id == comment), None)
