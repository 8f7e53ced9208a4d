"""The reviews of one account's filials, and what was written to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from feedback_service.platforms.flamp.replica.items import Answer, Review
from feedback_service.ports.replica import CustomerEdit, LedgerEntry, LedgerWrite, UnknownWrite, WriteEffect

PLATFORM = "flamp"


@dataclass
class Shelf:
    """Reviews by the name that the sandbox calls them by, in the order they came."""

    account: str
    reviews: dict[str, Review] = field(default_factory=dict)
    unknown: list[UnknownWrite] = field(default_factory=list)
    _writes: dict[str, list[LedgerWrite]] = field(default_factory=dict)

    def put(self, review: Review) -> None:
        """A new review."""
        self.reviews[review.item] = review

    def newest_first(self, filial: str) -> list[Review]:
        """What stands on a filial; of one instant, the higher number first."""
        standing = (one for one in self.reviews.values() if one.filial == filial and not one.gone)
        return sorted(standing, key=lambda one: (one.customer.created_at, one.id), reverse=True)

    def standing(self, filial: str, number: str) -> Review | None:
        """One review of a filial, unless it was taken from the site."""
        found = self.reviews.get(f"{filial}/{number}")
        return None if found is None or found.gone else found

    def edit(self, item: str, edit: CustomerEdit) -> None:
        """Change what the customer said. Raises KeyError for an unknown review."""
        names = ("text", "pros", "cons", "rating")
        changes = {name: value for name in names if (value := getattr(edit, name)) is not None}
        review = self.reviews[item]
        self.reviews[item] = replace(review, customer=replace(review.customer, **changes), edited=True)

    def remove(self, item: str) -> None:
        """Take a review off the site. Raises KeyError for an unknown one."""
        self.reviews[item] = replace(self.reviews[item], gone=True)

    def answer(self, item: str, answer: Answer) -> None:
        """Put an official answer below a review, after those that are there."""
        review = self.reviews[item]
        self.reviews[item] = replace(review, answers=(*review.answers, answer))
        if not answer.by_hand:
            self.note(item, answer.text, answer.sent_at, "answer")

    def retract(self, item: str, answer: Answer, at: float) -> None:
        """Take an answer away."""
        review = self.reviews[item]
        self.reviews[item] = replace(review, answers=tuple(one for one in review.answers if one.id != answer.id))
        self.note(item, answer.text, at, "retract")

    def note(self, item: str, text: str, at: float, effect: WriteEffect) -> None:
        """A line of the ledger."""
        self._writes.setdefault(item, []).append(LedgerWrite(text, at, effect))

    def miss(self, item: str, text: str, at: float) -> None:
        """A write to a review that is not here."""
        self.unknown.append(UnknownWrite(PLATFORM, self.account, item, text, at))

    def entries(self, at: float) -> list[LedgerEntry]:
        """The ledger of this account; a colleague's answers count, as the customer sees them too."""
        return [self._entry(review, at) for review in self.reviews.values()]

    def _entry(self, review: Review, at: float) -> LedgerEntry:
        shown = [one.text for one in review.answers if one.state(at) == "visible"]
        latest = review.latest()
        return LedgerEntry(
            platform=PLATFORM,
            account=self.account,
            item=review.item,
            customer=review.customer,
            writes=tuple(self._writes.get(review.item, ())),
            answers=sum(one.state(at) != "rejected" for one in review.answers),
            visible=shown[-1] if shown and not review.gone else None,
            state="gone" if review.gone else latest.state(at) if latest else "none",
        )
