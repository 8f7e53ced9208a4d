"""One message received from Pub/Sub: ours until it is acknowledged, given back, buried, or its deadline passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feedback_service.ports.queue import Foreign, Notice, Rollback
from feedback_service.transports.pubsub.faults import PUBLISH, SUBSCRIBE, Deed, translated

if TYPE_CHECKING:
    from google.pubsub_v1.types import PubsubMessage, ReceivedMessage

    from feedback_service.transports.pubsub.config import QueueConfig
    from feedback_service.transports.pubsub.connection import Connection

# Source: cloud.google.com/pubsub/quotas, 2026-07: 100 attributes, keys of 256 and values of 1024 bytes.
_MOST_ATTRIBUTES = 90
_LONGEST_REASON = 250


@dataclass(frozen=True, slots=True)
class Origin:
    """The subscription that messages come from, and what is needed to answer for them."""

    connection: Connection
    config: QueueConfig
    subscription: str

    async def keep(self, ack_ids: Sequence[str], seconds: int) -> None:
        """Let the messages' deadline be `seconds` from now; 0 gives them back. Raises Retryable or Configuration."""
        with translated(Deed("keep messages of", self.subscription, SUBSCRIBE)):
            client = await self.connection.subscriber()
            request = {"subscription": self.subscription, "ack_ids": ack_ids, "ack_deadline_seconds": seconds}
            await client.modify_ack_deadline(request=request, retry=None, timeout=self.config.call_seconds)

    async def acknowledge(self, ack_ids: Sequence[str]) -> None:
        """Raises Retryable or Configuration."""
        with translated(Deed("acknowledge messages of", self.subscription, SUBSCRIBE)):
            client = await self.connection.subscriber()
            request = {"subscription": self.subscription, "ack_ids": ack_ids}
            await client.acknowledge(request=request, retry=None, timeout=self.config.call_seconds)

    async def bury(self, message: PubsubMessage) -> None:
        """Publish to the dead topic. Raises Retryable or Configuration."""
        topic = self.config.topic(self.config.dead_topic)
        with translated(Deed("publish to", topic, PUBLISH)):
            client = await self.connection.publisher()
            request = {"topic": topic, "messages": [message]}
            await client.publish(request=request, retry=None, timeout=self.config.call_seconds)


@dataclass(frozen=True, slots=True)
class PubSubMessage:
    """Fulfils the port Message."""

    content: Notice | Rollback | Foreign
    received: ReceivedMessage = field(repr=False)
    origin: Origin = field(repr=False)

    @property
    def attempt(self) -> int:
        """Pub/Sub counts only where the subscription has a dead-letter policy."""
        return max(1, int(self.received.delivery_attempt))

    async def done(self) -> None:
        await self.origin.acknowledge([self.received.ack_id])

    async def give_back(self) -> None:
        await self.origin.keep([self.received.ack_id], 0)

    async def extend(self) -> None:
        await self.origin.keep([self.received.ack_id], self.origin.config.ack_deadline)

    async def bury(self) -> None:
        """If the process dies between the two steps, the message comes again and is buried a second time: harmless."""
        await self.origin.bury(self._dead())
        await self.done()

    def _dead(self) -> PubsubMessage:
        """The message as it came, with the reason; without its key, so that no other dead one waits for it."""
        from google.pubsub_v1.types import PubsubMessage

        content = self.content
        reason = content.problem if isinstance(content, Foreign) else f"given up at delivery {self.attempt}"
        attributes = dict(list(self.received.message.attributes.items())[:_MOST_ATTRIBUTES])
        ours = {"buried_because": reason[:_LONGEST_REASON], "buried_from": self.origin.subscription}
        return PubsubMessage(data=self.received.message.data, attributes=attributes | ours)
