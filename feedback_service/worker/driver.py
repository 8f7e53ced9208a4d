"""Drives one stage: a step at a time, as soon as there is work, resting through outages, until told to stop."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.errors import FenceLost, Retryable
from feedback_service.domain.polling import Pace
from feedback_service.pipeline.stage import Outage, Progress, Stage

log = logging.getLogger(__name__)

CRASH_REST = 30.0
"""Seconds that a stage rests after an error nobody foresaw; the others go on."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a stage is stepped, in seconds: after `idle` without news; never within `pace` of a step that was no batch.

    `hears`: whether news of other stages wake it; collecting goes by its own poll interval. While its steps move
    nothing, the waits grow from `idle` up to `quiet`, where that is longer.
    """

    idle: float
    pace: float = 0.0
    hears: bool = True
    quiet: float = 0.0

    def next(self, last: float, progress: Progress) -> float:
        """The wait after a step that came `last` seconds after the one before it."""
        pace = Pace(timedelta(seconds=self.idle), timedelta(seconds=max(self.idle, self.quiet)))
        return pace.next(timedelta(seconds=last), news=progress.moved > 0).total_seconds()


@dataclass(slots=True)
class Driver:
    stage: Stage
    rhythm: Rhythm
    stop: asyncio.Event
    news: asyncio.Event = field(default_factory=asyncio.Event)
    outage: Outage = field(default_factory=Outage)
    total: Progress = field(default_factory=Progress)
    waited: float = 0.0

    async def run(self, told: Callable[[Progress], None]) -> None:
        """Step until stopped; every step's progress is told. Raises FenceLost."""
        while not self.stop.is_set():
            self.news.clear()
            progress = await self._step()
            told(progress)
            await self._pause(progress)

    def wake(self) -> None:
        if self.rhythm.hears:
            self.news.set()

    def ring(self) -> None:
        """A person asks for a step now; one that rests for the other side's sake goes on to rest."""
        self.news.set()

    async def _step(self) -> Progress:
        try:
            progress = await self.stage.step()
        except FenceLost:
            raise
        except Retryable as problem:
            return self._away(problem)
        except Exception:  # a stage's bug must not stop the other stages
            log.exception("The stage %s failed.", self.stage.name, extra={"action": "stage_failed"})
            return Progress(failed=1, rest=CRASH_REST)
        if self.outage.recovered():
            log.info("The database is back.", extra={"action": "database_back"})
        return progress

    def _away(self, problem: Retryable) -> Progress:
        rest = min(self.outage.failed(problem.retry_after), 15.0)
        if self.outage.is_new:
            log.error("The database is away: %s", problem, extra={"action": "database_away"})
        return Progress(failed=1, rest=rest)

    async def _pause(self, progress: Progress) -> None:
        if progress.rest:
            await self._wait(self.stop, progress.rest)
            return
        if progress.more:
            return
        if self.rhythm.pace:
            await self._wait(self.stop, self.rhythm.pace)
        self.waited = self.rhythm.next(self.waited, progress)
        await self._wait(self.news, self.waited * random.uniform(0.9, 1.1))  # noqa: S311  jitter, no secret

    async def _wait(self, event: asyncio.Event, seconds: float) -> None:
        """Wait for the event, for the stop or for the time, whichever comes first."""
        waiting = {asyncio.ensure_future(one.wait()) for one in {event, self.stop}}
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
