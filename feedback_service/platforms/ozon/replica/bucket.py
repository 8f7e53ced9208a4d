"""The token bucket of one Client-Id."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ROUNDING = 1e-5  # of a request: epoch seconds as floats are good to a fraction of a microsecond


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` requests come back each second, at most `burst` wait to be used."""

    rate: float
    burst: int


# Source: Ozon Seller API, text on limits: 50 requests a second for each Client-Id over all methods, since 22 May 2025.
USUAL = Limit(rate=50.0, burst=50)


class Bucket:
    """Counts what is left; time is given by the caller and never runs backwards."""

    def __init__(self, limit: Limit, at: float) -> None:
        self.limit = limit
        self._left = float(limit.burst)
        self._at = at

    def take(self, at: float) -> bool:
        """Use one request if there is one; False means 429."""
        passed = max(0.0, at - self._at)
        self._left = min(float(self.limit.burst), self._left + passed * self.limit.rate)
        self._at = max(self._at, at)
        if self._left < 1 - _ROUNDING:
            return False
        self._left -= 1
        return True

    def wait(self) -> int:
        """Whole seconds until the next request may come."""
        return max(1, math.ceil((1 - self._left) / self.limit.rate - _ROUNDING))
