"""One call of the seller API on its way through the checks."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.platforms.ozon.replica.bodies import DENIED, Problem, absent
from feedback_service.platforms.ozon.replica.fields import Fields
from feedback_service.platforms.ozon.replica.items import Item, Reply
from feedback_service.platforms.ozon.replica.options import SellerOptions
from feedback_service.platforms.ozon.replica.seller import Grant, Seller
from feedback_service.platforms.ozon.replica.shelf import Shelf
from feedback_service.ports.replica import ReplicaRequest

_NO_SUBSCRIPTION = "rpc error: code = PermissionDenied desc = not available with existing subscription"


@dataclass(frozen=True, slots=True)
class Call:
    """`subscribed`: the account's subscription covers the method; `denial` begins the text that says it does not."""

    request: ReplicaRequest
    seller: Seller
    grant: Grant
    fields: Fields
    subscribed: bool = True
    denial: str = ""

    @property
    def at(self) -> float:
        return self.request.at

    @property
    def shelf(self) -> Shelf:
        return self.seller.shelf

    @property
    def options(self) -> SellerOptions:
        return self.seller.options

    def admit(self) -> None:
        """To be called by every method once its request is valid: the platform looks at the subscription after that."""
        if not self.subscribed or self.request.imposition("no_subscription") is not None:
            raise Problem(403, DENIED, f"{self.denial}{_NO_SUBSCRIPTION}")

    def review(self, item: str) -> Item:
        """Raises the 404 of an unknown review."""
        if item not in self.shelf.reviews:
            raise absent("review")
        return self.shelf.reviews[item]

    def question(self, item: str) -> Item:
        """Raises the 404 of an unknown question."""
        if item not in self.shelf.questions:
            raise absent("question")
        return self.shelf.questions[item]

    def comment(self, comment: str, sku: int | None = None) -> tuple[Item, Reply]:
        """The seller's own comment with its review. Raises 404, also where it belongs to another product."""
        return _found(self.shelf.find_reply("review", comment), "comment", sku)

    def answer(self, answer: str, sku: int) -> tuple[Item, Reply]:
        """The seller's own answer with its question. Raises 404, also where it belongs to another product."""
        return _found(self.shelf.find_reply("question", answer), "answer", sku)


def _found(found: tuple[Item, Reply] | None, what: str, sku: int | None) -> tuple[Item, Reply]:
    if found is None or (sku is not None and found[0].sku != sku):
        raise absent(what)
    return found
