"""One cabinet as the platform knows it: options, limits, and the shelf behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from feedback_service.platforms.yandex_market.replica.keys import SCOPES
from feedback_service.platforms.yandex_market.replica.limits import AMOUNTS, HOUR, PARALLEL, Slots, Window
from feedback_service.platforms.yandex_market.replica.shelf import Shelf

_NUMBERS = ("business_id", "parallel", "seconds_per_request", "period", "moderation_delay")
_FLAGS = ("read_only", "oauth", "inactive", "subscription")


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessOptions:
    """What `SandboxAccount.options` may hold for this platform.

    `name` of the cabinet; `business_id` instead of a made-up one; `scope` of the Api-Key (`read_only` is short for
    ALL_METHODS_READ_ONLY); `oauth`: an OAuth token is issued besides; `inactive`: 403; `subscription`: the larger
    limits; `limits`: requests per `period` (s) by resource, instead of the documented ones; `parallel` requests at
    once, each taken to last `seconds_per_request`; `moderation_delay` (s) before a comment is published.
    """

    name: str = "Ромашка"
    business_id: int | None = None
    scope: str = "ALL_METHODS"
    read_only: bool = False
    oauth: bool = False
    inactive: bool = False
    subscription: bool = False
    limits: Mapping[str, int] = field(default_factory=dict)
    period: float = HOUR
    parallel: int = PARALLEL
    seconds_per_request: float = 0.0
    moderation_delay: float = 0.0

    @classmethod
    def parsed(cls, options: Mapping[str, object]) -> BusinessOptions:
        """Raises ValueError naming the option that is not understood."""
        unknown = options.keys() - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown option: {sorted(unknown)[0]}")
        if options.get("scope", "ALL_METHODS") not in SCOPES:
            raise ValueError(f"scope must be one of {', '.join(SCOPES)}")
        if not isinstance(options.get("name", ""), str):
            raise ValueError("name must be text")
        _check_scalars(options)
        _check_limits(options.get("limits", {}))
        return cls(**cast("dict[str, Any]", dict(options)))  # types of the values are checked above

    @property
    def granted(self) -> str:
        """The scope of a key issued now."""
        return "ALL_METHODS_READ_ONLY" if self.read_only else self.scope

    def window(self, resource: str) -> Window:
        """A fresh limit of a resource."""
        usual = AMOUNTS[resource][1 if self.subscription else 0]
        return Window(resource, self.limits.get(resource, usual), self.period)


@dataclass
class Business:
    """A cabinet with everything it owns."""

    key: str
    id: int
    options: BusinessOptions
    shelf: Shelf
    slots: Slots = field(init=False)
    windows: dict[str, Window] = field(init=False)

    def __post_init__(self) -> None:
        self.reopen(self.options)

    def reopen(self, options: BusinessOptions) -> None:
        """New options for a known cabinet; items and id stay, limits start anew."""
        self.options = options
        self.shelf.name = options.name
        self.slots = Slots(options.parallel, options.seconds_per_request)
        self.windows = {resource: options.window(resource) for resource in AMOUNTS}


def _check_scalars(options: Mapping[str, object]) -> None:
    for name in _NUMBERS:
        value = options.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ValueError(f"{name} must be a number")
    for name in _FLAGS:
        if not isinstance(options.get(name, False), bool):
            raise ValueError(f"{name} must be true or false")
    if not isinstance(options.get("business_id", 1), int) or options.get("business_id") == 0:
        raise ValueError("business_id must be a whole number above 0")


def _check_limits(limits: object) -> None:
    if not isinstance(limits, Mapping):
        raise ValueError("limits must be an object")
    unknown = limits.keys() - AMOUNTS.keys()
    if unknown:
        raise ValueError(f"limits must be of {', '.join(AMOUNTS)}")
    if not all(isinstance(amount, int) and not isinstance(amount, bool) and amount > 0 for amount in limits.values()):
        raise ValueError("limits must be whole numbers above 0")
