"""Runs all stages of one supplier side by side until it is told to stop or loses its lease."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from feedback_service.domain.errors import FenceLost
from feedback_service.domain.identity import SupplierKey
from feedback_service.pipeline.collect import name_of as collecting
from feedback_service.pipeline.stage import Progress
from feedback_service.ports.roster import ExitCode, Heartbeat
from feedback_service.worker.driver import Driver

log = logging.getLogger(__name__)


class Bell(Protocol):
    """Hears from the database that a person or another process left work."""

    async def wait(self, timeout: float) -> set[str]:
        """The suppliers that have news since the last call, and as SUPPLIER/ACCOUNT the accounts to be read now.

        Empty when the time ran out.
        """
        ...


@dataclass(frozen=True, slots=True)
class Worker:
    supplier: SupplierKey
    drivers: Sequence[Driver]
    bell: Bell
    heartbeat: Heartbeat
    stop: asyncio.Event

    async def run(self) -> int:
        """Work until `stop` is set, then let every stage finish its step; return the exit code."""
        log.info("Working for %s with %d stages.", self.supplier, len(self.drivers), extra={"action": "worker_started"})
        code = ExitCode.DRAINED
        try:
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(self._beat()), group.create_task(self._listen())]
                stages = [group.create_task(one.run(self.told), name=one.stage.name) for one in self.drivers]
                await asyncio.wait(stages)
                for task in beside:
                    task.cancel()
        except* FenceLost:
            log.warning("Another host works for %s now.", self.supplier, extra={"action": "fence_lost"})
            code = ExitCode.TEMPORARY
        log.info("Stopped working for %s.", self.supplier, extra={"action": "worker_stopped"})
        return code

    def told(self, progress: Progress) -> None:
        """Let the other stages know: now of what moved, later of what was given back."""
        if progress.moved:
            self._wake()
        loop = asyncio.get_running_loop()
        for seconds in set(progress.later):
            loop.call_later(seconds + 0.05, self._wake)

    def _wake(self) -> None:
        for driver in self.drivers:
            driver.wake()

    async def _beat(self) -> None:
        while True:
            self.heartbeat.beat()
            await asyncio.sleep(self.heartbeat.every_seconds)

    async def _listen(self) -> None:
        while True:
            heard = await self.bell.wait(60)
            if self.supplier in heard:
                self._wake()
            wanted = {collecting(name.partition("/")[2]) for name in heard if name.startswith(f"{self.supplier}/")}
            for driver in self.drivers:
                if driver.stage.name in wanted:
                    driver.ring()
