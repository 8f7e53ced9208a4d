"""The reply queue over Google Pub/Sub."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from feedback_service.ports.platform import Fact
from feedback_service.ports.queue import Notice, Rollback
from feedback_service.transports.pubsub import body
from feedback_service.transports.pubsub.batches import batches, lanes
from feedback_service.transports.pubsub.body import Parcel, pack
from feedback_service.transports.pubsub.config import QueueConfig
from feedback_service.transports.pubsub.connection import Connection
from feedback_service.transports.pubsub.faults import PUBLISH, Deed, translated
from feedback_service.transports.pubsub.message import Origin
from feedback_service.transports.pubsub.subscription import PubSubSubscription

_LANES_AT_ONCE = 8


class PubSubQueue:
    """Fulfils the port Queue. Nothing is opened, and nothing of Google's imported, before the first call.

    A publish that failed blocks nothing: there is no client-side queue by key, and whoever announces again keeps the
    order itself.
    """

    def __init__(self, config: QueueConfig) -> None:
        self._config = config
        self._connection = Connection(config)

    async def announce(self, notices: Sequence[Notice]) -> None:
        topic = self._config.topic(self._config.reply_topic)
        at_once = asyncio.Semaphore(_LANES_AT_ONCE)

        async def send(lane: Sequence[Parcel]) -> None:
            async with at_once:
                for batch in batches(lane):
                    await self._publish(topic, batch)

        sent = await asyncio.gather(*map(send, lanes([pack(one) for one in notices])), return_exceptions=True)
        for outcome in sent:
            if isinstance(outcome, BaseException):
                raise outcome

    async def roll_back(self, rollback: Rollback) -> None:
        await self._publish(self._config.topic(self._config.rollback_topic), [pack(rollback)])

    def notices(self) -> PubSubSubscription:
        return self._subscription(self._config.reply_subscription, body.NOTICE)

    def rollbacks(self) -> PubSubSubscription:
        return self._subscription(self._config.rollback_subscription, body.ROLLBACK)

    async def check(self) -> Sequence[Fact]:
        from feedback_service.transports.pubsub.inspection import Inspection

        return await Inspection(self._config, self._connection).facts()

    async def close(self) -> None:
        await self._connection.close()

    def _subscription(self, name: str, kind: str) -> PubSubSubscription:
        return PubSubSubscription(Origin(self._connection, self._config, self._config.subscription(name)), kind)

    async def _publish(self, topic: str, parcels: Sequence[Parcel]) -> None:
        messages = [{"data": one.body, "ordering_key": one.key, "attributes": dict(one.attributes)} for one in parcels]
        with translated(Deed("publish to", topic, PUBLISH)):
            client = await self._connection.publisher()
            request = {"topic": topic, "messages": messages}
            await client.publish(request=request, retry=None, timeout=self._config.call_seconds)
