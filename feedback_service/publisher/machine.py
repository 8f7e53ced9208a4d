"""Whether deliveries can be made on this machine at all: what it cannot do is left to other machines."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from feedback_service.domain.errors import NoBrowser
from feedback_service.ports.clock import Clock
from feedback_service.publisher.waiting import pause

log = logging.getLogger(__name__)

Able = Callable[[], Awaitable[None]]
"""Looks whether a browser can start here; raises NoBrowser."""
LOOK_AGAIN = 60.0
"""Seconds between two looks of a machine that has no browser; nothing is received meanwhile."""


async def always_able() -> None:
    """For a machine whose deliveries need no browser."""


@dataclass(slots=True)
class Machine:
    clock: Clock
    able: Able = always_able
    rests: bool = False

    def failed(self, problem: NoBrowser) -> None:
        """Rest until a browser is found again; said once."""
        if not self.rests:
            log.error("This machine leaves answers to others: %s", problem, extra={"action": "machine_unable"})
        self.rests = True

    async def rest(self, stop: asyncio.Event) -> None:
        """Wait, then look again."""
        await pause(self.clock, LOOK_AGAIN, stop)
        if stop.is_set():
            return
        try:
            await self.able()
        except NoBrowser:
            return
        self.rests = False
        log.info("This machine delivers answers again.", extra={"action": "machine_back"})
