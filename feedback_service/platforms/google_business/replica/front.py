"""The replica itself: finds the method, checks who asks and what the project may, and lets the method answer."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from feedback_service.platforms.google_business.replica import imposing, oauth, routes
from feedback_service.platforms.google_business.replica.account import Account
from feedback_service.platforms.google_business.replica.bodies import Problem, front_end
from feedback_service.platforms.google_business.replica.call import Call
from feedback_service.platforms.google_business.replica.directory import Directory
from feedback_service.platforms.google_business.replica.options import AccountOptions
from feedback_service.platforms.google_business.replica.shelf import PLATFORM
from feedback_service.platforms.google_business.replica.tokens import Mint
from feedback_service.platforms.google_business.replica.writers import Writers
from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntries,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)

_PROJECT_DIGITS = 10**12


class GoogleBusinessReplica:
    """Accounts in memory behind four of Google's hosts; the package's docstring says what is invented."""

    platform = PLATFORM
    plays = imposing.PLAYS

    def __init__(self, seed: int = 0) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - tokens of a sandbox, not secrets
        self._mint = Mint(self._chance)
        self._writers = Writers(self._mint)
        self._directory = Directory()
        self._now = 0.0

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        """Open an account, or give a known one other options; a client and a fresh consent for it."""
        options = AccountOptions.parsed(account.options)
        self._now = max(self._now, at)
        accounts = self._directory.accounts
        if account.key in accounts:
            accounts[account.key].options = options
        else:
            accounts[account.key] = self._opened(account.key, options)
        opened = accounts[account.key]
        return {
            "client_id": opened.client_id,
            "client_secret": opened.client_secret,
            "refresh_token": self._mint.consent(account.key, at + options.consent_lasts),
        }

    def account_of(self, request: ReplicaRequest) -> str | None:
        """Whose access token, or refresh token, the request carries."""
        if request.path == oauth.PATH:
            consent = self._mint.consents.get(oauth.form(request).get("refresh_token", ""))
            return consent.account if consent else None
        found = self._mint.read(request.headers.get("authorization", ""))
        return found[1].account if found else None

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer write; see `Writers.add`. Raises KeyError, and ValueError where nothing can be reviewed."""
        return self._writers.add(self._directory.accounts[account_key], customer)

    def edit_customer(self, account_key: str, item: str, edit: CustomerEdit) -> None:
        """Let a customer change a review."""
        self._directory.accounts[account_key].shelf.edit(item, edit, self._now)

    def remove(self, account_key: str, item: str) -> None:
        """Let the platform or the customer take a review away. Raises KeyError."""
        self._directory.accounts[account_key].shelf.remove(item)

    def reply_by_hand(self, account_key: str, item: str, text: str) -> None:
        """Let the owner answer on Google's own pages. Raises KeyError."""
        self._writers.reply_by_hand(self._directory.accounts[account_key], item, text, self._now)

    def revoke(self, account_key: str) -> None:
        """Let the owner take the consent back, until the account is registered again."""
        self._mint.revoke(account_key)

    def ledger(self, at: float) -> LedgerEntries:
        """Every review of every account with what was written to it."""
        shelves = [account.shelf for account in self._directory.accounts.values()]
        return LedgerEntries(
            tuple(entry for shelf in shelves for entry in shelf.entries(at)),
            tuple(write for shelf in shelves for write in shelf.unknown),
        )

    def writes(self, method: str, path: str) -> bool:
        """Whether a call may change what customers see."""
        return routes.writes(method, path)

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one request as the platform would."""
        self._now = max(self._now, request.at)
        if (request.method, request.path) == ("POST", oauth.PATH):
            return oauth.refresh(request, self._directory, self._mint)
        found = routes.found(request)
        try:
            imposing.befall(request)
            return self._answered(request, *found) if found else front_end(404)
        except Problem as problem:
            return problem.response()

    def _answered(self, request: ReplicaRequest, route: routes.Route, ids: Sequence[str]) -> ReplicaResponse:
        account = self._signed_in(request)
        imposing.admit(request, account, route.service)
        return route.method(Call(request, account, self._directory), *ids)

    def _signed_in(self, request: ReplicaRequest) -> Account:
        found = self._mint.read(request.headers.get("authorization", ""))
        if found and request.imposition("expire") is not None:
            self._mint.end(found[0])
        if found is None or request.at >= found[1].until or request.imposition("expire") is not None:
            message = "Request had invalid authentication credentials."
            raise Problem(401, message, headers={"www-authenticate": 'Bearer error="invalid_token"'})
        return self._directory.accounts[found[1].account]

    def _opened(self, key: str, options: AccountOptions) -> Account:
        number = len(self._directory.accounts) + 1
        project = self._chance.randrange(_PROJECT_DIGITS // 10, _PROJECT_DIGITS)
        client_id = f"{project}-{self._mint.word(32).lower()}.apps.example.com"
        return Account(key, number, client_id, self._mint.word(35), options)
