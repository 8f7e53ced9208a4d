"""The token bucket of one seller account and one kind of token, with its X-Ratelimit headers."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ROUNDING = 1e-5  # of a request: epoch seconds as floats are good to a fraction of a microsecond


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` requests come back each second, at most `burst` wait to be used."""

    rate: float
    burst: int


# Source: Wildberries OpenAPI "Общение с покупателями", 2026-07, the table repeated in every method.
FAST = Limit(rate=3.0, burst=6)
SLOW = Limit(rate=5 / 3600, burst=1)
PING = Limit(rate=3 / 30, burst=3)


class Bucket:
    """Counts what is left; time is given by the caller and never runs backwards."""

    def __init__(self, limit: Limit, at: float) -> None:
        self.limit = limit
        self._left = float(limit.burst)
        self._at = at

    def take(self, at: float) -> bool:
        """Use one request if there is one; False means 429."""
        self._refill(at)
        if self._left < 1 - _ROUNDING:
            return False
        self._left -= 1
        return True

    def granted(self, at: float) -> dict[str, str]:
        """Header of every response except 429: what may be asked now without a pause."""
        self._refill(at)
        return {"X-Ratelimit-Remaining": str(max(0, math.floor(self._left + _ROUNDING)))}

    def refused(self, at: float) -> dict[str, str]:
        """Headers of 429, in whole seconds."""
        self._refill(at)
        return self._headers(self._seconds_until(1))

    def imposed(self, at: float, retry: float) -> dict[str, str]:
        """Headers of a 429 that the sandbox asked for, whatever is left."""
        self._refill(at)
        return self._headers(max(1, math.ceil(retry)))

    def _headers(self, retry: int) -> dict[str, str]:
        return {
            "X-Ratelimit-Retry": str(retry),
            "X-Ratelimit-Limit": str(self.limit.burst),
            "X-Ratelimit-Reset": str(max(retry, self._seconds_until(self.limit.burst))),
        }

    def _seconds_until(self, wanted: int) -> int:
        return max(1, math.ceil((wanted - self._left) / self.limit.rate - _ROUNDING))

    def _refill(self, at: float) -> None:
        passed = max(0.0, at - self._at)
        self._left = min(float(self.limit.burst), self._left + passed * self.limit.rate)
        self._at = max(self._at, at)
