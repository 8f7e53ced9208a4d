"""Keeps one account's requests below the server's limit, in the order in which they were asked for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from feedback_service.domain.errors import Retryable
from feedback_service.ports.clock import Clock

SLACK = 1.0
"""Seconds by which a wait that was promised to fit may run over, because others moved the bucket meanwhile."""
ROUNDING = 1e-5
"""The part of a token, and of a second, that may be lost to floating point: no wait is worth that little."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The server's token bucket: requests per second in the long run, and how many it takes at once."""

    per_second: float
    burst: int

    @property
    def reserve(self) -> float:
        """Tokens that we leave on the server, so that requests bunched up by the network find one there."""
        return 1.0 if self.burst > 1 else 0.0

    @property
    def capacity(self) -> float:
        return self.burst - self.reserve

    @property
    def pace(self) -> float:
        """Where the burst is 1 there is no token to keep in reserve, and the reserve is one hundredth of the time."""
        return self.per_second if self.burst > 1 else self.per_second * 0.99


class Throttle:
    """A token bucket that copies the server's, less the reserve.

    It starts with one token (lent from the reserve), because nobody knows what the process before this one has used
    up: the first `synchronise` fills it. Waiters are served first come, first served; one that is cancelled takes
    nothing.
    """

    def __init__(self, budget: Budget, clock: Clock) -> None:
        self._budget = budget
        self._clock = clock
        self._turn = asyncio.Lock()
        self._ahead = 0
        self._taken = 0
        self._measured = False
        self._at = clock.monotonic()
        self._level = 1.0 - budget.reserve
        self._lent = budget.reserve

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
                self._lent = 0.0
                self._taken += 1
        finally:
            self._ahead -= 1

    def synchronise(self, remaining: float) -> None:
        """Believe the server's count of free requests: it may lower ours; only the first one may raise it.

        A server that has none left, though we mean to leave a reserve, serves somebody else as well, or began with
        less than we thought: we fall back until the reserve is there again.
        """
        self._refill()
        reserve_is_gone = remaining < self._budget.reserve
        self._level = min(self._level, remaining - self._budget.reserve if reserve_is_gone else remaining)
        if not self._measured:
            self._measured = True
            not_counted_yet = self._taken - 1
            free = min(remaining, self._budget.burst) - self._budget.reserve - not_counted_yet
            self._level = max(self._level, free)

    def penalise(self, retry_after: float) -> None:
        """Close until the server wants to be asked again; one token is there then, and it becomes the reserve."""
        until = self._clock.monotonic() + max(0.0, retry_after)
        if until > self._at:
            self._at = until
            self._level = 1.0 - self._budget.reserve

    def _wait(self, ahead: int = 0) -> float:
        """Seconds until there is a token for us after `ahead` others had theirs."""
        self._refill()
        closed = max(0.0, self._at - self._clock.monotonic())
        missing = 1.0 + ahead - self._level - (0.0 if ahead else self._lent)
        wait = closed + (missing / self._budget.pace if missing > ROUNDING else 0.0)
        return wait if wait > ROUNDING else 0.0

    def _refill(self) -> None:
        now = self._clock.monotonic()
        if now > self._at:
            self._level = min(self._budget.capacity, self._level + (now - self._at) * self._budget.pace)
            self._at = now

    def _refuse_long(self, patience: float, ahead: int = 0) -> None:
        wait = self._wait(ahead)
        if wait > patience:
            raise Retryable(f"the account's request budget is used up for {wait:.0f} s", wait)
