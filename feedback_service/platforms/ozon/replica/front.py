"""The replica itself: opens accounts and sends each request to the seller API or to the cabinet."""

from __future__ import annotations

import random
from collections.abc import Mapping

from feedback_service.platforms.ozon.replica import cabinet, gateway
from feedback_service.platforms.ozon.replica.options import SellerOptions
from feedback_service.platforms.ozon.replica.seller import Seller
from feedback_service.platforms.ozon.replica.shelf import PLATFORM
from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntries,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)


class OzonReplica:
    """Sellers in memory behind the API and the cabinet; the package's docstring says what is invented."""

    platform = PLATFORM
    pages = cabinet.ROOT
    session_cookies = ("__Secure-access-token", "__Secure-refresh-token")
    plays = frozenset(
        {
            "too_many_requests",
            "server_error",
            "expire",
            "moderate",
            "swallow",
            "circle_open",
            "no_role",
            "no_subscription",
        }
    )

    def __init__(self, seed: int = 0) -> None:
        self._ids = random.Random(seed)  # noqa: S311 - ids to look at, not secrets
        self._sellers: dict[str, Seller] = {}
        self._by_client: dict[str, Seller] = {}

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        """Open an account, or give a known one new options and a further key.

        Returns `client_id`, `api_key`, `company_id`.
        """
        options = SellerOptions.parsed(account.options)
        seller = self._sellers.get(account.key)
        if seller is None:
            seller = Seller(account.key, options, self._ids)
            self._sellers[seller.key] = self._by_client[seller.client_id] = seller
        else:
            seller.reopen(options)
        return seller.issue(at)

    def account_of(self, request: ReplicaRequest) -> str | None:
        """Whose key or whose browser the request carries."""
        if cabinet.is_below(request.path):
            return request.signed_in
        seller = self._by_client.get(request.headers.get("client-id", ""))
        return seller.key if seller and request.headers.get("api-key", "") in seller.keys else None

    def writes(self, method: str, path: str) -> bool:
        """Whether a call may change something: here everything is POST."""
        return method == "POST" and (gateway.writes(path) or cabinet.writes(path))

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        """Let a customer write a review, a question or a comment; returns its id."""
        return self._sellers[account_key].shelf.add(customer)

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

    def signed_out(self, request: ReplicaRequest) -> ReplicaResponse | None:
        """401 for the cabinet's JSON calls, a redirect for its pages."""
        return cabinet.signed_out(request)

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """Answer one request as the platform would."""
        if not cabinet.is_below(request.path):
            return gateway.respond(request, self._by_client)
        seller = self._sellers.get(request.signed_in or "")
        return cabinet.respond(request, seller)
