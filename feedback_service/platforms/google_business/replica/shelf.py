"""The reviews of one person's locations, and what was written to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from feedback_service.platforms.google_business.replica.dates import nanos
from feedback_service.platforms.google_business.replica.items import Reply, Review
from feedback_service.ports.replica import CustomerEdit, LedgerEntry, LedgerWrite, UnknownWrite, WriteEffect

PLATFORM = "google_business"


@dataclass
class Shelf:
    """Reviews by id and by location, in the order they came."""

    account: str
    reviews: dict[str, Review] = field(default_factory=dict)
    unknown: list[UnknownWrite] = field(default_factory=list)
    _by_location: dict[int, list[str]] = field(default_factory=dict)
    _writes: dict[str, list[LedgerWrite]] = field(default_factory=dict)

    def put(self, review: Review) -> None:
        """A new review."""
        self.reviews[review.id] = review
        self._by_location.setdefault(review.location, []).append(review.id)

    def standing(self, locations: Iterable[int]) -> list[Review]:
        """The reviews that these locations have now."""
        ids = (item for location in locations for item in self._by_location.get(location, ()))
        return [self.reviews[item] for item in ids if not self.reviews[item].gone]

    def named(self, name: str) -> Review:
        """The review that the sandbox calls so. Raises KeyError."""
        review = self.reviews[name.rpartition("/")[2]]
        if review.name != name:
            raise KeyError(name)
        return review

    def edit(self, name: str, edit: CustomerEdit, at: float) -> None:
        """Change what the customer said. Raises KeyError for an unknown review."""
        names = ("text", "pros", "cons", "rating")
        changes = {one: value for one in names if (value := getattr(edit, one)) is not None}
        review = self.named(name)
        customer = replace(review.customer, **changes)
        self.reviews[review.id] = replace(review, customer=customer, updated=max(nanos(at), review.updated + 1))

    def remove(self, name: str) -> None:
        """Take a review away. Raises KeyError for an unknown one."""
        review = self.named(name)
        self.reviews[review.id] = replace(review, gone=True)

    def reply(self, review: Review, reply: Reply) -> None:
        """Let a reply take the place of whatever is there. What the owner writes by hand is no call and no line."""
        self.reviews[review.id] = replace(review, replies=(*review.replies, reply))
        if not reply.by_hand:
            self.note(review, reply.text, reply.sent_at, "edit" if reply.edits else "answer")

    def retract(self, review: Review, at: float) -> None:
        """Delete the reply."""
        self.reviews[review.id] = replace(review, replies=())
        self.note(review, review.replies[-1].text, at, "retract")

    def note(self, review: Review, text: str, at: float, effect: WriteEffect) -> None:
        """A line of the ledger."""
        self._writes.setdefault(review.id, []).append(LedgerWrite(text, at, effect))

    def miss(self, name: str, text: str, at: float) -> None:
        """A write to a review that is not here."""
        self.unknown.append(UnknownWrite(PLATFORM, self.account, name, text, at))

    def entries(self, at: float) -> list[LedgerEntry]:
        """The ledger of this account."""
        return [self._entry(review, at) for review in self.reviews.values()]

    def _entry(self, review: Review, at: float) -> LedgerEntry:
        published = None if review.gone else review.published(at)
        last = review.replies[-1].state(at) if review.replies else "NONE"
        return LedgerEntry(
            platform=PLATFORM,
            account=self.account,
            item=review.name,
            customer=review.customer,
            writes=tuple(self._writes.get(review.id, ())),
            answers=review.noticed(at),
            visible=published.text if published else None,
            state="GONE" if review.gone else last,
        )
