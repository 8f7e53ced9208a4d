"""A reply queue in memory, for tests of the flow: the rules of Pub/Sub by a clock that tests may move."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Fact
from feedback_service.ports.queue import Foreign, Message, Notice, Rollback
from feedback_service.sandbox.pubsub.backlog import Backlog, Entry, Stored, Terms
from feedback_service.transports.pubsub.body import NOTICE, ROLLBACK, pack, unpack

LOOK_AGAIN = 0.02
"""Seconds of real time between two looks of a waiting receiver."""


@dataclass
class MemoryQueue:
    """Fulfils the port Queue; whoever shares it shares its messages. `dead` has the buried ones with their reason."""

    clock: Clock
    deadline: float = 60.0
    dead: list[tuple[bytes, str]] = field(default_factory=list)
    _published: int = 0

    def __post_init__(self) -> None:
        self._notices = MemorySubscription(self, NOTICE, Backlog(Terms(deadline=self.deadline)))
        self._rollbacks = MemorySubscription(self, ROLLBACK, Backlog(Terms(deadline=self.deadline)))

    async def announce(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            parcel = pack(notice)
            self.publish(parcel.body, parcel.key)

    async def roll_back(self, rollback: Rollback) -> None:
        parcel = pack(rollback)
        self._rollbacks.backlog.add(self._stored(parcel.body, parcel.key))

    def publish(self, body: bytes, key: str = "") -> None:
        """Put any body among the notices, as a stranger might."""
        self._notices.backlog.add(self._stored(body, key))

    def notices(self) -> MemorySubscription:
        return self._notices

    def rollbacks(self) -> MemorySubscription:
        return self._rollbacks

    async def check(self) -> Sequence[Fact]:
        return [Fact("queue", True, "in memory")]

    async def close(self) -> None:
        """Nothing is open."""

    def _stored(self, body: bytes, key: str) -> Stored:
        self._published += 1
        return Stored(str(self._published), key, body, {}, self.clock.now().timestamp())


@dataclass
class MemorySubscription:
    """Fulfils the port Subscription."""

    queue: MemoryQueue
    kind: str
    backlog: Backlog

    @property
    def deadline_seconds(self) -> float:
        return self.queue.deadline

    async def receive(self, limit: int, seconds: float) -> Sequence[Message]:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not (taken := self.backlog.take(limit, self.queue.clock.monotonic())) and loop.time() < until:  # noqa: ASYNC110  a manual clock tells nobody
            await asyncio.sleep(LOOK_AGAIN)
        return [MemoryMessage(self, entry, entry.ack_id, entry.attempts) for entry in taken]


@dataclass
class MemoryMessage:
    """Fulfils the port Message."""

    subscription: MemorySubscription
    entry: Entry
    ack_id: str
    attempt: int

    @property
    def content(self) -> Notice | Rollback | Foreign:
        return unpack(self.entry.message.body, self.subscription.kind)

    async def done(self) -> None:
        self.subscription.backlog.acknowledge(self.ack_id)

    async def give_back(self) -> None:
        self._keep(0)

    async def extend(self) -> None:
        self._keep(self.subscription.deadline_seconds)

    async def bury(self) -> None:
        reason = self.content.problem if isinstance(self.content, Foreign) else f"given up at delivery {self.attempt}"
        self.subscription.queue.dead.append((self.entry.message.body, reason))
        await self.done()

    def _keep(self, seconds: float) -> None:
        self.subscription.backlog.keep(self.ack_id, seconds, self.subscription.queue.clock.monotonic())
