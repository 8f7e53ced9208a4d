"""Everybody who writes on Google's pages: customers, and the owner by hand."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from feedback_service.platforms.google_business.replica.account import Account
from feedback_service.platforms.google_business.replica.dates import uneven
from feedback_service.platforms.google_business.replica.items import Reply, Review
from feedback_service.platforms.google_business.replica.places import Place, location_of
from feedback_service.platforms.google_business.replica.tokens import Mint
from feedback_service.ports.replica import CustomerEdit, SandboxCustomer

_ID_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Writers:
    """`mint` gives words that mean nothing, of which ids are made."""

    mint: Mint

    def add(self, account: Account, customer: SandboxCustomer) -> str:
        """Let a customer write; returns the review's name. Raises ValueError for a question.

        `product` may be the name of a location. A customer has one review of a place: a supplement changes it.
        """
        if customer.kind != "review":
            raise ValueError("Google's profiles have no questions here")
        if customer.supplement_of is not None:
            return _supplemented(account, customer.supplement_of, customer)
        location = _location(account, customer.product)
        review_id = self.mint.word(_ID_LENGTH)
        parent = f"{account.home(location).group}/{Place(account.number, location).location}"
        created = uneven(customer.created_at, crc32(review_id.encode()))
        review = Review(
            id=review_id,
            name=f"{parent}/reviews/{review_id}",
            location=location,
            customer=customer,
            created=created,
            updated=created,
        )
        account.shelf.put(review)
        return review.name

    def reply_by_hand(self, account: Account, name: str, text: str, at: float) -> None:
        """Let the owner answer on Google's own pages; it is published at once."""
        reply = Reply(text=text, sent_at=at, seen_from=at, by_hand=True)
        account.shelf.reply(account.shelf.named(name), reply)


def _supplemented(account: Account, name: str, customer: SandboxCustomer) -> str:
    before = account.shelf.named(name).customer
    said = (before.text, customer.text, customer.pros, customer.cons)
    edit = CustomerEdit(text="\n".join(part for part in said if part), rating=customer.rating)
    account.shelf.edit(name, edit, customer.created_at)
    return name


def _location(account: Account, product: str) -> int:
    place = location_of(product.removeprefix("locations/"))
    if place is None:
        return account.next_location()
    if place.person != account.number or place.number >= account.options.locations:
        raise KeyError(product)
    return place.number
