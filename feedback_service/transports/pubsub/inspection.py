"""Looks whether topics, subscriptions and rights are there, and whether they are set as the queue needs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from feedback_service.domain.errors import Configuration, FeedbackServiceError
from feedback_service.ports.platform import Fact
from feedback_service.transports.pubsub.config import QueueConfig
from feedback_service.transports.pubsub.connection import Connection
from feedback_service.transports.pubsub.faults import INIT, PUBLISH, SUBSCRIBE, VIEW, Deed, status_of, translated
from feedback_service.transports.pubsub.plan import Planned, differences, plan

if TYPE_CHECKING:
    from google.pubsub_v1.types import Subscription, Topic

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Inspection:
    """One look; it changes nothing and needs no right beyond those of the daily work."""

    config: QueueConfig
    connection: Connection

    async def facts(self) -> Sequence[Fact]:
        """One fact for each topic and subscription; the first failure to reach Pub/Sub at all ends the look."""
        where = f"emulator {self.config.emulator_host}" if self.config.emulator_host else "Google"
        facts = [Fact("queue", True, f"Pub/Sub project {self.config.project} at {where}")]
        try:
            for planned in plan(self.config):
                facts.append(await self._topic(planned))
                facts.append(await self._subscription(planned))
        except FeedbackServiceError as problem:
            facts.append(Fact("queue", False, str(problem)))
        return facts

    async def _topic(self, planned: Planned) -> Fact:
        name, subject = planned.topic, f"topic {planned.topic}"
        client = await self.connection.publisher()
        topic: Topic | bool | None = await self._look(
            Deed("see", name, VIEW), lambda: client.get_topic(topic=name, timeout=self._seconds, retry=None)
        )
        if topic is None:
            return Fact(subject, False, "is not there", f"make it with `{INIT}`")
        if not await self._may(name, "pubsub.topics.publish", client.test_iam_permissions):
            return Fact(
                subject,
                False,
                "no right to publish to it, as far as it is there",
                f"grant {PUBLISH} on exactly this topic",
            )
        return Fact(subject, True, "may publish")

    async def _subscription(self, planned: Planned) -> Fact:
        name, subject = planned.subscription, f"subscription {planned.subscription}"
        client = await self.connection.subscriber()
        found: Subscription | bool | None = await self._look(
            Deed("see", name, VIEW),
            lambda: client.get_subscription(subscription=name, timeout=self._seconds, retry=None),
        )
        if found is None:
            return Fact(subject, False, "is not there", f"make it with `{INIT}`")
        if planned.worked_off and not await self._may(
            name, "pubsub.subscriptions.consume", client.test_iam_permissions
        ):
            return Fact(subject, False, "no right to receive", f"grant {SUBSCRIBE} on exactly this subscription")
        return _judged(subject, planned, found)

    async def _look(self, deed: Deed, ask: Callable[[], Awaitable[Found]]) -> Found | bool | None:
        """What is there; None where it is not, False where we may not see it. Raises Retryable or Configuration."""
        from google.api_core.exceptions import GoogleAPICallError

        try:
            with translated(deed):
                return await ask()
        except Configuration as problem:
            status = status_of(problem.__cause__) if isinstance(problem.__cause__, GoogleAPICallError) else ""
            if status == "NOT_FOUND":
                return None
            if status == "PERMISSION_DENIED":
                return False
            raise

    async def _may(self, name: str, permission: str, test: Callable[..., Awaitable[object]]) -> bool:
        """Whether we have the right; true where the server (an emulator) knows no rights."""
        from google.api_core.exceptions import MethodNotImplemented

        try:
            with translated(Deed("ask for rights on", name, VIEW)):
                request = {"resource": name, "permissions": [permission]}
                answer = await test(request=request, timeout=self._seconds)
        except FeedbackServiceError as problem:
            if isinstance(problem.__cause__, MethodNotImplemented):
                return True
            raise
        return permission in getattr(answer, "permissions", ())

    @property
    def _seconds(self) -> float:
        return self.config.call_seconds


def _judged(subject: str, planned: Planned, found: Subscription | bool) -> Fact:
    if isinstance(found, bool):
        return Fact(subject, True, "may receive; its settings are not for us to see")
    if odd := differences(planned, found):
        return Fact(subject, False, "; ".join(odd), "change it, or delete it and run `feedback-service queue init`")
    return Fact(subject, True, "is there, as needed")
