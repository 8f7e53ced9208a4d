"""One pass for one supplier: collect, then everything up to the confirmations, then stop; for cron."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback_service.pipeline.kit import Kit
from feedback_service.pipeline.stage import Progress, Stage
from feedback_service.worker.stages import collecting, delivering, rolling_back, thinking

PATIENCE = 120.0
"""Seconds: what falls due later than this (an outage, a far redelivery) is left to the next pass."""
GRACE = 0.05
"""Seconds after a due moment at which it has surely come for the database too."""
INSTANT = 0.001
"""Seconds that are not worth a sleep."""


@dataclass(slots=True)
class Pass:
    """All moments are monotonic seconds.

    `due`: when something given back or sent, or a stage that rests, is worth another turn. `resting`: until when the
    stage of that name is left alone.
    """

    kit: Kit
    stop: asyncio.Event
    due: set[float] = field(default_factory=set)
    resting: dict[str, float] = field(default_factory=dict)

    async def run(self) -> Progress:
        """Work until nothing is left that falls due within PATIENCE; return all that was done. Raises FenceLost."""
        each = [delivering(self.kit, account, self.stop) for account in self.kit.supplier.accounts]
        groups: list[Sequence[Stage]] = [[stage] for stage in thinking(self.kit)]
        groups += [[send for send, _, _ in each], [confirm for _, confirm, _ in each]]
        groups += [[stage for _, _, others in each for stage in others], rolling_back(self.kit)]
        done = await self._together(list(collecting(self.kit).values()))
        self.due.clear()  # an account that cannot be read is left to the next pass
        while not self.stop.is_set():
            turn = Progress()
            for group in groups:
                turn += await self._together(group)
            done += turn
            if not (turn.moved or turn.more) and not await self._until_due():
                break
        return done

    async def _together(self, stages: Sequence[Stage]) -> Progress:
        """A step of each that does not rest; an error is raised when all have ended."""
        begun = self.kit.clock.monotonic()
        awake = [stage for stage in stages if self.resting.get(stage.name, 0.0) <= begun]
        ends = await asyncio.gather(*(stage.step() for stage in awake), return_exceptions=True)
        done = Progress()
        for stage, end in zip(awake, ends, strict=True):
            if isinstance(end, BaseException):
                raise end
            self._note(stage, end)
            done += end
        return done

    def _note(self, stage: Stage, progress: Progress) -> None:
        now = self.kit.clock.monotonic()
        self.due |= {now + seconds + GRACE for seconds in progress.later if seconds > 0}
        if progress.rest:
            self.resting[stage.name] = now + progress.rest
            self.due.add(now + progress.rest + GRACE)

    async def _until_due(self) -> bool:
        """Wait for the next due moment, not at all where one has passed; False where none is near enough."""
        now = self.kit.clock.monotonic()
        passed = {moment for moment in self.due if moment <= now + INSTANT}
        self.due -= passed
        if passed:
            return True
        if not self.due or min(self.due) - now > PATIENCE:
            return False
        await self._sleep(min(self.due) - now)
        return True

    async def _sleep(self, seconds: float) -> None:
        """Sleep, or be told to stop."""
        waiting = {asyncio.ensure_future(one) for one in (self.kit.clock.sleep(seconds), self.stop.wait())}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
