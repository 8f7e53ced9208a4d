"""Receives the messages of one Pub/Sub subscription by unary pulls."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from feedback_service.domain.errors import Retryable
from feedback_service.ports.queue import Message
from feedback_service.transports.pubsub.body import unpack
from feedback_service.transports.pubsub.faults import SUBSCRIBE, Deed, translated
from feedback_service.transports.pubsub.message import Origin, PubSubMessage

_GRACE = 1.0
"""Seconds that a pull's deadline lies behind the wait, so that the server answers first and no message is under way
when the call ends."""
_MOST = 1000
"""Messages that one pull may ask for."""


@dataclass(frozen=True, slots=True)
class PubSubSubscription:
    """Fulfils the port Subscription; `kind` is what belongs into it, everything else is Foreign.

    While messages of an ordering key are out, Pub/Sub hands out no later ones of that key to anybody; one pull may
    hold several of a key, in order. Source: cloud.google.com/pubsub/docs/ordering, 2026-07.
    """

    origin: Origin
    kind: str

    @property
    def deadline_seconds(self) -> float:
        return float(self.origin.config.ack_deadline)

    async def receive(self, limit: int, seconds: float) -> Sequence[Message]:
        from google.api_core.exceptions import DeadlineExceeded

        subscription = self.origin.subscription
        with translated(Deed("receive from", subscription, SUBSCRIBE)):
            client = await self.origin.connection.subscriber()
            request = {"subscription": subscription, "max_messages": min(max(1, limit), _MOST)}
            try:
                answer = await client.pull(request=request, retry=None, timeout=max(0.0, seconds) + _GRACE)
            except DeadlineExceeded:  # a wait without messages may end like this, too
                return ()
        messages = [self._message(one) for one in answer.received_messages]
        await self._claim(messages)
        return messages

    def _message(self, received: object) -> PubSubMessage:
        from google.pubsub_v1.types import ReceivedMessage

        assert isinstance(received, ReceivedMessage)
        return PubSubMessage(unpack(received.message.data, self.kind), received, self.origin)

    async def _claim(self, messages: Sequence[PubSubMessage]) -> None:
        """Set our own deadline: a subscription that we were given may have a shorter one.

        Where that fails the subscription's counts, and a message may come twice, which is harmless.
        """
        if messages:
            with suppress(Retryable):
                await self.origin.keep([one.received.ack_id for one in messages], self.origin.config.ack_deadline)
