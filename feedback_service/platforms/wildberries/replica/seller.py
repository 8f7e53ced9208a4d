"""One seller as the gateway knows them: options, budgets per kind of token, and the shelf behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

from feedback_service.platforms.wildberries.replica.bucket import FAST, PING, SLOW, Bucket, Limit
from feedback_service.platforms.wildberries.replica.pins import PinBoard
from feedback_service.platforms.wildberries.replica.shelf import Shelf
from feedback_service.platforms.wildberries.replica.tokens import (
    FEEDBACK_BIT,
    READ_ONLY_BIT,
    TOKEN_KINDS,
    Grant,
    TokenKind,
)

# Source: Wildberries portal, page on tokens: a token lives 180 days.
_LIFE = 180 * 86400
_PIN_METHODS = (None, "subscription", "tariff")


@dataclass(frozen=True, slots=True)
class SellerOptions:
    """What `SandboxAccount.options` may hold for this platform.

    `kind` of token; `category`: the one bit set besides read-only (7 is reviews and questions);
    `expires_in` seconds; `rate` per second and `burst` replace the documented budget; `unpaid`: 402;
    `pins`: what is bought.
    """

    kind: TokenKind = "personal"
    read_only: bool = False
    category: int = FEEDBACK_BIT
    expires_in: float = _LIFE
    rate: float | None = None
    burst: int | None = None
    unpaid: bool = False
    pins: str | None = None

    @classmethod
    def parsed(cls, options: Mapping[str, object]) -> SellerOptions:
        """Raises ValueError naming the option that is not understood."""
        unknown = options.keys() - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown option: {sorted(unknown)[0]}")
        if options.get("kind", "personal") not in TOKEN_KINDS:
            raise ValueError(f"kind must be one of {', '.join(TOKEN_KINDS)}")
        if options.get("pins") not in _PIN_METHODS:
            raise ValueError("pins must be subscription or tariff")
        _check_numbers(options)
        return cls(**cast("dict[str, Any]", dict(options)))  # types of the values are checked above

    def limit(self, kind: TokenKind) -> Limit:
        """The budget of a kind of token."""
        usual = SLOW if kind == "basic" else FAST
        return Limit(self.rate or usual.rate, self.burst or usual.burst)

    def grant(self, seller: str, at: float) -> Grant:
        """What a token issued now allows."""
        scopes = 1 << self.category | (1 << READ_ONLY_BIT if self.read_only else 0)
        return Grant(seller, self.kind, scopes, int(at + self.expires_in))


@dataclass
class Seller:
    """A seller's account with everything it owns."""

    key: str
    options: SellerOptions
    shelf: Shelf = field(init=False)
    pins: PinBoard = field(init=False)
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.key)
        self.pins = PinBoard(self.options.pins, self.shelf.reviews)

    @property
    def id(self) -> str:
        """The seller's UUID (`sid` of the token)."""
        return str(uuid5(NAMESPACE_URL, self.key))

    def reopen(self, options: SellerOptions) -> None:
        """New options for a known seller; items stay, budgets start anew."""
        self.options = options
        self.pins.method = options.pins
        self.buckets.clear()

    def bucket(self, kind: TokenKind, at: float) -> Bucket:
        """The budget shared by all methods of the category, one for each kind of token."""
        return self.buckets.setdefault(kind, Bucket(self.options.limit(kind), at))

    def ping_bucket(self, at: float) -> Bucket:
        return self.buckets.setdefault("ping", Bucket(PING, at))


def _check_numbers(options: Mapping[str, object]) -> None:
    for name in ("category", "expires_in", "rate", "burst"):
        value = options.get(name)
        if name in options and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValueError(f"{name} must be a number")
    for name in ("read_only", "unpaid"):
        if name in options and not isinstance(options[name], bool):
            raise ValueError(f"{name} must be true or false")
