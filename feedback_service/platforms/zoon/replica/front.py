"""The replica itself: keeps the accounts, and tells the public site from the cabinet."""

from __future__ import annotations

import random
from collections.abc import Mapping

from feedback_service.platforms.zoon.replica import imposing
from feedback_service.platforms.zoon.replica.account import Account, Organization
from feedback_service.platforms.zoon.replica.cabinet import Pages
from feedback_service.platforms.zoon.replica.items import Comment, Review
from feedback_service.platforms.zoon.replica.options import AccountOptions
from feedback_service.platforms.zoon.replica.public import Public
from feedback_service.platforms.zoon.replica.shelf import PLATFORM
from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntries,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)

_ID_BITS = 96  # source: ids of organisations are 24 hexadecimal digits
_ID_LENGTH = 24


class ZoonReplica:
    """Owners' accounts in memory behind the public site and the cabinet; the package says what is invented."""

    platform = PLATFORM
    plays = imposing.PLAYS
    pages = "/cabinet"
    session_cookies = ("zoon_session",)

    def __init__(self, seed: int = 0) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - ids to look at, not secrets
        self._accounts: dict[str, Account] = {}
        self._public = Public(self._accounts)
        self._cabinet = Pages()
        self._reviews = 0

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        """Open an account, or give a known one other options; the ids of its organisations."""
        options = AccountOptions.parsed(account.options)
        opened = self._accounts.get(account.key)
        if opened is None:
            opened = self._accounts[account.key] = Account(account.key, options, self._next_id)
        else:
            opened.reopen(options)
        return {"organization_ids": ",".join(one.id for one in opened.organizations)}

    def account_of(self, request: ReplicaRequest) -> str | None:
        """Whose browser asks, or in public whose organisation is asked for."""
        if request.signed_in is not None:
            return request.signed_in
        owner = self._public.owner(request)
        return owner[0].key if owner else None

    def page_of(self, account_key: str, number: int = 0) -> str:
        """The path of an organisation's page. Raises KeyError or IndexError."""
        return self._accounts[account_key].organizations[number].path

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer write. Raises KeyError, and ValueError for a question, which Zoon has none of.

        `product` may be an organisation's id, else they take turns; a supplement becomes a comment below its review.
        """
        account = self._accounts[account_key]
        if customer.kind != "review":
            raise ValueError("Zoon has no questions")
        if customer.supplement_of is not None:
            return self.comment_as_user(account_key, customer.supplement_of, customer)
        organization = self._organization(account, customer.product)
        self._reviews += 1
        review = Review(id=self._next_id(), number=self._reviews, organization=organization.id, customer=customer)
        account.shelf.put(review)
        return review.id

    def comment_as_user(self, account_key: str, item: str, said: SandboxCustomer) -> str:
        """Let somebody who is not the organisation comment on a review; returns the comment's id. Raises KeyError."""
        at, id_ = said.created_at, self._next_id()
        comment = Comment(id=id_, author="user", name=said.author, text=said.text, sent_at=at, seen_from=at)
        self._accounts[account_key].shelf.comment(item, comment)
        return id_

    def edit_customer(self, account_key: str, item: str, edit: CustomerEdit) -> None:
        """Let a customer change a review; its date stays."""
        self._accounts[account_key].shelf.edit(item, edit)

    def remove(self, account_key: str, item: str) -> None:
        """Let the platform take a review off the site. Raises KeyError."""
        self._accounts[account_key].shelf.remove(item)

    def ledger(self, at: float) -> LedgerEntries:
        """Every review of every account with what was written to it."""
        shelves = [account.shelf for account in self._accounts.values()]
        return LedgerEntries(
            tuple(entry for shelf in shelves for entry in shelf.entries(at)),
            tuple(write for shelf in shelves for write in shelf.unknown),
        )

    def writes(self, method: str, path: str) -> bool:
        """Only forms of the cabinet do, not what the guard before it is told by a page of its own."""
        return method == "POST" and path.startswith(f"{self.pages}/organizations/")

    def signed_out(self, request: ReplicaRequest) -> ReplicaResponse | None:
        """Nothing of its own: the cabinet has no calls, only pages."""
        return None

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one request as the platform would."""
        broken = imposing.broken(request)
        if broken is not None:
            return broken
        if self._is_cabinet(request.path):
            return self._cabinet.respond(request, self._accounts.get(request.signed_in or ""))
        return self._public.respond(request)

    def _is_cabinet(self, path: str) -> bool:
        return path == self.pages or path.startswith(f"{self.pages}/")

    def _organization(self, account: Account, product: str) -> Organization:
        if any(one.id == product for one in account.organizations):
            return next(one for one in account.organizations if one.id == product)
        if any(one.id == product for other in self._accounts.values() for one in other.organizations):
            raise KeyError(product)
        return account.next_organization()

    def _next_id(self) -> str:
        return f"{self._chance.getrandbits(_ID_BITS):0{_ID_LENGTH}x}"
