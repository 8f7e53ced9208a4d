"""Asks Google no faster than a project may: one account's calls share one budget."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.google_business.refusals import retry_after
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer, Call, Http
from feedback_service.transports.throttle import Budget, Throttle

BUDGET = Budget(4.0, 11)
"""A project has 300 requests a minute for each of its APIs; none is published for the reviews, so the same is kept to.
Source: content/limits, 2026-07."""
QUEUE = 15.0
"""Seconds that a call may wait for its turn: with the time limits of its requests, an answer's calls stay below
send_window."""
FIRST_PENALTY = 1.0
LONGEST_PENALTY = 60.0
"""Seconds to stay away after a 429 that does not say how long: twice as long each time, as Google asks for."""


@dataclass(slots=True)
class Pace:
    """The calls of one account, to whichever of Google's hosts."""

    clock: Clock
    budget: Budget = BUDGET
    throttle: Throttle = field(init=False)
    _penalty: float = FIRST_PENALTY

    def __post_init__(self) -> None:
        self.throttle = Throttle(self.budget, self.clock)

    async def exchange(self, http: Http, call: Call, latest: float | None = None) -> Answer:
        """Send the call once, when it is its turn. Raises Retryable or InDoubt.

        After `latest`, in monotonic seconds, it is not sent any more: what it rests on may have changed meanwhile.
        """
        await self.throttle.acquire(QUEUE)
        if latest is not None and self.clock.monotonic() > latest:
            raise Retryable(f"{call}: its turn came too late; nothing was sent")
        answer = await http.exchange(call)
        if answer.status == 429:
            told = retry_after(answer)
            self.throttle.penalise(self._penalty if told is None else told)
            self._penalty = min(self._penalty * 2, LONGEST_PENALTY)
        else:
            # The limit is our own, so nobody tells what is left of it: the first answer opens it, later ones nothing.
            self.throttle.synchronise(float(self.budget.burst - 1))
            self._penalty = FIRST_PENALTY
        return answer
