"""One seller as the platform knows them: company, keys, budget and shelf."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4
from zlib import crc32

from feedback_service.platforms.ozon.replica.bucket import Bucket
from feedback_service.platforms.ozon.replica.items import VERDICTS, Item, Moderation, Reply, Verdict
from feedback_service.platforms.ozon.replica.options import SellerOptions
from feedback_service.platforms.ozon.replica.shelf import Shelf
from feedback_service.ports.replica import ReplicaRequest


@dataclass(frozen=True, slots=True)
class Grant:
    """What one Api-Key allows, until `expires_at` (epoch seconds)."""

    expires_at: float
    roles: tuple[str, ...]
    deactivated: bool


@dataclass
class Seller:
    """A seller's account with everything it owns."""

    key: str
    options: SellerOptions
    ids: random.Random
    keys: dict[str, Grant] = field(default_factory=dict, repr=False)
    shelf: Shelf = field(init=False)
    _bucket: Bucket | None = None

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.key, self.ids)

    @property
    def client_id(self) -> str:
        return str(1_000_000 + crc32(f"client/{self.key}".encode()))

    @property
    def company_id(self) -> str:
        return str(1_000_000 + crc32(f"company/{self.key}".encode()))

    def issue(self, at: float) -> Mapping[str, str]:
        """A further key; earlier ones stay good."""
        api_key, options = str(uuid4()), self.options
        self.keys[api_key] = Grant(at + options.expires_in, options.roles, options.deactivated)
        return {"client_id": self.client_id, "api_key": api_key, "company_id": self.company_id}

    def reopen(self, options: SellerOptions) -> None:
        """New options for a known seller; items stay, the budget starts anew."""
        self.options = options
        self._bucket = None

    def bucket(self, at: float) -> Bucket:
        """The budget over all methods."""
        if self._bucket is None:
            self._bucket = Bucket(self.options.limit, at)
        return self._bucket

    def answer(self, item: Item, text: str, request: ReplicaRequest, parent: str = "") -> str:
        """Put the seller's text below an item; returns its id."""
        reply = Reply(self.shelf.new_id(), text, request.at, self._moderation(request), parent)
        self.shelf.reply(item.id, reply)
        return reply.id

    def _moderation(self, request: ReplicaRequest) -> Moderation:
        """Yes after the account's delay, or what the fault "moderate" tells."""
        options = request.imposition("moderate")
        if options is None:
            return Moderation(delay=self.options.moderation)
        verdicts: dict[object, Verdict] = {verdict: verdict for verdict in VERDICTS}
        verdict = verdicts.get(options.get("verdict"), "approve")
        reason = str(options.get("reason", Moderation().reason))
        return Moderation(verdict, float(str(options.get("delay", 0))), reason)
