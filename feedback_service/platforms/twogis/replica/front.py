"""The replica itself: tells the two APIs apart, checks who asks, and lets the method answer."""

from __future__ import annotations

import random
from collections.abc import Mapping
from uuid import UUID

from feedback_service.platforms.twogis.replica import imposing, routes, sign_in
from feedback_service.platforms.twogis.replica.account import Account
from feedback_service.platforms.twogis.replica.bodies import Problem, success
from feedback_service.platforms.twogis.replica.call import Call
from feedback_service.platforms.twogis.replica.directory import Directory
from feedback_service.platforms.twogis.replica.numbering import Numbering
from feedback_service.platforms.twogis.replica.options import AccountOptions
from feedback_service.platforms.twogis.replica.public import PublicCall
from feedback_service.platforms.twogis.replica.shelf import PLATFORM
from feedback_service.platforms.twogis.replica.tokens import Mint
from feedback_service.platforms.twogis.replica.writers import Writers
from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntries,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)

SESSION_COOKIE = "dg_session_token"


class TwoGisReplica:
    """Accounts in memory behind both APIs; the package's docstring says what is invented."""

    platform = PLATFORM
    plays = imposing.PLAYS

    def __init__(self, seed: int = 0) -> None:
        chance = random.Random(seed)  # noqa: S311 - tokens of a sandbox, not secrets
        self._mint = Mint(chance)
        self._numbering = Numbering(chance)
        self._directory = Directory()
        self._writers = Writers(self._numbering)
        self._reviews_key = str(UUID(int=chance.getrandbits(128), version=4))
        self._now = 0.0

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        """Open an account, or give a known one other options; login, password, branch ids and the public key."""
        options = AccountOptions.parsed(account.options)
        self._now = max(self._now, at)
        accounts = self._directory.accounts
        opened = accounts.get(account.key)
        if opened is None:
            opened = Account(account.key, len(accounts) + 1, self._mint.word(), options, at)
            accounts[account.key] = opened
        else:
            opened.reopen(options, at)
        self._writers.fill(opened, at)
        return opened.credentials(self._reviews_key)

    def issue_session(self, account_key: str, at: float, lasts: float) -> Mapping[str, str]:
        """Let a person sign in with a browser, whatever captcha there was. The cookie's value is a bearer token."""
        account = self._directory.accounts[account_key]
        account.wrong = 0
        return {SESSION_COOKIE: self._mint.issue(account_key, at + lasts, alone=account.options.one_session)}

    def account_of(self, request: ReplicaRequest) -> str | None:
        """Whose token, login or, in public, whose branch the request carries."""
        if request.path == sign_in.PATH:
            signing_in = sign_in.named(request.body, self._directory)
            return signing_in.key if signing_in else None
        place = routes.PUBLIC_BRANCH.fullmatch(request.path)
        if place:
            owner = self._directory.branch(place[1])
            return owner[0].key if owner and owner[0] else None
        found = self._mint.read(request.headers.get("authorization", ""))
        return found[1].account if found else None

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer write. Raises KeyError, and ValueError for a question, which 2GIS has none of.

        `product` may be a branch's id, else branches take turns; a supplement becomes a comment below its review.
        """
        return self._writers.add(self._directory.accounts[account_key], customer)

    def edit_customer(self, account_key: str, item: str, edit: CustomerEdit) -> None:
        """Let a customer change a review."""
        self._directory.accounts[account_key].shelf.edit(item, edit, self._now)

    def remove(self, account_key: str, item: str) -> None:
        """Let the platform take a review off the site. Raises KeyError."""
        self._directory.accounts[account_key].shelf.remove(item)

    def reply_as_stranger(self, account_key: str, item: str, text: str) -> str:
        """Let another organisation reply below a review; returns the comment's id."""
        return self._writers.reply_as_stranger(self._directory.accounts[account_key], item, text, self._now)

    def ledger(self, at: float) -> LedgerEntries:
        """Every review of every account with what was written to it."""
        shelves = [account.shelf for account in self._directory.accounts.values()]
        return LedgerEntries(
            tuple(entry for shelf in shelves for entry in shelf.entries(at)),
            tuple(write for shelf in shelves for write in shelf.unknown),
        )

    def writes(self, method: str, path: str) -> bool:
        """Whether a call may change what customers see: signing in does not."""
        return routes.writes(method, path)

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one request as the platform would."""
        self._now = max(self._now, request.at)
        is_public = routes.is_public(request.path)
        try:
            imposing.check(request)
            return self._in_public(request) if is_public else self._in_cabinet(request)
        except Problem as problem:
            return problem.in_public() if is_public else problem.in_cabinet()

    def _in_public(self, request: ReplicaRequest) -> ReplicaResponse:
        method, ids = routes.found(routes.PUBLIC, request)
        if request.query.get("key") != self._reviews_key or request.imposition("expire") is not None:
            raise Problem(403, "key is not valid")
        return method(PublicCall(request, self._directory), *ids)

    def _in_cabinet(self, request: ReplicaRequest) -> ReplicaResponse:
        if (request.method, request.path) == ("POST", sign_in.PATH):
            return sign_in.sign_in(request, self._directory, self._mint)
        method, ids = routes.found(routes.CABINET, request)
        account = self._admitted(request)
        return success(method(Call(request, account, self._directory, self._numbering), *ids))

    def _admitted(self, request: ReplicaRequest) -> Account:
        found = self._mint.read(request.headers.get("authorization", ""))
        if found and request.imposition("expire") is not None:
            self._mint.end(found[0])
        if found is None or request.at >= found[1].until or request.imposition("expire") is not None:
            raise Problem(401, "access token is not valid")
        account = self._directory.accounts[found[1].account]
        wait = account.bucket.wait(request.at) if account.bucket else 0
        if wait:
            raise imposing.too_many(wait)
        return account
