"""Misbehaviour that a test orders from the stand-in, so that each way a model fails can be met on purpose."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

REFUSALS: Final = frozenset({"rate_limit", "empty_quota"})
"""The request itself is refused: 429 rate_limit_exceeded, 429 insufficient_quota."""
WHOLE: Final = frozenset({"refuse", "truncate", "content_filter", "invalid_json", "wrong_schema", "slow_headers"})
"""Any output can suffer these; `slow_headers` is a good answer whose rate headers say that nothing is left."""
SENTIMENT_ONLY: Final = frozenset({"lose_item", "foreign_item"})
"""A classification leaves its last item out, or answers for an id that nobody asked about."""
DRAFT_ONLY: Final = frozenset({"inject", "too_long", "empty"})
"""A draft carries what must not be published, breaks its length limit, or says nothing."""
BEHAVIOURS: Final = REFUSALS | WHOLE | SENTIMENT_ONLY | DRAFT_ONLY


class Behaviours:
    """What was ordered and not yet played, oldest order first; each request plays at most one."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {}

    def order(self, kind: str, count: int) -> None:
        """Play `kind` on the next `count` requests that can suffer it; 0 cancels. Raises ValueError."""
        if kind not in BEHAVIOURS:
            raise ValueError(f"unknown behaviour {kind!r}; known: {', '.join(sorted(BEHAVIOURS))}")
        if count < 0:
            raise ValueError("count must not be negative")
        self._left[kind] = count

    def take(self, fitting: Collection[str]) -> str | None:
        """The oldest order among `fitting` that is still open, and one less of it."""
        kind = next((kind for kind, left in self._left.items() if left and kind in fitting), None)
        if kind is not None:
            self._left[kind] -= 1
        return kind

    @property
    def open(self) -> dict[str, int]:
        return {kind: left for kind, left in self._left.items() if left}
