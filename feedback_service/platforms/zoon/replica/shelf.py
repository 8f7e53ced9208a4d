"""The reviews of one account's organisations, and what was written to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from feedback_service.platforms.zoon.replica.items import Comment, Review
from feedback_service.ports.replica import CustomerEdit, LedgerEntry, LedgerWrite, UnknownWrite, WriteEffect

PLATFORM = "zoon"


@dataclass
class Shelf:
    """Reviews by id and by organisation, in the order they came."""

    account: str
    reviews: dict[str, Review] = field(default_factory=dict)
    unknown: list[UnknownWrite] = field(default_factory=list)
    _by_organization: dict[str, list[str]] = field(default_factory=dict)
    _writes: dict[str, list[LedgerWrite]] = field(default_factory=dict)

    def put(self, review: Review) -> None:
        """A new review."""
        self.reviews[review.id] = review
        self._by_organization.setdefault(review.organization, []).append(review.id)

    def newest_first(self, organization: str) -> list[Review]:
        """What stands on the page of one organisation."""
        there = (self.reviews[item] for item in self._by_organization.get(organization, ()))
        return sorted((one for one in there if not one.gone), key=lambda one: one.age_order, reverse=True)

    def standing(self, organization: str, item: str) -> Review | None:
        """A review that stands on this organisation's page."""
        found = self.reviews.get(item)
        return found if found is not None and found.organization == organization and not found.gone else None

    def edit(self, item: str, edit: CustomerEdit) -> None:
        """Change what the customer said. Raises KeyError for an unknown review."""
        names = ("text", "pros", "cons", "rating")
        changes = {name: value for name in names if (value := getattr(edit, name)) is not None}
        review = self.reviews[item]
        self.reviews[item] = replace(review, customer=replace(review.customer, **changes))

    def remove(self, item: str) -> None:
        """Take a review off the site. Raises KeyError for an unknown one."""
        self.reviews[item] = replace(self.reviews[item], gone=True)

    def comment(self, item: str, comment: Comment) -> None:
        """Put a comment below a review, whatever stands there already. Raises KeyError for an unknown one."""
        review = self.reviews[item]
        self.reviews[item] = replace(review, comments=(*review.comments, comment))
        if comment.own:
            self._note(item, comment.text, comment.sent_at, "answer")

    def retract(self, item: str, comment: Comment, at: float) -> None:
        """Take a comment away."""
        review = self.reviews[item]
        self.reviews[item] = replace(review, comments=tuple(one for one in review.comments if one.id != comment.id))
        self._note(item, comment.text, at, "retract")

    def swallow(self, item: str, text: str, at: float) -> None:
        """Accepted, and nothing came of it."""
        self._note(item, text, at, "ignored")

    def miss(self, item: str, text: str, at: float) -> None:
        """A write to a review that is not here."""
        self.unknown.append(UnknownWrite(PLATFORM, self.account, item, text, at))

    def entries(self, at: float) -> list[LedgerEntry]:
        """The ledger of this account."""
        return [self._entry(review, at) for review in self.reviews.values()]

    def _note(self, item: str, text: str, at: float, effect: WriteEffect) -> None:
        self._writes.setdefault(item, []).append(LedgerWrite(text, at, effect))

    def _entry(self, review: Review, at: float) -> LedgerEntry:
        ours = [one for one in review.comments if one.own]
        shown = [one.text for one in ours if one.state(at) == "published"]
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
