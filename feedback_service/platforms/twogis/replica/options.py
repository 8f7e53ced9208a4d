"""What `SandboxAccount.options` may hold for this platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

_FLAGS = ("foreign", "one_session", "captcha", "inclusive", "odd", "stuck_link")
_COUNTS = {"branches": 0, "pending": 0, "orgs": 1, "flamp": 0, "text_limit": 1, "burst": 1}
_SECONDS = ("token_lasts", "lag", "rate")
_RATINGS = ("no_reply", "readonly")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOptions:
    """Options of one sign-in of the cabinet; registering it again with others changes them for what comes.

    What it holds: `branches` in `orgs` organisations, and `pending` that await moderation; `foreign` puts a branch of
    somebody else among those that its owner names; `flamp` reviews came by that catalogue.
    What it may: reviews of the ratings `no_reply` have no reply allowed, those of `readonly` nothing; `text_limit`
    characters. `token_lasts` and `lag` are seconds; `rate` calls per second and `burst` at once, where anything limits.
    The other flags: see the package.
    """

    branches: int = 1
    pending: int = 1
    orgs: int = 1
    foreign: bool = False
    flamp: int = 0
    no_reply: tuple[int, ...] = ()
    readonly: tuple[int, ...] = ()
    text_limit: int = 4096
    token_lasts: float = 3600.0
    one_session: bool = False
    captcha: bool = False
    lag: float = 0.0
    rate: float | None = None
    burst: int = 1
    inclusive: bool = False
    odd: bool = False
    stuck_link: bool = False

    @classmethod
    def parsed(cls, options: Mapping[str, object]) -> AccountOptions:
        """Raises ValueError naming the option that is not understood."""
        unknown = options.keys() - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown option: {sorted(unknown)[0]}")
        for name, value in options.items():
            _check(name, value)
        ratings = {name: tuple(cast("list[int]", options[name])) for name in _RATINGS if name in options}
        return cls(**cast("dict[str, Any]", {**options, **ratings}))  # types of the values are checked above


def _check(name: str, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _FLAGS and not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    if name in _SECONDS and not (number and cast(float, value) >= 0):
        raise ValueError(f"{name} must be a number, 0 or more")
    if name == "rate" and not value:
        raise ValueError("rate must be above 0")
    if name in _COUNTS and not (number and isinstance(value, int) and value >= _COUNTS[name]):
        raise ValueError(f"{name} must be a whole number, {_COUNTS[name]} or more")
    if name in _RATINGS and not (isinstance(value, list | tuple) and set(value) <= set(range(1, 6))):
        raise ValueError(f"{name} must be a list of ratings from 1 to 5")
