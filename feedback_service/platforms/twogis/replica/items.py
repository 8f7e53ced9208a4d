"""Reviews and the comments below them, as 2GIS keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from feedback_service.platforms.twogis.replica.dates import micros
from feedback_service.ports.replica import SandboxCustomer

Verdict = Literal["approve", "reject", "pending"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
State = Literal["shown", "waiting", "declined"]
Author = Literal["company", "stranger", "customer"]

OURS, FLAMP = "2gis", "flamp"
_BEST = 5


@dataclass(frozen=True, slots=True)
class Moderation:
    """What will be said of a reply, `delay` seconds after it was sent."""

    verdict: Verdict = "approve"
    delay: float = 0.0
    reason: str = "ad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment; `author` "company" is this account's reply, "stranger" that of another organisation.

    Reads see it from `seen_from` on (epoch seconds).
    """

    id: str
    author: Author
    name: str
    text: str
    sent_at: float
    seen_from: float
    official: bool = False
    moderation: Moderation = Moderation()

    @property
    def is_reply(self) -> bool:
        return self.author != "customer"

    def state(self, at: float) -> State:
        """Waiting until moderation has spoken."""
        if self.moderation.verdict == "pending" or at < self.sent_at + self.moderation.delay:
            return "waiting"
        return "shown" if self.moderation.verdict == "approve" else "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review on the branch of that number; `edited_at` in epoch seconds. What is gone was taken from the site."""

    id: str
    branch: int
    customer: SandboxCustomer
    catalog: str = OURS
    edited_at: float | None = None
    comments: tuple[Comment, ...] = ()
    gone: bool = False

    @property
    def created(self) -> int:
        """In microseconds."""
        return micros(self.customer.created_at)

    @property
    def rating(self) -> int:
        """A review without stars does not exist here."""
        return self.customer.rating or _BEST

    @property
    def text(self) -> str:
        """One field for all that the customer wrote."""
        return "\n".join(part for part in (self.customer.text, self.customer.pros, self.customer.cons) if part)

    def seen(self, at: float) -> tuple[Comment, ...]:
        """The comments that reads show."""
        return tuple(one for one in self.comments if one.seen_from <= at)

    def first_answer(self, at: float) -> Comment | None:
        """The company's first reply that moderation did not decline."""
        ours = (one for one in self.seen(at) if one.author == "company" and one.state(at) != "declined")
        return next(ours, None)
