"""Asks 2GIS no faster than a careful person would: no limit of it is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.twogis.refusals import retry_after, status_of
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer, Call, Http
from feedback_service.transports.throttle import Budget, Throttle

BUDGET = Budget(2.0, 8)
"""Public clients pause for 1.2 to 7 seconds between pages of one branch; one of six is kept in reserve."""
QUEUE = 12.0
"""Seconds that a call may wait for its turn: with the time limits of its requests, an answer's calls stay below
send_window."""
SOON = 10.0
"""Seconds after which a write is worth another try whose turn came too late."""
UNKNOWN_PENALTY = 30.0
"""Seconds to stay away after a 429 that does not say how long."""


@dataclass(slots=True)
class Pace:
    """One account's way to one host."""

    http: Http
    clock: Clock
    budget: Budget = BUDGET
    throttle: Throttle = field(init=False)

    def __post_init__(self) -> None:
        self.throttle = Throttle(self.budget, self.clock)

    async def exchange(self, call: Call, latest: datetime | None = None) -> Answer:
        """Send the call once, when it is its turn. Raises Retryable or InDoubt.

        Nothing leaves after `latest`: this process may have stood still meanwhile.
        """
        await self.throttle.acquire(QUEUE)
        if latest is not None and self.clock.now() > latest:
            raise Retryable(f"{call}: its turn came too late after the look at its review", SOON)
        answer = await self.http.exchange(call)
        if status_of(answer) == 429:
            self.throttle.penalise(retry_after(answer) or UNKNOWN_PENALTY)
        else:
            # The limit is our own, so nobody tells what is left of it: the first answer opens it, later ones nothing.
            self.throttle.synchronise(float(self.budget.burst - 1))
        return answer
