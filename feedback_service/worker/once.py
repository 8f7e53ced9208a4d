"""One pass for one supplier: collect, then everything up to the confirmations, then stop; for cron."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback_service.domain.errors import Configuration, FenceLost, Retryable
from feedback_service.pipeline.kit import Kit
from feedback_service.pipeline.stage import Progress, Stage
from feedback_service.worker.stages import collecting, delivering, rolling_back, thinking

log = logging.getLogger(__name__)

PATIENCE = 120.0
"""Seconds: what falls due later than this (an outage, a far redelivery) is left to the next pass."""
GRACE = 0.05
"""Seconds after a due moment at which it has surely come for the database too."""
STANDSTILL = 600.0
"""Seconds in which nothing moved, after which a pass ends, however soon the next moment falls due.

A limit may be told again at every try, and the next pass by cron would wait for this one.
"""
INSTANT = 0.001
"""Seconds that are not worth a sleep."""


@dataclass(slots=True)
class Lane:
    """Stages that take turns, beside the other lanes; `once`: a single turn, for collecting."""

    stages: Sequence[Stage]
    once: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)
    rests: bool = False
    """Whether it waits for news, or is done."""

    @property
    def is_still(self) -> bool:
        return self.rests and (self.once or not self.news.is_set())


@dataclass(slots=True)
class Pass:
    """Each account has lanes of its own, so that a slow one delays no other. All moments are monotonic seconds.

    `due`: when something given back or sent, or a stage that rests, is worth another turn. `resting`: until when the
    stage of that name is left alone; for ever where it broke down. `moved_at`: when anything moved last.
    """

    kit: Kit
    stop: asyncio.Event
    due: set[float] = field(default_factory=set)
    resting: dict[str, float] = field(default_factory=dict)
    done: Progress = field(default_factory=Progress)
    moved_at: float = 0.0
    lanes: Sequence[Lane] = ()
    problem: BaseException | None = None
    ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> Progress:
        """Work until nothing is left that falls due within PATIENCE; return all that was done.

        Raises FenceLost, Configuration, or Retryable where the database is away; every step that has begun ends before
        that. Any other error of a stage ends that stage alone.
        """
        self.lanes = self._made()
        return await self.run_lanes()

    async def run_lanes(self) -> Progress:
        """See `run`."""
        self.moved_at = self.kit.clock.monotonic()
        working = [asyncio.create_task(self._work(lane)) for lane in self.lanes]
        try:
            while not self._is_over() and await self._goes_on():
                self._ring()
        finally:
            self.ended = True
            self._ring()
            await asyncio.gather(*working)
        if self.problem is not None:
            raise self.problem
        return self.done

    def _made(self) -> Sequence[Lane]:
        each = [delivering(self.kit, account, self.stop) for account in self.kit.supplier.accounts]
        lanes = [Lane([stage], once=True) for stage in collecting(self.kit).values()]
        lanes.append(Lane(thinking(self.kit)))
        lanes += [Lane([send, confirm, *others]) for send, confirm, others in each]
        return [*lanes, *([Lane(rolled)] if (rolled := rolling_back(self.kit)) else [])]

    def _is_over(self) -> bool:
        return self.ended or self.stop.is_set() or self.problem is not None

    async def _work(self, lane: Lane) -> None:
        while not self._is_over():
            lane.news.clear()
            try:
                turn = await self._turn(lane)
            except BaseException as problem:  # noqa: BLE001  told by `run` when the other lanes have ended their steps
                self.problem = self.problem or problem
                break
            self.done += turn
            if turn.moved:
                self.moved_at = self.kit.clock.monotonic()
            if turn.moved or turn.more:
                self._ring()
            lane.rests = True
            self.changed.set()
            if lane.once:
                return
            await lane.news.wait()
            lane.rests = False
        lane.rests = True
        self.changed.set()

    async def _turn(self, lane: Lane) -> Progress:
        if lane.once:  # an account that cannot be read is left to the next pass
            return await self._unbroken(lane.stages[0])
        turn = Progress()
        for stage in lane.stages:
            turn += await self._step(stage)
        return turn

    async def _step(self, stage: Stage) -> Progress:
        """A step, unless the stage rests."""
        if self.resting.get(stage.name, 0.0) > self.kit.clock.monotonic() or self._is_over():
            return Progress()
        progress = await self._unbroken(stage)
        self._note(stage, progress)
        return progress

    async def _unbroken(self, stage: Stage) -> Progress:
        """A step; what nobody foresaw is told, and the stage left alone, so that other accounts have their turn."""
        try:
            return await stage.step()
        except (FenceLost, Retryable, Configuration):
            raise
        except Exception:  # a stage's bug must not stop the other stages
            log.exception("The stage %s failed.", stage.name, extra={"action": "stage_failed"})
            self.resting[stage.name] = math.inf
            return Progress(failed=1)

    def _note(self, stage: Stage, progress: Progress) -> None:
        now = self.kit.clock.monotonic()
        self.due |= {now + seconds + GRACE for seconds in progress.later if seconds > 0}
        if progress.rest:
            self.resting[stage.name] = now + progress.rest
            self.due.add(now + progress.rest + GRACE)
        self.changed.set()

    def _ring(self) -> None:
        for lane in self.lanes:
            lane.news.set()

    async def _goes_on(self) -> bool:
        """Wait until something falls due: True; False where all is still and nothing falls due soon enough."""
        while not self._is_over():
            self.changed.clear()
            if self._take_due():
                return True
            soon = min(self.due, default=None)
            seconds = None if soon is None else soon - self.kit.clock.monotonic()
            if seconds is not None and seconds > PATIENCE:
                seconds = None
            if all(lane.is_still for lane in self.lanes):
                if seconds is None or self._stands_still():
                    return False
                await self._first_of(self.kit.clock.sleep(seconds), self.stop.wait())
            else:
                sleeping = [] if seconds is None else [self.kit.clock.sleep(seconds)]
                await self._first_of(self.changed.wait(), self.stop.wait(), *sleeping)
        return False

    def _stands_still(self) -> bool:
        return self.kit.clock.monotonic() - self.moved_at > STANDSTILL

    def _take_due(self) -> bool:
        """Whether a due moment has passed; it is forgotten then."""
        now = self.kit.clock.monotonic()
        passed = {moment for moment in self.due if moment <= now + INSTANT}
        self.due -= passed
        return bool(passed)

    async def _first_of(self, *coroutines: Coroutine[Any, Any, object]) -> None:
        waiting = {asyncio.ensure_future(one) for one in coroutines}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
