"""The emulator's google.pubsub.v1.Subscriber: subscriptions, pulling, and what becomes of what was pulled."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from google.pubsub_v1 import types

from feedback_service.sandbox.pubsub.backlog import Entry, Terms
from feedback_service.sandbox.pubsub.broker import Broker, Refusal
from feedback_service.sandbox.pubsub.rpc import EMPTY, Calls, Method
from feedback_service.sandbox.pubsub.switches import Switches

_UNSUPPORTED = ("filter", "enable_exactly_once_delivery", "push_config", "bigquery_config", "cloud_storage_config")

_ACK_ID = re.compile(r"[0-9]{1,18}-[0-9]{1,9}")


class SubscriberCalls(Calls):
    """Requests and responses are Google's own message types, made at run time."""

    service = "google.pubsub.v1.Subscriber"

    def __init__(self, broker: Broker, switches: Switches) -> None:
        super().__init__(broker, switches)
        self._created: dict[str, Any] = {}

    def methods(self) -> tuple[Method, ...]:
        return (
            Method("CreateSubscription", types.Subscription, types.Subscription, self._create),
            Method("GetSubscription", types.GetSubscriptionRequest, types.Subscription, self._get),
            Method("ListSubscriptions", types.ListSubscriptionsRequest, types.ListSubscriptionsResponse, self._list),
            Method("DeleteSubscription", types.DeleteSubscriptionRequest, EMPTY, self._delete),
            Method("Pull", types.PullRequest, types.PullResponse, self._pull),
            Method("Acknowledge", types.AcknowledgeRequest, EMPTY, self._acknowledge),
            Method("ModifyAckDeadline", types.ModifyAckDeadlineRequest, EMPTY, self._keep),
        )

    async def _create(self, wanted: Any, _seconds: float) -> Any:
        for name in _UNSUPPORTED:
            if getattr(wanted, name):
                raise Refusal("UNIMPLEMENTED", f"this emulator has no {name}")
        wanted.ack_deadline_seconds = wanted.ack_deadline_seconds or 10
        self.broker.subscribe(wanted.name, wanted.topic, _terms(wanted), wanted.dead_letter_policy.dead_letter_topic)
        self._created[wanted.name] = wanted
        return wanted

    async def _get(self, request: Any, _seconds: float) -> Any:
        return self._created[self.broker.subscription(request.subscription).name]

    async def _list(self, request: Any, _seconds: float) -> Any:
        """All on one page."""
        names = sorted(name for name in self._created if name.startswith(f"{request.project}/"))
        return types.ListSubscriptionsResponse(subscriptions=[self._created[name] for name in names])

    async def _delete(self, request: Any, _seconds: float) -> None:
        self.broker.unsubscribe(request.subscription)
        del self._created[request.subscription]

    async def _pull(self, request: Any, seconds: float) -> Any:
        if request.max_messages <= 0:
            raise Refusal("INVALID_ARGUMENT", "max_messages must be positive")
        wait = 0.0 if request.return_immediately else seconds
        counting = bool(self.broker.subscription(request.subscription).dead_topic)
        taken = await self.broker.pull(request.subscription, request.max_messages, wait)
        return types.PullResponse(received_messages=[_received(entry, counting) for entry in taken])

    async def _acknowledge(self, request: Any, _seconds: float) -> None:
        self.broker.subscription(request.subscription)
        _require_ids(request.ack_ids)
        if not self.switches.drop_acks:
            await self.broker.acknowledge(request.subscription, request.ack_ids)

    async def _keep(self, request: Any, _seconds: float) -> None:
        self.broker.subscription(request.subscription)
        _require_ids(request.ack_ids)
        if not 0 <= request.ack_deadline_seconds <= 600:
            raise Refusal("INVALID_ARGUMENT", "The deadline must be 0 to 600 seconds")
        await self.broker.keep(request.subscription, request.ack_ids, request.ack_deadline_seconds)


def _require_ids(ack_ids: Any) -> None:
    if not ack_ids:
        raise Refusal("INVALID_ARGUMENT", "No ack ids specified")
    for ack_id in ack_ids:
        if not _ACK_ID.fullmatch(ack_id):
            raise Refusal("INVALID_ARGUMENT", f"Invalid ack id (ack_id={ack_id[:80]})")


def _terms(wanted: Any) -> Terms:
    """Google's own numbers where a policy is there without them: 5 deliveries, 10 to 600 seconds."""
    if not 10 <= wanted.ack_deadline_seconds <= 600:
        raise Refusal("INVALID_ARGUMENT", "The ack deadline must be 10 to 600 seconds")
    dead, retry = wanted.dead_letter_policy, wanted.retry_policy
    attempts = (dead.max_delivery_attempts or 5) if dead.dead_letter_topic else 0
    if attempts and not 5 <= attempts <= 100:
        raise Refusal("INVALID_ARGUMENT", "max_delivery_attempts must be 5 to 100")
    return Terms(
        ordered=wanted.enable_message_ordering,
        deadline=wanted.ack_deadline_seconds,
        most_attempts=attempts,
        min_backoff=_seconds(retry.minimum_backoff, 10.0) if wanted.retry_policy else 0.0,
        max_backoff=_seconds(retry.maximum_backoff, 600.0) if wanted.retry_policy else 0.0,
    )


def _seconds(duration: Any, otherwise: float) -> float:
    return otherwise if duration is None else float(duration.total_seconds())


def _received(entry: Entry, counting: bool) -> Any:
    message = types.PubsubMessage(
        data=entry.message.body,
        attributes=dict(entry.message.attributes),
        message_id=entry.message.id,
        publish_time=datetime.fromtimestamp(entry.message.published_at, UTC),
        ordering_key=entry.message.key,
    )
    attempt = entry.attempts if counting else 0
    return types.ReceivedMessage(ack_id=entry.ack_id, message=message, delivery_attempt=attempt)
