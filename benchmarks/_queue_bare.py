"""The simplest program that sends messages through the same emulator: publish, pull, acknowledge."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TypedDict

from benchmarks._queue_process import config_at
from benchmarks._queue_stage import ACCOUNTS, Pace
from feedback_service.pipeline.announce import BATCH
from feedback_service.transports.pubsub.connection import Connection
from feedback_service.transports.pubsub.provision import provision

AT_ONCE = 10
"""Messages that one pull may bring, as for a publisher of two slots."""


class Message(TypedDict):
    data: bytes
    ordering_key: str


async def bare(address: str, pace: Pace) -> tuple[Sequence[float], float]:
    """Seconds from the publish to the acknowledgement of each message that comes evenly; then the rate of a burst.

    Google's clients, ordering keys as of so many accounts, and nothing else: no database, no look at the platform, no
    write. What comes evenly is one request for each message; a burst is published as the service does it, the accounts
    at once and up to BATCH messages of one in a request.
    """
    config = config_at(address, "bare-benchmark")
    await provision(config)
    connection = Connection(config)
    try:
        run = Bare(connection, config.topic(config.reply_topic), config.subscription(config.reply_subscription))
        even = await run.evenly(pace)
        return even, pace.messages / await run.burst(pace.messages)
    finally:
        await connection.close()


class Bare:
    def __init__(self, connection: Connection, topic: str, subscription: str) -> None:
        self.connection, self.topic, self.subscription = connection, topic, subscription

    async def evenly(self, pace: Pace) -> Sequence[float]:
        """Seconds that each message took."""
        sent: dict[bytes, float] = {}
        pulling = asyncio.create_task(self._pull(pace.messages))
        for message in _messages(pace.messages):
            body = message["data"]
            sent[body] = time.monotonic()
            await self._publish([message])
            await asyncio.sleep(max(0.0, sent[body] + pace.gap - time.monotonic()))
        done = await pulling
        return [done[body] - at for body, at in sent.items()]

    async def burst(self, count: int) -> float:
        """Seconds until all of them were acknowledged."""
        messages = _messages(count)
        lanes = [messages[number::ACCOUNTS] for number in range(ACCOUNTS)]
        began = time.monotonic()
        pulling = asyncio.create_task(self._pull(count))
        await asyncio.gather(*map(self._publish_lane, lanes))
        await pulling
        return time.monotonic() - began

    async def _publish_lane(self, messages: Sequence[Message]) -> None:
        for start in range(0, len(messages), BATCH):
            await self._publish(messages[start : start + BATCH])

    async def _publish(self, messages: Sequence[Message]) -> None:
        client = await self.connection.publisher()
        await client.publish(request={"topic": self.topic, "messages": messages}, retry=None, timeout=10)

    async def _pull(self, count: int) -> dict[bytes, float]:
        client = await self.connection.subscriber()
        done: dict[bytes, float] = {}
        while len(done) < count:
            request = {"subscription": self.subscription, "max_messages": AT_ONCE}
            answer = await client.pull(request=request, retry=None, timeout=10)
            for one in answer.received_messages:
                ack = {"subscription": self.subscription, "ack_ids": [one.ack_id]}
                await client.acknowledge(request=ack, retry=None, timeout=10)
                done[one.message.data] = time.monotonic()
        return done


def _messages(count: int) -> Sequence[Message]:
    return [{"data": str(number).encode(), "ordering_key": str(number % ACCOUNTS)} for number in range(count)]
