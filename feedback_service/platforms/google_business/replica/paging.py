"""Cuts lists into pages."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

from feedback_service.platforms.google_business.replica import asking
from feedback_service.platforms.google_business.replica.bodies import invalid

One = TypeVar("One")
PARAMETERS = frozenset({"pageSize", "pageToken"})


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that is asked for; `scope` tells lists apart, so that a token fits only its own."""

    start: int
    size: int
    scope: str

    def of(self, items: Sequence[One]) -> tuple[Sequence[One], Mapping[str, str]]:
        """The page, and `nextPageToken` where something follows."""
        end = self.start + self.size
        more = {"nextPageToken": _token(end, self.scope)} if end < len(items) else {}
        return items[self.start : end], more


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many are on a page that names no number, and at most."""

    usual: int
    most: int


def window(asked: Mapping[str, object], bounds: Bounds, scope: str) -> Window:
    """Raises 400 for a size out of bounds, and for a token that was given out for another list."""
    size = asking.whole(asked.get("pageSize"), "pageSize", bounds.usual, bounds.most)
    token = asked.get("pageToken") or ""
    return Window(_start(token, scope) if token else 0, size, scope)


def _token(start: int, scope: str) -> str:
    return base64.urlsafe_b64encode(f"{start}.{crc32(scope.encode())}".encode()).decode()


def _start(token: object, scope: str) -> int:
    try:
        start, _, scoped = base64.urlsafe_b64decode(str(token)).decode("ascii").partition(".")
    except (binascii.Error, ValueError):
        start, scoped = "", ""
    if not start.isdigit() or scoped != str(crc32(scope.encode())):
        raise invalid("pageToken", "is not a token of this list")
    return int(start)
