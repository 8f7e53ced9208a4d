"""Requests and tokens per minute, and the headers that tell a client how much is left.

Source: OpenAI guide "Rate limits", 2026: limits refill continuously, the `x-ratelimit-*` headers carry limit,
remaining and the time until all is restored ("1s", "6m0s", "20ms"); a request counts as the larger of its
maximum output and its estimated prompt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """Both numbers are per minute and per model; the defaults are those of a middle usage tier."""

    requests: int = 5_000
    tokens: int = 2_000_000


class Bucket:
    """A limit per minute that refills evenly."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._left = float(limit)
        self._at: float | None = None

    def refill(self, at: float) -> None:
        if self._at is not None:
            self._left = min(self.limit, self._left + max(0.0, at - self._at) * self.limit / 60)
        self._at = at

    def lack(self, amount: float) -> float:
        """Seconds until `amount` fits; 0 where it fits now."""
        return max(0.0, min(amount, self.limit) - self._left) * 60 / self.limit

    def spend(self, amount: float) -> None:
        self._left -= amount

    @property
    def remaining(self) -> int:
        return max(0, int(self._left))

    @property
    def reset(self) -> float:
        """Seconds until the limit is whole again."""
        return max(0.0, self.limit - self._left) * 60 / self.limit


class Meter:
    """One model's two buckets."""

    def __init__(self, limits: ModelLimits) -> None:
        self._requests = Bucket(limits.requests)
        self._tokens = Bucket(limits.tokens)

    def admit(self, at: float, tokens: int) -> tuple[str, float] | None:
        """Spend one request and its tokens; or what ran out ("requests" or "tokens") and the wait in seconds."""
        for bucket in (self._requests, self._tokens):
            bucket.refill(at)
        if wait := self._requests.lack(1):
            return "requests", wait
        if wait := self._tokens.lack(tokens):
            return "tokens", wait
        self._requests.spend(1)
        self._tokens.spend(tokens)
        return None

    def headers(self) -> Mapping[str, str]:
        return _headers("requests", self._requests) | _headers("tokens", self._tokens)


def exhausted(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The same headers for a budget that is just used up."""
    return dict(headers) | {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-requests": "30s",
        "x-ratelimit-reset-tokens": "30s",
    }


def duration(seconds: float) -> str:
    """A time as OpenAI writes it: "20ms", "1.5s", "6m0s"."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    if seconds < 60:
        return f"{round(seconds, 3):g}s"
    return f"{int(seconds // 60)}m{round(seconds % 60):d}s"


def _headers(what: str, bucket: Bucket) -> dict[str, str]:
    return {
        f"x-ratelimit-limit-{what}": str(bucket.limit),
        f"x-ratelimit-remaining-{what}": str(bucket.remaining),
        f"x-ratelimit-reset-{what}": duration(bucket.reset),
    }
