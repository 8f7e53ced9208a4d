"""What the queue's topics and subscriptions have to be like, and how those found differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback_service.transports.pubsub.config import QueueConfig

if TYPE_CHECKING:
    from google.pubsub_v1.types import Subscription

_DAY = 86_400
_SHORTEST = 10
"""Seconds; Pub/Sub refuses to make a subscription with less. Each message that we receive is kept by our own number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A topic with its one subscription. `worked_off`: a process of ours receives from it; the dead one is for people.

    `extras` are the settings that the queue works without, where a server does not know them.
    """

    topic: str
    subscription: str
    worked_off: bool
    essentials: dict[str, Any]  # the fields of Google's Subscription, whose types are the library's own
    extras: dict[str, Any]


def plan(config: QueueConfig) -> Sequence[Planned]:
    """Dead letters first: the other two subscriptions refer to their topic."""
    dead = config.topic(config.dead_topic)
    return (
        Planned(
            topic=dead,
            subscription=config.subscription(config.dead_subscription),
            worked_off=False,
            essentials={"ack_deadline_seconds": max(_SHORTEST, config.ack_deadline)},
            extras=_lasting(31),
        ),
        *(
            Planned(
                topic=config.topic(topic),
                subscription=config.subscription(subscription),
                worked_off=True,
                essentials={
                    "ack_deadline_seconds": max(_SHORTEST, config.ack_deadline),
                    "enable_message_ordering": True,
                },
                extras=_lasting(config.retention_days) | _patience(config, dead),
            )
            for topic, subscription in (
                (config.reply_topic, config.reply_subscription),
                (config.rollback_topic, config.rollback_subscription),
            )
        ),
    )


def differences(planned: Planned, found: Subscription) -> list[str]:
    """What of a subscription found would lose, disorder or block messages; other settings are their owner's choice."""
    odd = []
    if found.topic != planned.topic:
        odd.append(f"receives from {found.topic or 'no topic'}, not from {planned.topic}")
    if found.push_config.push_endpoint:
        odd.append("pushes to an address instead of waiting to be asked")
    if found.filter:
        odd.append("has a filter, which drops messages")
    if planned.worked_off and not found.enable_message_ordering:
        odd.append("does not keep the order (that can only be set when it is made)")
    if planned.worked_off and not found.dead_letter_policy.dead_letter_topic:
        odd.append("has no dead-letter topic, so that nobody counts deliveries")
    return odd


def _lasting(days: int) -> dict[str, Any]:
    """Kept for so many days, and the subscription itself for ever, however long nobody asks."""
    return {"message_retention_duration": {"seconds": days * _DAY}, "expiration_policy": {}}


def _patience(config: QueueConfig, dead: str) -> dict[str, Any]:
    return {
        "dead_letter_policy": {"dead_letter_topic": dead, "max_delivery_attempts": config.max_attempts},
        "retry_policy": {
            "minimum_backoff": _duration(config.min_backoff),
            "maximum_backoff": _duration(config.max_backoff),
        },
    }


def _duration(seconds: float) -> dict[str, int]:
    return {"seconds": int(seconds), "nanos": int(seconds % 1 * 1e9)}
