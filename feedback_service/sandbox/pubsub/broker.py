"""The topics and subscriptions, and the way of a message from one to the others."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from feedback_service.sandbox.pubsub.backlog import Backlog, Entry, Stored, Terms

MOST_STORED = 100_000
"""Messages in all subscriptions together; beyond, publishing is refused."""
LONGEST_MESSAGE = 10_000_000
_NAME = re.compile(
    r"projects/[a-z][a-z0-9.:-]{1,98}[a-z0-9]/(topics|subscriptions)/(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}"
)


class Refusal(Exception):
    """Why a call is refused; `status` is the name of a gRPC status."""

    def __init__(self, status: str, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to be published."""

    body: bytes
    key: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Subscribed:
    """One subscription."""

    name: str
    topic: str
    backlog: Backlog
    dead_topic: str = ""


class Broker:
    """Keeps everything in memory and loses it with the process."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.subscriptions: dict[str, Subscribed] = {}
        self.waiting = 0
        """Pulls that wait for a message."""
        self._changed = asyncio.Condition()
        self._published = 0

    def create_topic(self, name: str) -> None:
        _require_name(name, "topics")
        if name in self.topics:
            raise Refusal("ALREADY_EXISTS", "Topic already exists")
        self.topics.add(name)

    def delete_topic(self, name: str) -> None:
        self.topics.remove(self.topic(name))

    def topic(self, name: str) -> str:
        if name not in self.topics:
            raise Refusal("NOT_FOUND", "Topic not found")
        return name

    def subscribe(self, name: str, topic: str, terms: Terms, dead_topic: str = "") -> None:
        """Make a subscription; it gets what is published from now on."""
        _require_name(name, "subscriptions")
        self.topic(topic)
        if dead_topic:
            self.topic(dead_topic)
        if name in self.subscriptions:
            raise Refusal("ALREADY_EXISTS", "Subscription already exists")
        made = Subscribed(name, topic, Backlog(terms), dead_topic)
        made.backlog.bury = lambda entry: self._bury(made, entry)
        self.subscriptions[name] = made

    def unsubscribe(self, name: str) -> None:
        del self.subscriptions[self.subscription(name).name]

    def subscription(self, name: str) -> Subscribed:
        if name not in self.subscriptions:
            raise Refusal("NOT_FOUND", "Subscription does not exist")
        return self.subscriptions[name]

    async def publish(self, topic: str, messages: Sequence[Outgoing]) -> list[str]:
        """The ids of the messages; all of them are stored, or none."""
        self.topic(topic)
        receivers = [one for one in self.subscriptions.values() if one.topic == topic]
        if any(len(message.body) > LONGEST_MESSAGE for message in messages):
            raise Refusal("INVALID_ARGUMENT", "a message is larger than 10 MB")
        stored = sum(len(one.backlog) for one in self.subscriptions.values())
        if stored + len(messages) * len(receivers) > MOST_STORED:
            raise Refusal("RESOURCE_EXHAUSTED", f"this emulator keeps at most {MOST_STORED} messages")
        ids = [self._add(message, receivers) for message in messages]
        await self._wake()
        return ids

    async def pull(self, name: str, limit: int, seconds: float) -> list[Entry]:
        """Up to `limit` messages as soon as there is one, or none after `seconds`."""
        until = _now() + seconds
        async with self._changed:
            while True:
                backlog = self.subscription(name).backlog
                taken, now = backlog.take(limit, _now()), _now()
                if taken or now >= until:
                    return taken
                await self._sleep(min(until, backlog.next_event() or until) - now)

    async def acknowledge(self, name: str, ack_ids: Sequence[str]) -> None:
        backlog = self.subscription(name).backlog
        for ack_id in ack_ids:
            backlog.acknowledge(ack_id)
        await self._wake()

    async def keep(self, name: str, ack_ids: Sequence[str], seconds: float) -> None:
        backlog = self.subscription(name).backlog
        for ack_id in ack_ids:
            backlog.keep(ack_id, seconds, _now())
        await self._wake()

    def _add(self, message: Outgoing, receivers: Sequence[Subscribed]) -> str:
        self._published += 1
        stored = Stored(str(self._published), message.key, message.body, message.attributes, time.time())
        for one in receivers:
            one.backlog.add(stored)
        return stored.id

    def _bury(self, source: Subscribed, entry: Entry) -> None:
        """Forward to the dead-letter topic, under the attributes that Pub/Sub itself adds."""
        attributes = dict(entry.message.attributes) | {
            "CloudPubSubDeadLetterSourceDeliveryCount": str(entry.attempts),
            "CloudPubSubDeadLetterSourceSubscription": source.name.rpartition("/")[2],
        }
        dead = Outgoing(body=entry.message.body, key=entry.message.key, attributes=attributes)
        self._add(dead, [one for one in self.subscriptions.values() if one.topic == source.dead_topic])

    async def _sleep(self, seconds: float) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(max(0.001, seconds)):
                await self._changed.wait()
        except TimeoutError:
            return
        finally:
            self.waiting -= 1

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _require_name(name: str, collection: str) -> None:
    match = _NAME.fullmatch(name)
    if match is None or match[1] != collection:
        raise Refusal("INVALID_ARGUMENT", f"Invalid [{collection}] name: (name={name})")


def _now() -> float:
    return time.monotonic()
