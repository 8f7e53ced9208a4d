"""The reviews of one account, and what was written to them."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass, field, replace

from feedback_service.platforms.yandex_business.replica.items import APPROVED, DECLINED, Answer, Review
from feedback_service.ports.replica import CustomerEdit, LedgerEntry, LedgerWrite, SandboxCustomer, UnknownWrite

PLATFORM = "yandex_business"
_ID_CHARS = string.ascii_letters + string.digits + "_-"
_ID_LENGTH = 32


@dataclass
class Shelf:
    """Reviews by id, in the order they came; a removed one stays for the ledger."""

    account: str
    ids: random.Random
    unknown: list[UnknownWrite] = field(default_factory=list)
    _reviews: dict[str, Review] = field(default_factory=dict)
    _by_organisation: dict[int, list[str]] = field(default_factory=dict)
    _writes: dict[str, list[LedgerWrite]] = field(default_factory=dict)
    _noticed: dict[str, list[Answer]] = field(default_factory=dict)

    def add(self, customer: SandboxCustomer, organisation: int) -> str:
        """Publish a customer's review. Raises KeyError for an unknown parent, ValueError for what cannot be."""
        if customer.supplement_of is not None:
            self._known(customer.supplement_of)
            raise ValueError("a review on the map cannot be continued")
        if customer.kind != "review":
            raise ValueError("organisations on the map have no questions here")
        review = "".join(self.ids.choices(_ID_CHARS, k=_ID_LENGTH))
        self._reviews[review] = Review(review, len(self._reviews), organisation, customer)
        self._by_organisation.setdefault(organisation, []).append(review)
        return review

    def edit(self, review: str, edit: CustomerEdit) -> None:
        """Change what the customer said. Raises KeyError for an unknown review."""
        names = ("text", "pros", "cons", "rating")
        changes = {name: value for name in names if (value := getattr(edit, name)) is not None}
        old = self._known(review)
        self._reviews[review] = replace(old, customer=replace(old.customer, **changes))

    def remove(self, review: str) -> None:
        """Take a review off the map. Raises KeyError for an unknown one."""
        self._reviews[review] = replace(self._known(review), is_removed=True)

    def find(self, review: str) -> Review | None:
        """A review that is still published."""
        found = self._reviews.get(review)
        return None if found is None or found.is_removed else found

    def published(self, organisation: int) -> list[Review]:
        """What stands on the map below one organisation."""
        reviews = (self._reviews[one] for one in self._by_organisation.get(organisation, ()))
        return [one for one in reviews if not one.is_removed]

    def answer(self, review: Review, answer: Answer) -> None:
        """Put an answer below a review, over the one that stands there."""
        over = review.answer is not None and review.answer.state(answer.sent_at) != DECLINED
        self._reviews[review.id] = replace(review, answer=answer, is_read=True)
        self._noticed.setdefault(review.id, []).append(answer)
        self._note(review.id, LedgerWrite(answer.text, answer.sent_at, "edit" if over else "answer"))

    def retract(self, review: Review, at: float) -> None:
        """Delete the answer; where there is none nothing happens."""
        if review.answer is None:
            self.ignore(review, "", at)
            return
        self._reviews[review.id] = replace(review, answer=None)
        self._note(review.id, LedgerWrite(review.answer.text, at, "retract"))

    def ignore(self, review: Review, text: str, at: float) -> None:
        """Note a write that was taken and changed nothing."""
        self._note(review.id, LedgerWrite(text, at, "ignored"))

    def read(self, review: Review, at: float) -> None:
        """Mark as read."""
        self._reviews[review.id] = replace(review, is_read=True)
        self._note(review.id, LedgerWrite("", at, "view"))

    def miss(self, review: str, text: str, at: float) -> None:
        """Note a write to a review that is not here."""
        self.unknown.append(UnknownWrite(PLATFORM, self.account, review, text, at))

    def entries(self, at: float) -> list[LedgerEntry]:
        """The ledger of this account."""
        return [self._entry(review, at) for review in self._reviews.values()]

    def _entry(self, review: Review, at: float) -> LedgerEntry:
        shown = review.answer is not None and review.state(at) == APPROVED
        return LedgerEntry(
            platform=PLATFORM,
            account=self.account,
            item=review.id,
            customer=review.customer,
            writes=tuple(self._writes.get(review.id, ())),
            answers=sum(one.state(at) != DECLINED for one in self._noticed.get(review.id, ())),
            visible=review.answer.text if shown and review.answer else None,
            state=review.state(at),
        )

    def _known(self, review: str) -> Review:
        return self._reviews[review]

    def _note(self, review: str, write: LedgerWrite) -> None:
        self._writes.setdefault(review, []).append(write)
