"""What `SandboxAccount.options` may hold for this platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

ACCOUNTS, LOCATIONS, REVIEWS = "mybusinessaccountmanagement", "mybusinessbusinessinformation", "mybusiness"
SERVICES = (ACCOUNTS, LOCATIONS, REVIEWS)

_FLAGS = ("shared", "foreign", "approved", "translated", "batch_by_location", "odd")
_COUNTS = ("locations", "unverified", "groups", "quota")
_SECONDS = ("token_lasts", "consent_lasts", "moderation_delay", "lag")
_MOST = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOptions:
    """Options of one person's consent; registering it again with others changes them for what comes.

    What the person manages: `locations` and `unverified` ones, dealt out in turn to `groups` (accounts in Google's
    sense); `shared`: the first group shows those of the others too; `foreign`: it shows one of somebody else.
    What the project may: `approved` false means a quota of 0; `disabled` names APIs that are not switched on; `quota`
    calls a minute of each API, 0 for any number.
    `token_lasts`, `consent_lasts` (from the registering on), `moderation_delay` of every reply, and `lag` until reads
    see one are seconds. The other flags: see the package.
    """

    locations: int = 1
    unverified: int = 1
    groups: int = 1
    shared: bool = False
    foreign: bool = False
    approved: bool = True
    disabled: tuple[str, ...] = ()
    quota: int = 300
    token_lasts: float = 3599.0
    consent_lasts: float = float("inf")
    moderation_delay: float = 0.0
    lag: float = 0.0
    translated: bool = False
    batch_by_location: bool = False
    odd: bool = False

    @classmethod
    def parsed(cls, options: Mapping[str, object]) -> AccountOptions:
        """Raises ValueError naming the option that is not understood."""
        unknown = options.keys() - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown option: {sorted(unknown)[0]}")
        for name, value in options.items():
            _check(name, value)
        lists = {"disabled": tuple(cast("list[str]", options["disabled"]))} if "disabled" in options else {}
        return cls(**cast("dict[str, Any]", {**options, **lists}))  # types of the values are checked above


def _check(name: str, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _FLAGS and not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    if name in _SECONDS and not (number and cast(float, value) >= 0):
        raise ValueError(f"{name} must be a number, 0 or more")
    if name in _COUNTS and not (number and isinstance(value, int) and 0 <= value <= _MOST):
        raise ValueError(f"{name} must be a whole number from 0 to {_MOST}")
    if name == "disabled" and not (isinstance(value, list | tuple) and set(value) <= set(SERVICES)):
        raise ValueError(f"disabled must be a list of {', '.join(SERVICES)}")
