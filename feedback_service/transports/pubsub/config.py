"""Where the reply queue is: its project, topics, subscriptions and limits, checked before anything is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feedback_service.domain.errors import Configuration

# Source: cloud.google.com/pubsub/docs/pubsub-basics, "Resource names", 2026-07
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._~+%-]{2,254}")
_PROJECT = re.compile(r"[a-z][a-z0-9.:-]{1,98}[a-z0-9]")
_ENDPOINT = re.compile(r"(\[[0-9a-fA-F:]+\]|[^\s:/\[\]]+):([0-9]{1,5})")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueConfig:
    """Names are short ones of `project`, or whole ones (`projects/P/topics/T`) for what another project owns.

    With `emulator_host` (host:port) plain text without credentials is spoken to that address, and never to Google.
    `ack_deadline`: seconds for which a message is ours, up to 600. `max_attempts`: deliveries (5 to 100) until Pub/Sub
    itself moves a message to the dead topic. `min_backoff` and `max_backoff`: seconds (0 to 600) until a message that
    was given back comes again. `call_seconds`: how long one call may take.
    """

    project: str
    reply_topic: str = "feedback-replies"
    reply_subscription: str = "feedback-replies"
    rollback_topic: str = "feedback-rollbacks"
    rollback_subscription: str = "feedback-rollbacks"
    dead_topic: str = "feedback-dead"
    dead_subscription: str = "feedback-dead"
    emulator_host: str = ""
    ack_deadline: int = 60
    max_attempts: int = 20
    min_backoff: float = 5.0
    max_backoff: float = 300.0
    retention_days: int = 7
    call_seconds: float = 15.0

    def __post_init__(self) -> None:
        """Raise Configuration for what can never be right."""
        if not _PROJECT.fullmatch(self.project):
            raise Configuration(f"PUBSUB_PROJECT: {self.project!r} is no id of a Google Cloud project")
        for setting in ("reply_topic", "rollback_topic", "dead_topic"):
            _resource(self.project, "topics", getattr(self, setting), setting)
        for setting in ("reply_subscription", "rollback_subscription", "dead_subscription"):
            _resource(self.project, "subscriptions", getattr(self, setting), setting)
        if self.emulator_host and not _is_endpoint(self.emulator_host):
            raise Configuration(f"PUBSUB_EMULATOR_HOST must look like host:port, not {self.emulator_host!r}")
        if len({self.topic(name) for name in (self.reply_topic, self.rollback_topic, self.dead_topic)}) < 3:
            raise Configuration("PUBSUB_REPLY_TOPIC, PUBSUB_ROLLBACK_TOPIC and PUBSUB_DEAD_TOPIC must be three topics")

    def topic(self, name: str) -> str:
        """The whole name of a topic."""
        return _resource(self.project, "topics", name, "topic")

    def subscription(self, name: str) -> str:
        """The whole name of a subscription."""
        return _resource(self.project, "subscriptions", name, "subscription")


def _is_endpoint(text: str) -> bool:
    match = _ENDPOINT.fullmatch(text)
    return match is not None and 0 < int(match[2]) < 65536


def _resource(project: str, collection: str, name: str, setting: str) -> str:
    short = name
    if name.startswith("projects/"):
        match = re.fullmatch(rf"projects/([^/]+)/{collection}/([^/]+)", name)
        project, short = (match[1], match[2]) if match else ("", "")
    if not _PROJECT.fullmatch(project) or not _NAME.fullmatch(short) or short.lower().startswith("goog"):
        raise Configuration(
            f"PUBSUB_{setting.upper()}: {name!r} is no name; Pub/Sub takes 3 to 255 letters, digits and -._~+%, a"
            f" letter first, not beginning with goog, or projects/P/{collection}/NAME"
        )
    return f"projects/{project}/{collection}/{short}"
