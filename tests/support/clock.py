"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class ManualClock:
    """Fulfils the port Clock; `sleep` returns when `advance` has passed its end."""

    def __init__(self, now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self._start = self._now = now
        self._moved = asyncio.Condition()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        until = self._now + timedelta(seconds=seconds)
        async with self._moved:
            await self._moved.wait_for(lambda: self._now >= until)

    def pass_by(self, passed: timedelta) -> None:
        """Move on where nobody sleeps."""
        self._now += passed

    async def advance(self, passed: timedelta) -> None:
        """Move on and wake those whose time has come."""
        async with self._moved:
            self._now += passed
            self._moved.notify_all()
