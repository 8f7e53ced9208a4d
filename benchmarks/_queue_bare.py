"""The simplest program that sends messages through the same emulator: publish, pull, acknowledge."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from benchmarks._queue_process import config_at
from benchmarks._queue_stage import ACCOUNTS, Pace
from feedback_service.transports.pubsub.connection import Connection
from feedback_service.transports.pubsub.provision import provision

AT_ONCE = 10
"""Messages that one pull may bring, as for a publisher of two slots."""


async def bare(address: str, pace: Pace) -> tuple[Sequence[float], float]:
    """Seconds from the publish to the acknowledgement of each message that comes evenly; then the rate of a burst.

    Google's clients, one request for each message, ordering keys as of so many accounts, and nothing else: no database,
    no look at the platform, no write.
    """
    config = config_at(address, "bare-benchmark")
    await provision(config)
    connection = Connection(config)
    try:
        run = Bare(connection, config.topic(config.reply_topic), config.subscription(config.reply_subscription))
        even = await run.send(pace.messages, pace.gap)
        began = time.monotonic()
        await run.send(pace.messages, 0.0)
        return even, pace.messages / (time.monotonic() - began)
    finally:
        await connection.close()


class Bare:
    def __init__(self, connection: Connection, topic: str, subscription: str) -> None:
        self.connection, self.topic, self.subscription = connection, topic, subscription

    async def send(self, count: int, gap: float) -> Sequence[float]:
        """Seconds that each message took."""
        sent: dict[bytes, float] = {}
        pulling = asyncio.create_task(self._pull(count))
        client = await self.connection.publisher()
        for number in range(count):
            body = str(number).encode()
            sent[body] = time.monotonic()
            message = {"data": body, "ordering_key": str(number % ACCOUNTS)}
            await client.publish(request={"topic": self.topic, "messages": [message]}, retry=None, timeout=10)
            await asyncio.sleep(max(0.0, sent[body] + gap - time.monotonic()))
        done = await pulling
        return [done[body] - at for body, at in sent.items()]

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
