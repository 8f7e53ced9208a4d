"""A publisher's loop under test: a queue in memory, work as the test writes it, and a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from feedback_service.domain.errors import Configuration, NoBrowser, Retryable
from feedback_service.domain.identity import AccountId, DispatchId, SupplierKey
from feedback_service.ports.queue import Foreign, Notice, Rollback
from feedback_service.publisher.consume import Consumer
from feedback_service.publisher.lane import Deliver
from tests.support.clock import ManualClock

DEADLINE = 30.0
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
TURNS = 60
"""Of the loop, within which everything has happened that can without time passing."""
Content = Notice | Rollback | Foreign


def notice(dispatch: int, account: int = 1, expires_in: float = 86_400.0, revision: int = 1) -> Notice:
    return Notice(
        supplier=SupplierKey("romashka"),
        account=AccountId(account),
        dispatch=DispatchId(dispatch),
        revision=revision,
        expires_at=BEGIN + timedelta(seconds=expires_in),
    )


@dataclass(eq=False)
class Handed:
    """One delivery of one message; a message that comes again is another delivery."""

    broker: Broker
    content: Content
    place: int
    attempt: int
    kept_until: float
    ends: list[str] = field(default_factory=list)
    extensions: list[float] = field(default_factory=list)

    async def done(self) -> None:
        self._end("done")

    async def give_back(self) -> None:
        await self.broker.clock.sleep(self.broker.slow)
        self._end("given back")
        self.broker.post(self.content, self.place, self.attempt)

    async def bury(self) -> None:
        if self.broker.unburied:
            raise self.broker.unburied
        self._end("buried")

    async def extend(self) -> None:
        self._touch()
        if self.ends:
            self.broker.wrongs.append(f"extended after its end: {self}")
        if self.broker.away:
            raise self.broker.away
        now = self.broker.clock.monotonic()
        self.extensions.append(now)
        self.kept_until = now + DEADLINE

    def _end(self, how: str) -> None:
        self._touch()
        if self.ends:
            self.broker.wrongs.append(f"ended twice: {self}")
        self.ends.append(how)
        if self.broker.away:
            raise self.broker.away

    def _touch(self) -> None:
        if self.broker.clock.monotonic() > self.kept_until and not self.broker.away:
            self.broker.wrongs.append(f"not kept in time: {self}")

    def __repr__(self) -> str:
        return f"<{self.content} attempt {self.attempt} {self.ends}>"


@dataclass(eq=False)
class Broker:
    """A subscription; what is given back comes again before what was posted after it."""

    clock: ManualClock
    away: Retryable | None = None
    forbidden: Configuration | None = None
    unburied: Configuration | None = None
    waiting: list[tuple[int, int, Content]] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)
    most_held: int = 0
    deadline_seconds: float = DEADLINE
    counts: bool = True
    slow: float = 0.0
    """Seconds that a giving back takes."""
    _posted: asyncio.Event = field(default_factory=asyncio.Event)
    _places: int = 0

    def post(self, content: Content, place: int = 0, attempt: int = 0) -> None:
        self._places += 1
        self.waiting.append((place or self._places, attempt, content))
        self.waiting.sort(key=lambda one: one[0])
        self._posted.set()

    async def receive(self, limit: int, seconds: float) -> Sequence[Handed]:
        self.asked.append(limit)
        if not self.waiting and not self.away and not self.forbidden:
            self._posted.clear()
            waits = {asyncio.ensure_future(self._posted.wait()), asyncio.ensure_future(self.clock.sleep(seconds))}
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for one in waits:
                one.cancel()
        if problem := self.away or self.forbidden:
            raise problem
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        until = self.clock.monotonic() + DEADLINE
        new = [
            Handed(self, content, place, attempt + 1 if self.counts else 1, until) for place, attempt, content in taken
        ]
        self.handed += new
        self.most_held = max(self.most_held, len(self.held))
        return new

    def forbid(self, problem: Configuration | None) -> None:
        self.forbidden = problem
        self._posted.set()

    def lose(self, problem: Retryable | None) -> None:
        self.away = problem
        self._posted.set()

    @property
    def held(self) -> list[Handed]:
        return [one for one in self.handed if not one.ends]

    def ends(self, dispatch: int) -> list[str]:
        """How every delivery of this dispatch ended so far."""
        mine = [one for one in self.handed if isinstance(one.content, Notice) and one.content.dispatch == dispatch]
        return [end for one in mine for end in one.ends]


@dataclass
class Work:
    """Delivers by a script: for each dispatch the ends of its tries, in seconds of work or errors; then it is quick."""

    clock: ManualClock
    script: dict[int, list[float | BaseException]] = field(default_factory=dict)
    always: dict[int, BaseException] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    at_once: Counter[int] = field(default_factory=Counter)
    most_at_once: int = 0
    wrongs: list[str] = field(default_factory=list)

    async def deliver(self, notice: Notice) -> None:
        self.begun.append(notice.dispatch)
        self.at_once[notice.account] += 1
        self.most_at_once = max(self.most_at_once, self.at_once.total())
        if self.at_once[notice.account] > 1:
            self.wrongs.append(f"account {notice.account} twice at once")
        try:
            if notice.dispatch in self.always:
                raise self.always[notice.dispatch]
            for part in self.script.pop(notice.dispatch, []):
                if isinstance(part, BaseException):
                    raise part
                await self.clock.sleep(part)
        finally:
            self.at_once[notice.account] -= 1
        self.finished.append(notice.dispatch)


class Publishing:
    """`async with` it; times are seconds since it began."""

    def __init__(self, slots: int = 2, drain_seconds: float = 20.0, deliver: Deliver | None = None) -> None:
        self.clock = ManualClock(BEGIN)
        self.broker = Broker(self.clock)
        self.work = Work(self.clock)
        self.stop = asyncio.Event()
        self.unable: NoBrowser | None = None
        work = deliver or self.work.deliver
        self.consumer = Consumer(self.broker, work, slots, self.clock, self.stop, drain_seconds, self.able)

    async def able(self) -> None:
        if self.unable:
            raise self.unable

    async def __aenter__(self) -> Publishing:
        self.running = asyncio.create_task(self.consumer.run())
        await self.settle()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.stop.set()
        while not self.running.done():
            await self.tick(1.0)
        if not self.running.cancelled():
            self.running.exception()

    async def post(self, *contents: Content) -> None:
        for content in contents:
            self.broker.post(content)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def tick(self, seconds: float) -> None:
        """Let time pass, a second at most at a time, and whatever is due happen."""
        while seconds > 0:
            await self.clock.advance(timedelta(seconds=min(seconds, 1.0)))
            await self.settle()
            seconds -= 1.0

    def by_account(self) -> dict[int, list[int]]:
        """The dispatches that were begun, by account, in the order of their beginning."""
        accounts = {one.content.dispatch: one.content.account for one in self.broker.handed if _is_notice(one)}  # type: ignore[union-attr]
        found: dict[int, list[int]] = defaultdict(list)
        for dispatch in self.work.begun:
            found[accounts[DispatchId(dispatch)]].append(dispatch)
        return found


def _is_notice(one: Handed) -> bool:
    return isinstance(one.content, Notice)
