"""Which notices this process keeps failing at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from feedback_service.domain.identity import DispatchId
from feedback_service.ports.queue import Notice

ATTEMPTS = 5
"""Deliveries after which a notice that fails in a way nobody foresaw is buried; the database announces it anew."""
REMEMBERED = 1_000


@dataclass(slots=True)
class Poison:
    """Counts for queues that do not count, and for what was delivered often before it began to fail."""

    failures: Counter[tuple[DispatchId, int]] = field(default_factory=Counter)

    def failed(self, notice: Notice, attempt: int) -> bool:
        """Note a failure of this notice in its delivery number `attempt`; whether it has failed often enough."""
        if len(self.failures) >= REMEMBERED:
            self.failures.clear()
        key = notice.dispatch, notice.revision
        self.failures[key] += 1
        if max(self.failures[key], attempt) < ATTEMPTS:
            return False
        del self.failures[key]
        return True

    def worked(self, notice: Notice) -> None:
        self.failures.pop((notice.dispatch, notice.revision), None)
