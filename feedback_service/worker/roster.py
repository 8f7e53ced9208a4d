"""Keeps this host's leases: takes the suppliers it may work for, tells the supervisor, lets go of them at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from feedback_service.domain.errors import Configuration, Retryable
from feedback_service.pipeline.stage import Outage
from feedback_service.ports.roster import Assignment, ExitCode, Heartbeat, RosterWriter
from feedback_service.worker.worker import Bell

log = logging.getLogger(__name__)


class Leases(Protocol):
    """The leases of this host."""

    async def acquire(self) -> Sequence[Assignment]:
        """Renew what is held, take what is free; return all that this host holds now. Raises Retryable."""
        ...

    async def release(self) -> None:
        """Let go of all; the workers are gone by now."""
        ...


@dataclass(frozen=True, slots=True)
class Roster:
    leases: Leases
    bell: Bell
    heartbeat: Heartbeat
    every_seconds: float
    stop: asyncio.Event
    again: asyncio.Event
    outage: Outage = field(default_factory=Outage)

    async def run(self, writer: RosterWriter) -> int:
        """Publish the whole set at every turn until stopped; return the exit code."""
        code = ExitCode.DRAINED
        try:
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(self._beat()), group.create_task(self._listen())]
                while not self.stop.is_set():
                    self.again.clear()
                    await self._turn(writer)
                    await self._pause()
                for task in beside:
                    task.cancel()
            await self._release()
        except* Configuration as problems:
            reason = str(problems.exceptions[0])
            writer.fail(reason, ExitCode.CONFIGURATION)
            code = ExitCode.CONFIGURATION
        return code

    async def _turn(self, writer: RosterWriter) -> None:
        try:
            writer.publish(await self.leases.acquire())
        except Retryable as problem:
            self.outage.failed(problem.retry_after)
            if self.outage.is_new:
                log.error("The leases cannot be renewed: %s", problem, extra={"action": "leases_away"})
            return
        if self.outage.recovered():
            log.info("The leases are renewed again.", extra={"action": "leases_back"})

    async def _pause(self) -> None:
        waiting = {asyncio.ensure_future(one.wait()) for one in (self.again, self.stop)}
        await asyncio.wait(waiting, timeout=self.every_seconds, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()

    async def _release(self) -> None:
        try:
            await self.leases.release()
        except Retryable as problem:
            log.warning("The leases run out by themselves: %s", problem, extra={"action": "leases_left"})

    async def _beat(self) -> None:
        while True:
            self.heartbeat.beat()
            await asyncio.sleep(self.heartbeat.every_seconds)

    async def _listen(self) -> None:
        while True:
            if await self.bell.wait(60):
                self.again.set()
