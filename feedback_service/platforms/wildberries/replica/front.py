"""The replica itself: finds the method, checks the token and the budget, and lets the method answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedback_service.platforms.wildberries.replica import questions, reviews
from feedback_service.platforms.wildberries.replica.bodies import (
    Refusal,
    as_json,
    gateway_problem,
    path_not_found,
    payment_required,
    refusal,
)
from feedback_service.platforms.wildberries.replica.bucket import Bucket
from feedback_service.platforms.wildberries.replica.render import moscow
from feedback_service.platforms.wildberries.replica.seller import Seller, SellerOptions
from feedback_service.platforms.wildberries.replica.shelf import PLATFORM
from feedback_service.platforms.wildberries.replica.tokens import Grant, Mint, TokenProblem
from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntries,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)

_LIMITER = "c122a060-a7fb-4bb4-abb0-32fd4e18d489"

Method = Callable[[ReplicaRequest, Seller], ReplicaResponse]


@dataclass(frozen=True, slots=True)
class _Route:
    """`writes`: a read-only token is refused; `problem`: 403 is problem+json instead of the old envelope."""

    method: Method
    writes: bool = False
    problem: bool = False


def _ping(request: ReplicaRequest, seller: Seller) -> ReplicaResponse:
    return as_json(200, {"TS": moscow(request.at), "Status": "OK"})


_PING = "/ping"
_PINS = "/api/feedbacks/v1/pins"
_ROUTES: Mapping[tuple[str, str], _Route] = {
    ("GET", _PING): _Route(_ping, problem=True),
    ("GET", "/api/v1/new-feedbacks-questions"): _Route(lambda call, seller: reviews.unseen(call, seller.shelf)),
    ("GET", "/api/v1/questions/count-unanswered"): _Route(lambda c, s: questions.unanswered(c, s.shelf)),
    ("GET", "/api/v1/questions/count"): _Route(lambda c, s: questions.counted(c, s.shelf)),
    ("GET", "/api/v1/questions"): _Route(lambda c, s: questions.listed(c, s.shelf)),
    ("PATCH", "/api/v1/questions"): _Route(lambda c, s: questions.change(c, s.shelf), writes=True),
    ("GET", "/api/v1/question"): _Route(lambda c, s: questions.one(c, s.shelf)),
    ("GET", "/api/v1/feedbacks/count-unanswered"): _Route(lambda c, s: reviews.unanswered(c, s.shelf)),
    ("GET", "/api/v1/feedbacks/count"): _Route(lambda c, s: reviews.counted(c, s.shelf)),
    ("GET", "/api/v1/feedbacks"): _Route(lambda c, s: reviews.listed(c, s.shelf)),
    ("GET", "/api/v1/feedbacks/archive"): _Route(lambda c, s: reviews.archived(c, s.shelf)),
    ("GET", "/api/v1/feedback"): _Route(lambda c, s: reviews.one(c, s.shelf)),
    ("POST", "/api/v1/feedbacks/answer"): _Route(lambda c, s: reviews.answer(c, s.shelf), True, True),
    ("PATCH", "/api/v1/feedbacks/answer"): _Route(lambda c, s: reviews.edit(c, s.shelf), True, True),
    ("POST", "/api/v1/feedbacks/order/return"): _Route(lambda c, s: reviews.give_back(c, s.shelf), True, True),
    ("GET", _PINS): _Route(lambda c, s: s.pins.listed(c), problem=True),
    ("POST", _PINS): _Route(lambda c, s: s.pins.pin(c), True, True),
    ("DELETE", _PINS): _Route(lambda c, s: s.pins.unpin(c), True, True),
    ("GET", f"{_PINS}/count"): _Route(lambda c, s: s.pins.counted(c), problem=True),
    ("GET", f"{_PINS}/limits"): _Route(lambda c, s: s.pins.limits(c), problem=True),
}


class WildberriesReplica:
    """Sellers in memory behind the documented methods; the package's docstring says what is invented."""

    platform = PLATFORM
    plays = frozenset({"too_many_requests", "server_error", "expire", "moderate", "payment_required"})

    def __init__(self, seed: int = 0) -> None:
        self._mint = Mint()
        self._ids = random.Random(seed)  # noqa: S311 - ids to look at, not secrets
        self._sellers: dict[str, Seller] = {}
        self._by_id: dict[str, Seller] = {}

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        """Open an account, or give a known one new options and a further token; returns {"token": JWT}."""
        options = SellerOptions.parsed(account.options)
        seller = self._sellers.get(account.key)
        if seller is None:
            seller = Seller(account.key, options)
            self._sellers[seller.key] = self._by_id[seller.id] = seller
        else:
            seller.reopen(options)
        return {"token": self._mint.issue(options.grant(seller.id, at))}

    def account_of(self, request: ReplicaRequest) -> str | None:
        """Whose token the request carries."""
        try:
            return self._by_id[self._grant(request).seller].key
        except TokenProblem:
            return None

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer write a review or a question; returns its id."""
        return self._sellers[account_key].shelf.add(customer, self._ids)

    def edit_customer(self, account_key: str, item: str, edit: CustomerEdit) -> None:
        """Let a customer change a review or a question."""
        self._sellers[account_key].shelf.edit(item, edit)

    def ledger(self, at: float) -> LedgerEntries:
        """Every item of every seller with its writes."""
        shelves = [seller.shelf for seller in self._sellers.values()]
        return LedgerEntries(
            tuple(entry for shelf in shelves for entry in shelf.entries(at)),
            tuple(write for shelf in shelves for write in shelf.unknown),
        )

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one request as the platform would."""
        failing = request.imposition("server_error")
        if failing is not None:
            status = int(str(failing.get("status", 500)))
            return gateway_problem(status, "internal error", "upstream failed", request.at)
        route = _ROUTES.get((request.method, request.path))
        if route is None:
            return path_not_found(request.at)
        try:
            return self._admitted(request, route)
        except TokenProblem as problem:
            return gateway_problem(401, "unauthorized", str(problem), request.at)

    def _admitted(self, request: ReplicaRequest, route: _Route) -> ReplicaResponse:
        grant = self._grant(request)
        seller = self._by_id[grant.seller]
        if grant.kind == "test" and request.path.startswith(_PINS):
            return path_not_found(request.at)
        pinging = request.path == _PING
        bucket = seller.ping_bucket(request.at) if pinging else seller.bucket(grant.kind, request.at)
        response = self._gated(request, grant, seller, bucket)
        if response is None:
            response = _answered(request, grant, seller, route)
        if response.status == 429:
            return response
        headers = {**response.headers, **bucket.granted(request.at)}
        return ReplicaResponse(response.status, headers, response.body)

    def _gated(self, request: ReplicaRequest, grant: Grant, seller: Seller, bucket: Bucket) -> ReplicaResponse | None:
        at = request.at
        if at >= grant.expires_at or request.imposition("expire") is not None:
            detail = "access token problem; token has invalid claims: token is expired"
            return gateway_problem(401, "unauthorized", detail, at)
        if seller.options.unpaid or request.imposition("payment_required") is not None:
            return payment_required()
        limited = request.imposition("too_many_requests")
        if limited is not None:
            return _limited(at, bucket.imposed(at, float(str(limited.get("retry_after", 1)))))
        return None if bucket.take(at) else _limited(at, bucket.refused(at))

    def _grant(self, request: ReplicaRequest) -> Grant:
        return self._mint.read(request.headers.get("authorization", ""))


def _answered(request: ReplicaRequest, grant: Grant, seller: Seller, route: _Route) -> ReplicaResponse:
    if not grant.in_category or (route.writes and not grant.may_write):
        return _forbidden(request, route)
    try:
        return route.method(request, seller)
    except Refusal as refused:
        return refused.response


def _forbidden(request: ReplicaRequest, route: _Route) -> ReplicaResponse:
    if route.problem:
        return gateway_problem(403, "forbidden", "token has no rights for this method", request.at)
    return refusal(403, "Ошибка авторизации").response


def _limited(at: float, headers: Mapping[str, str]) -> ReplicaResponse:
    refused = gateway_problem(429, "too many requests", f"limited by {_LIMITER}", at)
    return ReplicaResponse(429, {**refused.headers, **headers}, refused.body)
