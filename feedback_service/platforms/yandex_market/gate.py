"""Keeps one account's calls below the two limits of the Partner API: calls at once, and calls an hour per method."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.yandex_market.refusals import (
    LIMITS,
    PARALLEL_PAUSE,
    is_last,
    is_parallel,
    opens_at,
    retry_after,
)
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer

AT_ONCE = 2
"""Calls at a time for one cabinet: its documents said 2 in 2025 and say 4 now; the smaller number is right for both."""
LONGEST = 2 * 3600.0
"""Seconds that a method stays closed at most, whatever the server's date says: its limits are counted by the hour."""
UNKNOWN = 60.0
"""Seconds to stay away after an hourly limit that does not say until when."""


class Gate:
    """Calls of one account pass here, each for one resource (the method's path)."""

    def __init__(self, clock: Clock, at_once: int = AT_ONCE) -> None:
        self._clock = clock
        self._places = asyncio.Semaphore(at_once)
        self._closed: dict[str, float] = {}

    @asynccontextmanager
    async def passing(self, resource: str, patience: float) -> AsyncIterator[None]:
        """Hold a place while the block runs.

        Raises Retryable, before anything is sent, where the resource stays closed for longer than `patience` seconds,
        or no place comes free within them.
        """
        wait = self._wait(resource)
        if wait > patience:
            raise Retryable(f"{resource}: the hourly number of calls is used up for {wait:.0f} s", wait)
        if wait > 0:
            await self._clock.sleep(wait)
        try:
            async with asyncio.timeout(patience):
                await self._places.acquire()
        except TimeoutError:
            raise Retryable(f"{resource}: the account's other calls take too long") from None
        try:
            yield
        finally:
            self._places.release()

    def heed(self, answer: Answer) -> None:
        """Take in what the answer says of the limits. Raises Retryable where it is a refusal by one: nothing was done.

        Headers: the Partner API's page on limits, 2025-09. A method that has no call left is left alone until its
        hour is over, even where this call was the last good one.
        """
        if answer.status not in LIMITS:
            if is_last(answer):
                self._close(answer.call.path, self._hourly(answer))
            return
        if is_parallel(answer):
            raise Retryable(f"{answer.call}: too many calls at once", PARALLEL_PAUSE)
        wait = self._hourly(answer)
        self._close(answer.call.path, wait)
        raise Retryable(f"{answer.call}: the hourly number of calls is used up for {wait:.0f} s", wait)

    def _hourly(self, answer: Answer) -> float:
        until = opens_at(answer)
        told = retry_after(answer) if until is None else (until - self._clock.now()).total_seconds()
        return min(max(UNKNOWN if told is None else told, 1.0), LONGEST)

    def _close(self, resource: str, seconds: float) -> None:
        self._closed[resource] = self._clock.monotonic() + seconds

    def _wait(self, resource: str) -> float:
        return max(0.0, self._closed.get(resource, 0.0) - self._clock.monotonic())
