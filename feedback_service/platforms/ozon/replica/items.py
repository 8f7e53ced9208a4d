"""Reviews, questions and what was written below them, as the platform keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args
from zlib import crc32

from feedback_service.ports.replica import SandboxCustomer

Verdict = Literal["approve", "reject", "pending", "duplicate"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

NEW, VIEWED, PROCESSED = "NEW", "VIEWED", "PROCESSED"
STATUSES = (NEW, VIEWED, PROCESSED)
PUBLISHED, WAITING, FAILED, DUPLICATE = "PUBLISHED", "AWAITING_MODERATION", "MODERATION_FAILED", "DUPLICATE"
_SPOKEN = {"approve": PUBLISHED, "reject": FAILED, "duplicate": DUPLICATE, "pending": WAITING}
_ANY_PRODUCT = "Товар"


@dataclass(frozen=True, slots=True)
class Moderation:
    """What moderation will say of a text, how many seconds after it was sent, and why it declines."""

    verdict: Verdict = "approve"
    delay: float = 0.0
    reason: str = "Текст нарушает правила"


@dataclass(frozen=True, slots=True)
class Reply:
    """One comment to a review or one answer to a question; `ours`: written by the seller."""

    id: str
    text: str
    sent_at: float
    moderation: Moderation = Moderation()
    parent: str = ""
    ours: bool = True
    author: str = ""

    def state(self, at: float) -> str:
        """As `status_publication` of an answer names it."""
        return WAITING if at < self.sent_at + self.moderation.delay else _SPOKEN[self.moderation.verdict]

    def stands(self, at: float) -> bool:
        """Shown, or not yet declined."""
        return self.state(at) in (PUBLISHED, WAITING)


@dataclass(frozen=True, slots=True)
class Item:
    """A review or a question."""

    id: str
    customer: SandboxCustomer
    status: str = NEW
    replies: tuple[Reply, ...] = ()

    @property
    def created_at(self) -> float:
        return self.customer.created_at

    @property
    def sku(self) -> int:
        """The product's number in Ozon, the same for the same name."""
        return 100_000_000 + crc32(self.customer.product.encode("utf-8", "surrogatepass")) % 900_000_000

    @property
    def product(self) -> str:
        return self.customer.product or _ANY_PRODUCT

    @property
    def rating(self) -> int:
        return 5 if self.customer.rating is None else self.customer.rating

    def standing(self, at: float) -> int:
        """How many comments or answers there are, the waiting ones included."""
        return sum(reply.stands(at) for reply in self.replies)
