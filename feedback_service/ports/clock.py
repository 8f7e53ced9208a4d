"""Time as a port, so that tests move it and no host trusts its own clock against the database's."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present, timezone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow, for intervals."""
        ...

    async def sleep(self, seconds: float) -> None: ...
