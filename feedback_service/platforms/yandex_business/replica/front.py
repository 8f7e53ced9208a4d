"""The replica itself: lets a signed-in caller through to the method that the path names."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.platforms.yandex_business.replica import routes, walls
from feedback_service.platforms.yandex_business.replica.account import Account
from feedback_service.platforms.yandex_business.replica.bodies import Refusal, as_html, problem
from feedback_service.platforms.yandex_business.replica.call import Call
from feedback_service.platforms.yandex_business.replica.options import AccountOptions
from feedback_service.platforms.yandex_business.replica.seal import Seal
from feedback_service.platforms.yandex_business.replica.sessions import (
    SESSION,
    Sessions,
    SignedIn,
    cookies_of,
)
from feedback_service.platforms.yandex_business.replica.shelf import PLATFORM, Shelf
from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntries,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)

_SITE = "/sprav/"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who is signed in by these cookies."""

    account: Account
    session: SignedIn
    cookies: Mapping[str, str] = field(repr=False)


class YandexBusinessReplica:
    """Logins in memory behind the calls that public clients use; the package's docstring says what is invented."""

    platform = PLATFORM
    plays = frozenset({"too_many_requests", "server_error", "expire", "moderate", "swallow", "captcha", "csrf"})

    def __init__(self, seed: int = 0) -> None:
        self._ids = random.Random(seed)  # noqa: S311 - ids to look at, not secrets
        self._seal = Seal(self._ids.randbytes(_SECRET_BYTES))
        self._sessions = Sessions(self._ids)
        self._accounts: dict[str, Account] = {}

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        """Open an account, or give a known one new options; returns {"permanent_id": ids, comma separated}."""
        options = AccountOptions.parsed(account.options)
        known = self._accounts.get(account.key)
        if known is None:
            known = Account(account.key, len(self._accounts), options, Shelf(account.key, self._ids))
            self._accounts[account.key] = known
        known.options = options
        return {"permanent_id": known.roll.told()}

    def issue_session(self, account_key: str, at: float, lasts: float) -> Mapping[str, str]:
        """Sign the account in; raises KeyError for an unknown one."""
        return self._sessions.open(self._accounts[account_key].key, at, lasts).cookies

    def account_of(self, request: ReplicaRequest) -> str | None:
        """Whose cookies the request carries."""
        session = self._sessions.of(cookies_of(request.headers.get("cookie", "")))
        return session.account if session is not None else None

    def writes(self, method: str, path: str) -> bool:
        """Answers and marks as read; the call that clients fetch a token by is none, though it is a POST."""
        found = routes.find(method, path)
        return found.writes if found is not None else method not in _READS

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer review an organisation: the one whose permanent id `product` holds, else any."""
        account = self._accounts[account_key]
        return account.shelf.add(customer, account.roll.home_of(customer.product).permanent_id)

    def edit_customer(self, account_key: str, item: str, edit: CustomerEdit) -> None:
        """Let a customer change a review."""
        self._accounts[account_key].shelf.edit(item, edit)

    def remove(self, account_key: str, item: str) -> None:
        """Take a review off the map, as its author or the platform may. Raises KeyError for an unknown one."""
        self._accounts[account_key].shelf.remove(item)

    def ledger(self, at: float) -> LedgerEntries:
        """Every review of every account with its writes."""
        shelves = [account.shelf for account in self._accounts.values()]
        return LedgerEntries(
            tuple(entry for shelf in shelves for entry in shelf.entries(at)),
            tuple(write for shelf in shelves for write in shelf.unknown),
        )

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one request as the cabinet was seen to."""
        fallen = walls.fallen(request)
        if fallen is not None:
            return fallen
        if not request.path.startswith(_SITE):
            return as_html(404, "<!doctype html><html><body><h1>404</h1></body></html>")
        caller = self._caller(request)
        if caller is None or request.imposition("expire") is not None:
            return walls.to_passport(request)
        return self._renewing(request, caller, self._admitted(request, caller))

    def _caller(self, request: ReplicaRequest) -> _Caller | None:
        cookies = cookies_of(request.headers.get("cookie", ""))
        session = self._sessions.of(cookies)
        if session is None or request.at >= session.until:
            return None
        return _Caller(self._accounts[session.account], session, cookies)

    def _admitted(self, request: ReplicaRequest, caller: _Caller) -> ReplicaResponse:
        found = routes.find(request.method, request.path)
        call = Call(request, caller.account, self._seal, found.names if found is not None else {})
        called_back = request.imposition("csrf")
        if called_back is not None:
            caller.account.generation += 1
            return walls.csrf_refused(call, int(str(called_back.get("status", caller.account.options.csrf_status))))
        if request.method not in _READS and walls.csrf_missing(call, caller.cookies):
            return walls.csrf_refused(call, caller.account.options.csrf_status)
        if found is None:
            return problem(404, "not_found")
        try:
            return found.method(call)
        except Refusal as refused:
            return refused.response

    def _renewing(self, request: ReplicaRequest, caller: _Caller, response: ReplicaResponse) -> ReplicaResponse:
        after = caller.account.options.renews_after
        if after is None or request.at < caller.session.since + after:
            return response
        fresh = self._sessions.renew(caller.session, request.at)
        cookie = f"{SESSION}={fresh.first}; Path=/; Max-Age={int(fresh.until - request.at)}; Secure; HttpOnly"
        return ReplicaResponse(response.status, {**response.headers, "set-cookie": cookie}, response.body)
