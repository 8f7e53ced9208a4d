"""The replica itself: finds the cabinet that is asked, checks rights and limits, and lets the method answer."""

from __future__ import annotations

import random
from collections.abc import Mapping

from feedback_service.platforms.yandex_market.replica import routes, tally
from feedback_service.platforms.yandex_market.replica.bodies import UNAVAILABLE, Refusal, failure, refusal
from feedback_service.platforms.yandex_market.replica.business import Business, BusinessOptions
from feedback_service.platforms.yandex_market.replica.keys import Grant, Keyring
from feedback_service.platforms.yandex_market.replica.pages import Pages
from feedback_service.platforms.yandex_market.replica.shelf import PLATFORM, Shelf
from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntries,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)

_LOWEST_ID, _HIGHEST_ID = 1_000_000, 9_999_999
_LOWEST_ITEM, _HIGHEST_ITEM, _LARGEST_STEP = 10_000_000, 99_999_999, 50
_WRITING = ("/update", "/delete", "/skip-reaction")


class YandexMarketReplica:
    """Cabinets in memory behind the documented methods; the package's docstring says what is invented."""

    platform = PLATFORM
    plays = frozenset(
        {"too_many_requests", "parallel", "server_error", "migration", "unavailable", "expire", "moderate", "swallow"}
    )
    pages = "/cabinet"
    session_cookies = ("Session_id", "sessionid2")

    def __init__(self, seed: int = 0) -> None:
        self._keys = Keyring()
        self._chance = random.Random(seed)  # noqa: S311 - ids to look at, not secrets
        self._last_id = self._chance.randrange(_LOWEST_ITEM, _HIGHEST_ITEM)
        self._businesses: dict[str, Business] = {}
        self._cabinet = Pages()

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        """Open an account, or give a known one new options and a further key.

        Returns {"api_key", "business_id"}, and "oauth_token" where the option `oauth` asks for one.
        """
        options = BusinessOptions.parsed(account.options)
        business = self._businesses.get(account.key)
        if business is None:
            number = options.business_id or self._chance.randrange(_LOWEST_ID, _HIGHEST_ID)
            if any(one.id == number for one in self._businesses.values()):
                raise ValueError("business_id belongs to another account")
            business = Business(account.key, number, options, Shelf(account.key, options.name, self._next_id))
            self._businesses[account.key] = business
        else:
            business.reopen(options)
        credentials = {"api_key": self._keys.issue(account.key, options.granted), "business_id": str(business.id)}
        return {**credentials, "oauth_token": self._keys.issue_oauth(account.key)} if options.oauth else credentials

    def account_of(self, request: ReplicaRequest) -> str | None:
        """Whose token, or whose browser, it is."""
        if request.signed_in is not None:
            return request.signed_in
        try:
            return self._keys.read(request.headers).account
        except Refusal:
            return None

    def writes(self, method: str, path: str) -> bool:
        """Whether it changes something: in the cabinet by its method, in the API, where all is POST, by its path."""
        if self._of_cabinet(path):
            return method == "POST"
        return path.endswith(_WRITING)

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer write a review, a question, or a comment (`supplement_of`); returns its id."""
        return str(self._businesses[account_key].shelf.add(customer))

    def edit_customer(self, account_key: str, item: str, edit: CustomerEdit) -> None:
        """Let a customer change a review or a question."""
        self._businesses[account_key].shelf.edit(item, edit)

    def ledger(self, at: float) -> LedgerEntries:
        """Every item of every cabinet with its writes."""
        shelves = [business.shelf for business in self._businesses.values()]
        return LedgerEntries(
            tuple(entry for shelf in shelves for entry in tally.entries(shelf, at)),
            tuple(write for shelf in shelves for write in shelf.unknown),
        )

    def signed_out(self, request: ReplicaRequest) -> ReplicaResponse | None:
        """Nothing of its own: the cabinet has no calls, only pages."""
        return None

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one request as the platform would."""
        if self._of_cabinet(request.path):
            return self._cabinet.respond(request, self._businesses.get(request.signed_in or ""))
        broken = _broken(request)
        if broken is not None:
            return broken
        try:
            return self._admitted(request)
        except Refusal as refused:
            return refused.response

    def _of_cabinet(self, path: str) -> bool:
        return path == self.pages or path.startswith(f"{self.pages}/")

    def _next_id(self) -> int:
        self._last_id += self._chance.randint(1, _LARGEST_STEP)
        return self._last_id

    def _admitted(self, request: ReplicaRequest) -> ReplicaResponse:
        route, number = routes.found(request)
        grant = self._keys.read(request.headers)
        if request.imposition("expire") is not None:
            raise refusal(401, "Api-Key token is revoked")
        if not grant.scopes & route.scopes:
            raise refusal(403, "Token does not have any of the scopes to access the API method")
        business = self._businesses[grant.account]
        _check_business(request, business, number)
        window = business.windows[route.resource]
        response = _limited(request, business, route.resource) or _answered(request, business, grant, route)
        return ReplicaResponse(response.status, {**response.headers, **window.headers(request.at)}, response.body)


def _broken(request: ReplicaRequest) -> ReplicaResponse | None:
    if request.imposition("unavailable") is not None:
        return failure(503, UNAVAILABLE)
    failing = request.imposition("server_error")
    if failing is None:
        return None
    status = int(str(failing.get("status", 500)))
    return failure(status, UNAVAILABLE if status == 503 else "Internal server error")


def _check_business(request: ReplicaRequest, business: Business, asked: int | None) -> None:
    if asked not in (None, business.id):
        raise refusal(403, "Access denied")
    if business.options.inactive:
        raise refusal(403, f"Restrict access for business '{business.id}' because it is not active")
    if request.imposition("migration") is not None:
        raise refusal(423, "Business is in migration")


def _limited(request: ReplicaRequest, business: Business, resource: str) -> ReplicaResponse | None:
    window = business.windows[resource]
    if request.imposition("parallel") is not None or not business.slots.take(request.at):
        return business.slots.refused()
    imposed = request.imposition("too_many_requests")
    if imposed is not None:
        window.exhaust(request.at, float(str(imposed.get("retry_after", 1))))
    return None if window.take(request.at) else window.refused()


def _answered(request: ReplicaRequest, business: Business, grant: Grant, route: routes.Route) -> ReplicaResponse:
    try:
        return route.answer(request, business, grant)
    except Refusal as refused:
        return refused.response
