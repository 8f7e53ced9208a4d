"""One pass for one supplier: collect, then everything up to the confirmations, then stop; for cron."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback_service.pipeline.kit import Kit
from feedback_service.pipeline.stage import Progress, Stage
from feedback_service.worker.stages import collecting, delivering, thinking

PATIENCE = 120.0
"""Seconds: what falls due later than this (an outage, a far redelivery) is left to the next pass."""
GRACE = 0.05
"""Seconds after a due moment at which it has surely come for the database too."""


@dataclass(slots=True)
class Pass:
    """`due` holds the moments (monotonic seconds) at which something given back or sent is worth another turn."""

    kit: Kit
    stop: asyncio.Event
    due: set[float] = field(default_factory=set)

    async def run(self) -> Progress:
        """Work until nothing is left that falls due within PATIENCE; return all that was done. Raises FenceLost."""
        pairs = [delivering(self.kit, account, self.stop) for account in self.kit.supplier.accounts]
        groups: list[Sequence[Stage]] = [[stage] for stage in thinking(self.kit)]
        groups += [[send for send, _ in pairs], [confirm for _, confirm in pairs]]
        done = await self._together(list(collecting(self.kit).values()))
        while not self.stop.is_set():
            turn = Progress()
            for group in groups:
                turn += await self._together(group)
            done += turn
            if not (turn.moved or turn.more) and not await self._until_due():
                break
        return done

    async def _together(self, stages: Sequence[Stage]) -> Progress:
        done = sum(await asyncio.gather(*(stage.step() for stage in stages)), Progress())
        now = self.kit.clock.monotonic()
        self.due |= {now + seconds + GRACE for seconds in done.later if seconds > 0}
        return done

    async def _until_due(self) -> bool:
        """Wait for the next due moment; False where none is near enough."""
        now = self.kit.clock.monotonic()
        self.due = {moment for moment in self.due if moment > now}
        if not self.due or min(self.due) - now > PATIENCE:
            return False
        await self.kit.clock.sleep(min(self.due) - now)
        return True
