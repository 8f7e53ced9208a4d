"""Takes notices off the queue, no more than it can hold, and hands each to the lane of its account."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback_service.domain.errors import Configuration, Retryable
from feedback_service.domain.identity import AccountId
from feedback_service.pipeline.stage import Outage
from feedback_service.ports.clock import Clock
from feedback_service.ports.queue import Foreign, Message, Notice, Rollback, Subscription
from feedback_service.publisher.hold import Hold, Keeping
from feedback_service.publisher.lane import Deliver, Desk, Lane
from feedback_service.publisher.machine import Able, Machine, always_able
from feedback_service.publisher.waiting import first_of, pause

log = logging.getLogger(__name__)

WAIT = 2.0
"""Seconds that one reception waits for messages: no longer, as a publisher that stops finishes it."""
AHEAD = 5
"""Messages held for every slot: enough to hide the queue's latency, few enough to leave work to other publishers."""
RESTING = 20
"""Times as many are held at most where accounts rest, so that those which can be served need not wait for them."""
LAST_WORDS = 3.0
"""Seconds that a broken-off publisher has for telling the queue."""
LONGEST_REST = 15.0
"""Seconds between two looks for a queue that is away."""
FORBIDDEN_REST = 60.0
"""Seconds between two looks for a topic, subscription or right that was there and is missing now: a person mends it."""


@dataclass(slots=True)
class Consumer:
    """At most `slots` accounts are served at a time, and none of them by two deliveries at once.

    Everything may happen twice: `deliver` claims its dispatch in the database by compare-and-set.
    """

    subscription: Subscription
    deliver: Deliver
    slots: int
    clock: Clock
    stop: asyncio.Event
    drain_seconds: float = 20.0
    able: Able = always_able
    outage: Outage = field(default_factory=Outage)
    held: int = 0
    received: bool = False
    """Whether the queue has answered this process before."""
    _freed: asyncio.Event = field(default_factory=asyncio.Event)
    _lanes: dict[AccountId, Lane] = field(default_factory=dict)
    _desk: Desk = field(init=False)
    _keeping: Keeping = field(init=False)

    def __post_init__(self) -> None:
        machine = Machine(self.clock, self.able)
        self._desk = Desk(self.deliver, asyncio.Semaphore(self.slots), self.clock, self.stop, machine)
        self._keeping = Keeping(self.clock, self.subscription.deadline_seconds, self._away, self._let_go)

    async def run(self) -> None:
        """Until stopped; what was begun is then finished, and the rest given back.

        Raises Configuration where the queue was never right; one that has answered before is waited for.
        """
        receiving = asyncio.create_task(self._receive_on(), name="the reception")
        try:
            await first_of(asyncio.wait({receiving}), self.stop.wait())
        finally:
            self.stop.set()
            await self._drain(receiving)
        if not receiving.cancelled():
            receiving.result()

    @property
    def room(self) -> int:
        """How many messages may be received now."""
        resting = sum(len(lane.waiting) for lane in self._lanes.values() if lane.rests)
        limit = self.slots * AHEAD
        return min(limit - (self.held - resting), limit * RESTING - self.held)

    async def _receive_on(self) -> None:
        while not self.stop.is_set():
            if self._desk.machine.rests:
                await self._desk.machine.rest(self.stop)
            else:
                await self._receive()

    async def _receive(self) -> None:
        self._freed.clear()
        if (room := self.room) <= 0:
            await first_of(self._freed.wait(), self.stop.wait())
            return
        try:
            messages = await self.subscription.receive(room, WAIT)
        except Retryable as problem:
            await pause(self.clock, min(self._away(problem), LONGEST_REST), self.stop)
            return
        except Configuration as problem:
            if not self.received:
                raise
            self._away(problem)
            await pause(self.clock, FORBIDDEN_REST, self.stop)
            return
        self.received = True
        if self.outage.recovered():
            log.info("The queue is back.", extra={"action": "queue_back"})
        await self._distribute([self._hold(message) for message in messages])

    async def _distribute(self, holds: Sequence[Hold]) -> None:
        if self.stop.is_set():
            for hold in holds:
                await hold.give_back()
            return
        foreign = [hold for hold in holds if not self._take(hold)]
        for hold in foreign:
            await hold.bury()

    def _hold(self, message: Message) -> Hold:
        self.held += 1
        return Hold(message, self._keeping)

    def _take(self, hold: Hold) -> bool:
        """Put it into its account's lane; False where it is not for publishers."""
        match hold.message.content:
            case Notice() as notice:
                self._lane(notice.account).add(notice, hold)
                return True
            case Rollback():
                problem = "a rollback among the notices"
            case Foreign(problem):
                pass
        log.warning("A message is buried, as it is not ours: %s", problem, extra={"action": "notice_foreign"})
        return False

    def _lane(self, account: AccountId) -> Lane:
        if account not in self._lanes:
            self._lanes = {key: lane for key, lane in self._lanes.items() if not lane.is_idle}
            self._lanes[account] = Lane(account, self._desk)
        return self._lanes[account]

    def _let_go(self) -> None:
        self.held -= 1
        self._freed.set()

    def _away(self, problem: Retryable | Configuration) -> float:
        """Say once that the queue is away; the seconds to rest."""
        rest = self.outage.failed(problem.retry_after if isinstance(problem, Retryable) else None)
        if self.outage.is_new:
            log.error("The queue is away: %s", problem, extra={"action": "queue_away"})
        return rest

    async def _drain(self, receiving: asyncio.Task[None]) -> None:
        """Lanes hand in what waits at once, and the last reception what it brings; none waits for another."""
        lanes = list(self._lanes.values())
        handing_in = [asyncio.create_task(lane.wind_down(), name=f"giving back of {lane.account}") for lane in lanes]
        under_way = {receiving, *handing_in, *(lane.at_work for lane in lanes if lane.at_work)}
        await first_of(self.clock.sleep(self.drain_seconds), asyncio.wait(under_way))
        if late := [task for task in under_way if not task.done()]:
            names = ", ".join(task.get_name() for task in late)
            log.warning("What does not end in time is broken off: %s.", names, extra={"action": "broken_off"})
        for task in late:
            task.cancel()
        await first_of(self.clock.sleep(LAST_WORDS), self._ended(under_way))

    async def _ended(self, under_way: set[asyncio.Task[None]]) -> None:
        await asyncio.wait(under_way)
        while self._keeping.ending:
            await asyncio.wait(set(self._keeping.ending))
