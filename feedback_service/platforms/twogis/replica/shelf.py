"""The reviews of one account's branches, and what was written to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from feedback_service.platforms.twogis.replica.items import Comment, Review
from feedback_service.ports.replica import CustomerEdit, LedgerEntry, LedgerWrite, UnknownWrite, WriteEffect

PLATFORM = "twogis"


@dataclass
class Shelf:
    """Reviews by id and by branch, in the order they came."""

    account: str
    reviews: dict[str, Review] = field(default_factory=dict)
    unknown: list[UnknownWrite] = field(default_factory=list)
    _by_branch: dict[int, list[str]] = field(default_factory=dict)
    _writes: dict[str, list[LedgerWrite]] = field(default_factory=dict)

    def put(self, review: Review) -> None:
        """A new review."""
        self.reviews[review.id] = review
        self._by_branch.setdefault(review.branch, []).append(review.id)

    def newest_first(self, branches: Iterable[int]) -> list[Review]:
        """What stands on these branches; of one instant, the higher id first."""
        return sorted(self._standing(branches), key=lambda one: (one.created, int(one.id)), reverse=True)

    def edit(self, item: str, edit: CustomerEdit, at: float) -> None:
        """Change what the customer said. Raises KeyError for an unknown review."""
        names = ("text", "pros", "cons", "rating")
        changes = {name: value for name in names if (value := getattr(edit, name)) is not None}
        review = self.reviews[item]
        self.reviews[item] = replace(review, customer=replace(review.customer, **changes), edited_at=at)

    def remove(self, item: str) -> None:
        """Take a review off the site. Raises KeyError for an unknown one."""
        self.reviews[item] = replace(self.reviews[item], gone=True)

    def comment(self, item: str, comment: Comment) -> None:
        """Put a comment below a review; an official one is the only official one."""
        review = self.reviews[item]
        before = review.comments
        if comment.official:
            before = tuple(replace(one, official=False) if one.author == "company" else one for one in before)
        self.reviews[item] = replace(review, comments=(*before, comment))
        if comment.author == "company":
            self.note(item, comment.text, comment.sent_at, "answer")

    def retract(self, item: str, comment: Comment, at: float) -> None:
        """Take a comment away."""
        review = self.reviews[item]
        self.reviews[item] = replace(review, comments=tuple(one for one in review.comments if one.id != comment.id))
        self.note(item, comment.text, at, "retract")

    def note(self, item: str, text: str, at: float, effect: WriteEffect) -> None:
        """A line of the ledger."""
        self._writes.setdefault(item, []).append(LedgerWrite(text, at, effect))

    def miss(self, item: str, text: str, at: float) -> None:
        """A write to a review that is not here."""
        self.unknown.append(UnknownWrite(PLATFORM, self.account, item, text, at))

    def entries(self, at: float) -> list[LedgerEntry]:
        """The ledger of this account."""
        return [self._entry(review, at) for review in self.reviews.values()]

    def _entry(self, review: Review, at: float) -> LedgerEntry:
        ours = [one for one in review.comments if one.author == "company"]
        shown = [one.text for one in ours if one.state(at) == "shown"]
        return LedgerEntry(
            platform=PLATFORM,
            account=self.account,
            item=review.id,
            customer=review.customer,
            writes=tuple(self._writes.get(review.id, ())),
            answers=sum(one.state(at) != "declined" for one in ours),
            visible=shown[-1] if shown and not review.gone else None,
            state="gone" if review.gone else ours[-1].state(at) if ours else "none",
        )

    def _standing(self, branches: Iterable[int]) -> Iterator[Review]:
        for branch in branches:
            yield from (self.reviews[item] for item in self._by_branch.get(branch, ()) if not self.reviews[item].gone)
