"""What `SandboxAccount.options` may hold for this platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

_FLAGS = ("foreign", "unconfirmed", "stub", "odd", "stuck_link", "elsewhere")
_COUNTS = {"filials": 0, "from_2gis": 0, "text_limit": 1, "hops": 1}
_SECONDS = ("token_lasts", "lag", "moderation_delay")
_WORDS = {"official": ("object", "list"), "cookie_at": ("page", "redirect", "both")}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOptions:
    """Options of one representative; registering it again with others changes them for what comes.

    What it holds: as many `filials`, or those of the numbers `filial_ids`; `foreign` puts one of somebody else among
    those that its owner names, `unconfirmed` makes it a representative of none; `from_2gis` reviews were written there.
    How the site answers: `official` is the container of an answer, `cookie_at` where the token is set, `hops` how many
    redirects lead to a page, `elsewhere` that they leave the site, `text_limit` how many characters a form takes.
    `token_lasts`, `lag` and `moderation_delay` are seconds. The other flags: see the package.
    """

    filials: int = 1
    filial_ids: tuple[str, ...] = ()
    foreign: bool = False
    unconfirmed: bool = False
    from_2gis: int = 0
    official: Literal["object", "list"] = "object"
    cookie_at: Literal["page", "redirect", "both"] = "page"
    hops: int = 1
    elsewhere: bool = False
    stub: bool = True
    odd: bool = False
    stuck_link: bool = False
    text_limit: int = 3000
    token_lasts: float = 86400.0
    lag: float = 0.0
    moderation_delay: float = 0.0

    @classmethod
    def parsed(cls, options: Mapping[str, object]) -> AccountOptions:
        """Raises ValueError naming the option that is not understood."""
        unknown = options.keys() - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown option: {sorted(unknown)[0]}")
        for name, value in options.items():
            _check(name, value)
        named = {"filial_ids": tuple(cast("list[str]", options["filial_ids"]))} if "filial_ids" in options else {}
        return cls(**cast("dict[str, Any]", {**options, **named}))  # types of the values are checked above


def _check(name: str, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _FLAGS and not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    if name in _SECONDS and not (number and cast(float, value) >= 0):
        raise ValueError(f"{name} must be a number, 0 or more")
    if name in _COUNTS and not (number and isinstance(value, int) and value >= _COUNTS[name]):
        raise ValueError(f"{name} must be a whole number, {_COUNTS[name]} or more")
    if name in _WORDS and value not in _WORDS[name]:
        raise ValueError(f"{name} must be one of {', '.join(_WORDS[name])}")
    if name == "filial_ids" and not (isinstance(value, list | tuple) and all(_is_filial(one) for one in value)):
        raise ValueError("filial_ids must be a list of texts of digits")


def _is_filial(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20
