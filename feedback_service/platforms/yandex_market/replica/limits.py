"""The two limits of a cabinet: requests at the same time, and requests per hour of each method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from feedback_service.platforms.yandex_market.replica.bodies import failure
from feedback_service.ports.replica import ReplicaResponse

HOUR = 3600.0
# Source: Partner API documentation, page on limits, newer copy (an older one says 2).
PARALLEL = 4
# Source: Partner API OpenAPI, 2026-07, x-resource-limit-config; without and with a subscription, an hour.
AMOUNTS: Mapping[str, tuple[int, int]] = {
    "goods-feedback": (5_000, 10_000),
    "goods-feedback/comments": (5_000, 10_000),
    "goods-feedback/comments/update": (1_000, 1_000),
    "goods-feedback/comments/delete": (1_000, 1_000),
    "goods-feedback/skip-reaction": (500, 1_000),
    "goods-questions": (1_000, 5_000),
    "goods-questions/answers": (1_000, 5_000),
    "goods-questions/update": (500, 1_000),
    "auth/token": (100, 100),
    # From memory, no description at hand:
    "campaigns": (1_000, 1_000),
    "offer-mappings": (10_000, 10_000),
}


@dataclass
class Window:
    """What is left of one resource; a new period begins with the first request after the old one ended."""

    resource: str
    amount: int
    seconds: float
    _used: int = 0
    _until: float = 0.0

    def take(self, at: float) -> bool:
        """Use one request if there is one; False means 420."""
        self._renew(at)
        if self._used >= self.amount:
            return False
        self._used += 1
        return True

    def exhaust(self, at: float, seconds: float) -> None:
        """Nothing is left for so many seconds."""
        self._renew(at)
        self._used, self._until = self.amount, at + seconds

    def headers(self, at: float) -> dict[str, str]:
        """The headers of every response."""
        self._renew(at)
        until = datetime.fromtimestamp(-int(-self._until // 1), UTC)  # rounded up: whole seconds are all it can say
        return {
            "X-RateLimit-Resource-Limit": str(self.amount),
            "X-RateLimit-Resource-Until": format_datetime(until, usegmt=True),
            "X-RateLimit-Resource-Remaining": str(self.amount - self._used),
        }

    def refused(self) -> ReplicaResponse:
        """420 of this resource; the headers come from `headers`."""
        return failure(420, f"Hit rate limit of {self.amount} requests per period for resource {self.resource}")

    def _renew(self, at: float) -> None:
        if at >= self._until:
            self._used, self._until = 0, at + self.seconds


@dataclass
class Slots:
    """Requests under way. The replica answers at once, so each is taken to last `seconds`; 0: none ever overlap."""

    most: int
    seconds: float
    _ends: list[float] = field(default_factory=list)

    def take(self, at: float) -> bool:
        """Begin a request if there is room; False means 420."""
        self._ends = [end for end in self._ends if end > at]
        if len(self._ends) >= self.most:
            return False
        if self.seconds > 0:
            self._ends.append(at + self.seconds)
        return True

    def refused(self) -> ReplicaResponse:
        return failure(420, f"Hit rate limit of {self.most} parallel requests")
