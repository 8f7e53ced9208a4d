"""The replica itself: opens companies, lets customers write, and tells the site's three parts apart."""

from __future__ import annotations

import random
from collections.abc import Mapping

from feedback_service.platforms.flamp.replica import api, imposing, pages, site
from feedback_service.platforms.flamp.replica.account import Account
from feedback_service.platforms.flamp.replica.directory import Directory
from feedback_service.platforms.flamp.replica.items import ELSEWHERE, FLAMP, Answer, Review
from feedback_service.platforms.flamp.replica.mint import Mint
from feedback_service.platforms.flamp.replica.options import AccountOptions
from feedback_service.platforms.flamp.replica.seal import Seal
from feedback_service.platforms.flamp.replica.shelf import PLATFORM
from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntries,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)

_FIRST_REVIEW, _FIRST_ANSWER, _LARGEST_LEAP = 6_686_544, 901_000, 40
_YOUNGEST, _APART = 50.0, 100.0
"""Seconds: how old the youngest review from 2GIS is, and what lies between two of them."""


class FlampReplica:
    """Companies in memory behind the API and the pages; the package's docstring says what is invented."""

    platform = PLATFORM
    plays = imposing.PLAYS
    pages = pages.CABINET
    session_cookies = ("flamp_session",)

    def __init__(self, seed: int = 0) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - tokens and numbers of a sandbox, not secrets
        self._directory = Directory()
        self._last_review, self._last_answer, self._now = _FIRST_REVIEW, _FIRST_ANSWER, 0.0
        mint = Mint(self._chance)
        self._api = api.Api(self._directory, mint)
        self._site = site.Site(self._directory, mint)
        self._cabinet = pages.Pages(self._directory, Seal(self._chance), self._next_answer)

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        """Open a company, or give a known one other options; returns {"filial_ids": numbers with commas}."""
        opened = self._directory.open(account.key, AccountOptions.parsed(account.options))
        self._now = max(self._now, at)
        there = sum(one.provider == ELSEWHERE for one in opened.shelf.reviews.values())
        for number in range(there, opened.options.from_2gis):
            written_at = at - _YOUNGEST - _APART * number
            text = f"Отзыв из 2ГИС № {number + 1}"
            self._put(opened, SandboxCustomer("review", written_at, text, rating=3, author="Фёкла"), ELSEWHERE)
        return opened.credentials()

    def account_of(self, request: ReplicaRequest) -> str | None:
        """Whose representative's browser it is, else whose filial is read: readers are nobody."""
        if request.signed_in is not None:
            return request.signed_in
        read = api.FILIAL.fullmatch(request.path)
        seen = site.PAGE.fullmatch(request.path)
        filial = read[1] if read else seen["filial"] if seen else ""
        owner = self._directory.owner(filial)
        return owner.key if owner else None

    def writes(self, method: str, path: str) -> bool:
        """Whether a call may change something: the forms of a review's page do."""
        return method == "POST" and pages.REVIEW.fullmatch(path) is not None

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer review the filial that `product` names, else each in turn; returns "filial/number".

        Raises KeyError for an unknown account, ValueError for a question or a supplement: Flamp has neither.
        """
        account = self._directory.accounts[account_key]
        if customer.kind != "review" or customer.supplement_of is not None:
            raise ValueError("Flamp has neither questions nor supplements")
        return self._put(account, customer, FLAMP)

    def edit_customer(self, account_key: str, item: str, edit: CustomerEdit) -> None:
        """Let a customer change a review."""
        self._directory.accounts[account_key].shelf.edit(item, edit)

    def remove(self, account_key: str, item: str) -> None:
        """Let the site take a review off. Raises KeyError."""
        self._directory.accounts[account_key].shelf.remove(item)

    def answer_by_hand(self, account_key: str, item: str, text: str) -> int:
        """Let a colleague answer officially, past us; returns the answer's id. Raises KeyError."""
        answer = Answer(id=self._next_answer(), text=text, sent_at=self._now, seen_from=self._now, by_hand=True)
        self._directory.accounts[account_key].shelf.answer(item, answer)
        return answer.id

    def ledger(self, at: float) -> LedgerEntries:
        """Every review of every company with what was written to it."""
        shelves = [account.shelf for account in self._directory.accounts.values()]
        return LedgerEntries(
            tuple(entry for shelf in shelves for entry in shelf.entries(at)),
            tuple(write for shelf in shelves for write in shelf.unknown),
        )

    def signed_out(self, request: ReplicaRequest) -> ReplicaResponse | None:
        """Nothing of its own: there are only pages."""
        return None

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one request as the site would."""
        self._now = max(self._now, request.at)
        if request.path.startswith(api.PREFIX):
            return self._api.respond(request)
        if request.path == self.pages or request.path.startswith(f"{self.pages}/"):
            return self._cabinet.respond(request)
        return self._site.respond(request)

    def _put(self, account: Account, customer: SandboxCustomer, provider: str) -> str:
        filial = account.filial_for(customer.product)
        self._last_review += self._chance.randint(1, _LARGEST_LEAP)
        review = Review(id=self._last_review, filial=filial, customer=customer, provider=provider)
        account.shelf.put(review)
        return review.item

    def _next_answer(self) -> int:
        self._last_answer += self._chance.randint(1, _LARGEST_LEAP)
        return self._last_answer
