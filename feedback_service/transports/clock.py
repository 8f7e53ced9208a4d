"""The machine's clock, and the same clock corrected by how far the database's is away."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class SystemClock:
    """This machine's time plus `skew`.

    Hosts that share a database take the database's time as theirs (skew = database's clock minus ours), so that a
    lease means the same moment to all of them.
    """

    skew: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skew

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
