"""What `SandboxAccount.options` may hold for this platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from feedback_service.platforms.ozon.replica.bucket import USUAL, Limit

_LIFE = 180 * 86400
APRIL, OCTOBER = "2026-04", "2026-10"
ROLES = ("Admin", "Review", "Question", "Product")
_FLAGS = ("deactivated", "reviews", "questions", "v1", "v2", "string_int64", "string_code", "empty_object")
_COUNTS = ("burst", "question_page", "cabinet_page", "comment_limit")
_NUMBERS = ("rate", "expires_in", "moderation")


@dataclass(frozen=True, slots=True)
class SellerOptions:
    """`rate` per second and `burst` replace the documented budget; `expires_in` and `moderation` are seconds.

    The key: `expires_in`, `deactivated`, `roles` (names from `ROLES`).
    The subscription: `reviews`, `questions`; False is 403 on those methods.
    The version: `v1`, `v2`; False closes the deprecated reading methods of v1 or all of v2. `spec` "2026-04": the API
    of that April, without v2, without the fields that came since.
    The shape of answers: `string_int64` writes int64 as text, as protobuf's JSON does; `string_code` an error's code
    as its name; `empty_object` {} where the description says "no body".
    The rest: `question_page` items on a page of questions at most; `cabinet_page` rows on a page of the cabinet;
    `comment_limit` characters; `moderation` the delay before an answer is shown.
    """

    rate: float | None = None
    burst: int | None = None
    expires_in: float = _LIFE
    deactivated: bool = False
    roles: tuple[str, ...] = ("Admin",)
    reviews: bool = True
    questions: bool = True
    v1: bool = True
    v2: bool = True
    spec: str = OCTOBER
    string_int64: bool = False
    string_code: bool = False
    empty_object: bool = False
    question_page: int = 10
    cabinet_page: int = 20
    comment_limit: int = 2000
    moderation: float = 0.0

    @classmethod
    def parsed(cls, options: Mapping[str, object]) -> SellerOptions:
        """Raises ValueError naming the option that is not understood."""
        unknown = options.keys() - set(cls.__slots__)
        if unknown:
            raise ValueError(f"unknown option: {sorted(unknown)[0]}")
        for name, value in options.items():
            _check(name, value)
        values = {**options, "roles": tuple(cast("list[str]", options.get("roles", ["Admin"])))}
        return cls(**cast("dict[str, Any]", values))  # types of the values are checked above

    @property
    def limit(self) -> Limit:
        return Limit(self.rate or USUAL.rate, self.burst or USUAL.burst)

    @property
    def october(self) -> bool:
        """Whether fields are shown that came between April and October 2026."""
        return self.spec == OCTOBER


def _check(name: str, value: object) -> None:
    if name in _FLAGS and not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    if name in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"{name} must be a number")
    if name in _COUNTS and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ValueError(f"{name} must be a whole number above 0")
    if name == "roles" and not (isinstance(value, list | tuple) and all(one in ROLES for one in value)):
        raise ValueError(f"roles must be a list of {', '.join(ROLES)}")
    if name == "spec" and value not in (APRIL, OCTOBER):
        raise ValueError(f"spec must be {APRIL} or {OCTOBER}")
