"""What `SandboxAccount.options` may hold for this platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

MOST_ORGANISATIONS = 4000
_HOUR = 3600.0
_FLAGS = ("milliseconds", "nulls", "moved", "tokenless")
_COUNTS = ("organisations", "chain", "no_access", "visible", "longest")
_SECONDS = ("csrf_lasts", "answer_lasts", "continue_lasts", "moderation_delay", "renews_after")
_CSRF_STATUSES = (488, 401, 403)


@dataclass(frozen=True, slots=True)
class AccountOptions:
    """What one login of the cabinet sees, and how the cabinet talks to it. Lives and delays are seconds.

    `organisations` of its own, the last `no_access` of them without rights; `chain`: a chain with so many branches
    besides, 0 for none; `moved`: every organisation has got a new id, and `register` tells the former ones.
    `milliseconds`: times count these; `nulls`: null author, full_text and tycoon_id now and then.
    `visible` reviews of an organisation, `longest` answer in UTF-16 units; `tokenless`: answers without the tokens of a
    list are taken. `csrf_status`: how a missing CSRF token is refused. `renews_after`: age of a session at which a new
    Session_id is sent along; None never.
    """

    organisations: int = 1
    chain: int = 0
    no_access: int = 0
    moved: bool = False
    milliseconds: bool = False
    nulls: bool = False
    visible: int = 600
    longest: int = 2500
    tokenless: bool = True
    csrf_status: int = 488
    csrf_lasts: float = _HOUR
    answer_lasts: float = _HOUR / 2
    continue_lasts: float = _HOUR / 6
    moderation_delay: float = 0.0
    renews_after: float | None = None

    @classmethod
    def parsed(cls, options: Mapping[str, object]) -> AccountOptions:
        """Raises ValueError naming the option that is not understood."""
        unknown = options.keys() - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown option: {sorted(unknown)[0]}")
        for name, value in options.items():
            _check(name, value)
        read = cls(**cast("dict[str, Any]", dict(options)))  # types of the values are checked above
        if read.no_access > read.organisations:
            raise ValueError("no_access must not be above organisations")
        return read


def _check(name: str, value: object) -> None:
    if name in _FLAGS and not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    if name in _COUNTS and (not _is_whole(value) or not 0 <= cast(int, value) <= MOST_ORGANISATIONS):
        raise ValueError(f"{name} must be a whole number from 0 to {MOST_ORGANISATIONS}")
    if name in _SECONDS and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
        raise ValueError(f"{name} must be a number, not below 0")
    if name == "csrf_status" and value not in _CSRF_STATUSES:
        raise ValueError("csrf_status must be 488, 401 or 403")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
