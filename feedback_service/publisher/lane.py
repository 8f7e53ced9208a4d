"""One account's notices: strictly one after another, and what becomes of each."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from feedback_service import logs
from feedback_service.domain.errors import AccountFault, Configuration, NoBrowser, Retryable
from feedback_service.domain.identity import AccountId
from feedback_service.pipeline.stage import Outage
from feedback_service.ports.clock import Clock
from feedback_service.ports.queue import Notice
from feedback_service.publisher.hold import Hold
from feedback_service.publisher.machine import Machine
from feedback_service.publisher.poison import Poison
from feedback_service.publisher.waiting import pause

log = logging.getLogger(__name__)

Deliver = Callable[[Notice], Awaitable[None]]

TURN = 10
"""Notices that an account gets done before accounts that wait for a slot have their turn."""
LONGEST_REST = 60.0
"""Seconds: what was given back meanwhile may be with us again, and is worth another look by then."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all lanes share: the work, its slots, and when it has to end."""

    deliver: Deliver
    slots: asyncio.Semaphore
    clock: Clock
    stop: asyncio.Event
    machine: Machine
    poison: Poison = field(default_factory=Poison)


@dataclass(slots=True, eq=False)
class Lane:
    """An account that rests after a failure keeps what arrives meanwhile; `rests_until` is in monotonic time."""

    account: AccountId
    desk: Desk
    waiting: deque[tuple[Notice, Hold]] = field(default_factory=deque)
    outage: Outage = field(default_factory=Outage)
    rests_until: float = 0.0
    at_work: asyncio.Task[None] | None = None
    has_slot: bool = False

    @property
    def rests(self) -> bool:
        return self.rests_until > self.desk.clock.monotonic()

    @property
    def is_idle(self) -> bool:
        """Whether it can be forgotten: nothing waits, nothing is under way, and no failure is to be remembered."""
        return not self.waiting and self.at_work is None and not self.outage.failures

    def add(self, notice: Notice, hold: Hold) -> None:
        self.waiting.append((notice, hold))
        if self.at_work is None and not self.desk.stop.is_set():
            self.at_work = asyncio.create_task(self._work_off(), name=f"account {self.account}")

    async def wind_down(self) -> None:
        """Give back what waits; a delivery that is under way goes on."""
        if self.at_work and not self.has_slot:
            self.at_work.cancel()
        for hold in self._what_waits():
            await hold.give_back()

    def _what_waits(self) -> Iterator[Hold]:
        """What waits now, in order, taken out one by one; what is given back may arrive anew meanwhile, and stays."""
        for _ in range(len(self.waiting)):
            if self.waiting:
                yield self.waiting.popleft()[1]

    async def _work_off(self) -> None:
        try:
            while self.waiting:
                await pause(self.desk.clock, self.rests_until - self.desk.clock.monotonic(), self.desk.stop)
                async with self.desk.slots:
                    self.has_slot = True
                    await self._turn()
                self.has_slot = False
                if self.desk.stop.is_set():
                    return
        finally:
            self.at_work, self.has_slot = None, False

    async def _turn(self) -> None:
        for _ in range(TURN):
            if not self.waiting or self.rests or self.desk.stop.is_set():
                return
            notice, hold = self.waiting.popleft()
            with logs.bound(supplier=notice.supplier, account=notice.account, dispatch=notice.dispatch):
                await self._settle(notice, hold)

    async def _settle(self, notice: Notice, hold: Hold) -> None:
        if notice.expires_at <= self.desk.clock.now():
            log.info("A notice came too late; its answer is announced anew.", extra={"action": "notice_expired"})
            await hold.done()
            return
        if self.desk.machine.rests:
            await hold.give_back()
            return
        try:
            await self.desk.deliver(notice)
        except asyncio.CancelledError:
            await hold.give_back()
            raise
        except (Retryable, Configuration) as problem:
            await self._put_off(hold, problem)
        except NoBrowser as problem:
            self.desk.machine.failed(problem)
            await hold.give_back()
        except AccountFault as problem:
            await self._leave_to_the_database(hold, problem)
        except Exception:  # noqa: BLE001  a defect must not stop the other notices; it is logged there
            await self._failed(notice, hold)
        else:
            await self._worked(notice, hold)

    async def _worked(self, notice: Notice, hold: Hold) -> None:
        self.desk.poison.worked(notice)
        if self.outage.recovered():
            log.info("Answers of this account are delivered again.", extra={"action": "deliver_back"})
        await hold.done()

    async def _put_off(self, hold: Hold, problem: Retryable | Configuration) -> None:
        """Here it cannot be done now, perhaps elsewhere."""
        asked = problem.retry_after if isinstance(problem, Retryable) else None
        rest = min(self.outage.failed(asked), LONGEST_REST)
        self.rests_until = self.desk.clock.monotonic() + rest
        if self.outage.is_new:
            log.error("Answers of this account cannot be delivered now: %s", problem, extra={"action": "deliver_away"})
        await hold.give_back()
        for one in self._what_waits():
            await one.give_back()

    async def _leave_to_the_database(self, hold: Hold, problem: AccountFault) -> None:
        """Its worker announces again later what waits here, so that a login out of order is not tried for each."""
        told = {"action": "deliver_fault", "left": len(self.waiting)}
        log.warning("This account is out of order; its answers are announced anew later: %s", problem, extra=told)
        await hold.done()
        for one in self._what_waits():
            await one.done()

    async def _failed(self, notice: Notice, hold: Hold) -> None:
        """An error nobody foresaw; the other notices go on."""
        if self.desk.poison.failed(notice, hold.message.attempt):
            log.exception("A delivery keeps failing; its notice is buried.", extra={"action": "notice_buried"})
            await hold.bury()
        else:
            log.exception("A delivery failed; its notice is given back.", extra={"action": "deliver_failed"})
            await hold.give_back()
