"""Everybody who writes on the site besides the company: customers of both catalogues, and strangers."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.platforms.twogis.replica.account import Account
from feedback_service.platforms.twogis.replica.items import FLAMP, Author, Comment, Review
from feedback_service.platforms.twogis.replica.numbering import Numbering
from feedback_service.platforms.twogis.replica.places import branch_of
from feedback_service.ports.replica import SandboxCustomer

_YOUNGEST, _APART = 50.0, 100.0
"""Seconds: how old the youngest of Flamp's reviews is, and what lies between two of them."""


@dataclass(frozen=True, slots=True)
class Writers:
    numbering: Numbering

    def fill(self, account: Account, at: float) -> None:
        """Put as many reviews of Flamp there as the options ask for, among the times of the others."""
        there = sum(review.catalog == FLAMP for review in account.shelf.reviews.values())
        for number in range(there, account.options.flamp):
            written_at = at - _YOUNGEST - _APART * number
            customer = SandboxCustomer("review", written_at, f"Отзыв с Флампа № {number + 1}", rating=3, author="Фёкла")
            self._review(account, customer, FLAMP)

    def add(self, account: Account, customer: SandboxCustomer) -> str:
        """Let a customer write a review, or a comment below an earlier one; returns its id."""
        if customer.kind != "review":
            raise ValueError("2GIS has no questions")
        if customer.supplement_of is None:
            return self._review(account, customer)
        said = self._comment("customer", customer.author, customer.text, customer.created_at)
        account.shelf.comment(customer.supplement_of, said)
        return said.id

    def reply_as_stranger(self, account: Account, item: str, text: str, at: float) -> str:
        """Let another organisation reply; returns the comment's id."""
        said = self._comment("stranger", "Соседняя организация", text, at)
        account.shelf.comment(item, said)
        return said.id

    def _review(self, account: Account, customer: SandboxCustomer, catalog: str = "2gis") -> str:
        review = Review(
            id=self.numbering.review(), branch=_branch(account, customer.product), customer=customer, catalog=catalog
        )
        account.shelf.put(review)
        return review.id

    def _comment(self, author: Author, name: str, text: str, at: float) -> Comment:
        return Comment(id=self.numbering.comment(), author=author, name=name, text=text, sent_at=at, seen_from=at)


def _branch(account: Account, product: str) -> int:
    place = branch_of(product)
    if place is None:
        return account.next_branch()
    if place.account != account.number or place.number not in account.branches():
        raise KeyError(product)
    return place.number
