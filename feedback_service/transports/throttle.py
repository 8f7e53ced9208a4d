"""Keeps one account's requests below the server's limit, in the order in which they were asked for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from feedback_service.domain.errors import Retryable
from feedback_service.ports.clock import Clock

SLACK = 1.0
"""Seconds by which a wait that was promised to fit may run over, because others moved the bucket meanwhile."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The server's token bucket: requests per second in the long run, and how many it takes at once."""

    per_second: float
    burst: int

    @property
    def capacity(self) -> float:
        """One token less than the server's, so that requests bunched up by the network find one left there."""
        return max(1.0, self.burst - 1.0)

    @property
    def pace(self) -> float:
        """Where the burst is 1 there is no token to keep in reserve, and the reserve is one hundredth of the time."""
        return self.per_second if self.burst > 1 else self.per_second * 0.99


class Throttle:
    """A token bucket that copies the server's.

    It starts with one token, because nobody knows what the process before this one has used up: the first
    `synchronise` fills it. Waiters are served first come, first served; one that is cancelled takes nothing.
    """

    def __init__(self, budget: Budget, clock: Clock) -> None:
        self._budget = budget
        self._clock = clock
        self._level = 1.0
        self._at = clock.monotonic()
        self._turn = asyncio.Lock()
        self._ahead = 0
        self._taken = 0
        self._measured = False

    async def acquire(self, patience: float) -> None:
        """Take one token, waiting at most about `patience` seconds.

        Raises Retryable with the wait as `retry_after` where it would be longer; the token is then left to others.
        """
        self._refuse_long(patience, self._ahead)
        self._ahead += 1
        deadline = self._clock.monotonic() + patience + SLACK
        try:
            async with self._turn:
                while (wait := self._wait()) > 0:
                    self._refuse_long(deadline - self._clock.monotonic())
                    await self._clock.sleep(wait)
                self._level -= 1.0
                self._taken += 1
        finally:
            self._ahead -= 1

    def synchronise(self, remaining: float) -> None:
        """Believe the server's count of free requests: it may lower ours; only the first one may raise it.

        Our count is about one below the server's at any time, so a server that reports less has other users.
        """
        self._refill()
        self._level = min(self._level, remaining)
        if not self._measured:
            self._measured = True
            free = remaining - (self._budget.burst - self._budget.capacity) - (self._taken - 1)
            self._level = max(self._level, min(self._budget.capacity, free))

    def penalise(self, retry_after: float) -> None:
        """Close until the server wants to be asked again; one token is there then."""
        until = self._clock.monotonic() + max(0.0, retry_after)
        if until > self._at:
            self._at = until
            self._level = 1.0

    def _wait(self, ahead: int = 0) -> float:
        """Seconds until there is a token for us after `ahead` others had theirs."""
        self._refill()
        closed = max(0.0, self._at - self._clock.monotonic())
        missing = 1.0 + ahead - self._level
        return closed + max(0.0, missing) / self._budget.pace

    def _refill(self) -> None:
        now = self._clock.monotonic()
        if now > self._at:
            self._level = min(self._budget.capacity, self._level + (now - self._at) * self._budget.pace)
            self._at = now

    def _refuse_long(self, patience: float, ahead: int = 0) -> None:
        wait = self._wait(ahead)
        if wait > patience:
            raise Retryable(f"the account's request budget is used up for {wait:.0f} s", wait)
