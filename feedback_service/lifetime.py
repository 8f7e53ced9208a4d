"""The frame of a process that has a loop: signals that stop it, its heartbeat, and the exit code that says why."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from feedback_service import logs
from feedback_service.domain.errors import Configuration, FenceLost, Retryable
from feedback_service.ports.roster import ExitCode, Heartbeat

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unwatched:
    """The heartbeat of a process that nobody watches."""

    every_seconds: float = 60.0

    def beat(self) -> None:
        """Nobody listens."""


async def coded(life: Awaitable[int]) -> int:
    """The exit code that tells a supervisor what to do next; the process's logs are sent off before it ends."""
    try:
        return await life
    except Configuration as problem:
        log.error("This cannot work until a person changes it: %s", problem, extra={"action": "configuration"})
        return ExitCode.CONFIGURATION
    except FenceLost:
        return ExitCode.TEMPORARY
    except Retryable as problem:
        log.error("The database is away: %s", problem, extra={"action": "database_away"})
        return ExitCode.TEMPORARY
    finally:
        await asyncio.to_thread(logs.stop_shipping)  # a forked child leaves without its exit hooks


def stopped_by(*signals: signal.Signals) -> asyncio.Event:
    """An event of the running loop that these signals set."""
    stop = asyncio.Event()
    for signum in signals:
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    return stop


@asynccontextmanager
async def beating(heartbeat: Heartbeat) -> AsyncIterator[None]:
    """Beat during the `with` block, from the loop that the heartbeat vouches for."""

    async def beat() -> None:
        while True:
            heartbeat.beat()
            await asyncio.sleep(heartbeat.every_seconds)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
