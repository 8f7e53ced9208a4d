"""What `SandboxAccount.options` may hold for this platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

_FLAGS = ("ids", "foursquare", "shows_waiting", "odd")
_COUNTS = {"organizations": 0, "text_limit": 1, "most": 1}
_WORDS = {"shape": ("plain", "scripted", "mixed"), "years": ("some", "past", "always")}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOptions:
    """Options of one owner's account; registering it again with others changes them for what comes.

    It owns `organizations`; a reply may have `text_limit` characters and is seen after `lag` seconds. How reviews are
    shown: `ids`, `shape`, `years`, `foursquare`, `most`, `shows_waiting`, `odd`; see the package.
    """

    organizations: int = 1
    text_limit: int = 2000
    lag: float = 0.0
    ids: bool = True
    shape: str = "mixed"
    years: str = "some"
    foursquare: bool = False
    most: int | None = None
    shows_waiting: bool = False
    odd: bool = False

    @classmethod
    def parsed(cls, options: Mapping[str, object]) -> AccountOptions:
        """Raises ValueError naming the option that is not understood."""
        unknown = options.keys() - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown option: {sorted(unknown)[0]}")
        for name, value in options.items():
            _check(name, value)
        return cls(**cast("dict[str, Any]", options))  # types of the values are checked above


def _check(name: str, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _FLAGS and not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    if name == "lag" and not (number and cast(float, value) >= 0):
        raise ValueError("lag must be a number, 0 or more")
    if name in _COUNTS and not (number and isinstance(value, int) and value >= _COUNTS[name]):
        raise ValueError(f"{name} must be a whole number, {_COUNTS[name]} or more")
    if name in _WORDS and value not in _WORDS[name]:
        raise ValueError(f"{name} must be one of {', '.join(_WORDS[name])}")
