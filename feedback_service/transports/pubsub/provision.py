"""Makes the topics and subscriptions that are missing, and leaves alone those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from feedback_service.ports.platform import Fact
from feedback_service.transports.pubsub.config import QueueConfig
from feedback_service.transports.pubsub.connection import Connection
from feedback_service.transports.pubsub.faults import EDIT, Deed, translated
from feedback_service.transports.pubsub.plan import Planned, differences, plan

MADE = "made"
THERE = "was there already"


async def provision(config: QueueConfig) -> Sequence[Fact]:
    """What was made, was there, or differs. Raises Retryable or Configuration; running it again goes on from there."""
    connection = Connection(config)
    try:
        provisioning = _Provisioning(config, connection)
        return [fact for planned in plan(config) for fact in await provisioning.both(planned)]
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class _Provisioning:
    config: QueueConfig
    connection: Connection

    async def both(self, planned: Planned) -> tuple[Fact, Fact]:
        return await self._topic(planned.topic), await self._subscription(planned)

    async def _topic(self, name: str) -> Fact:
        from google.api_core.exceptions import AlreadyExists

        client = await self.connection.publisher()
        with translated(Deed("make topic", name, EDIT)):
            try:
                await client.create_topic(name=name, retry=None, timeout=self.config.call_seconds)
            except AlreadyExists:
                return Fact(f"topic {name}", True, THERE)
        return Fact(f"topic {name}", True, MADE)

    async def _subscription(self, planned: Planned) -> Fact:
        from google.api_core.exceptions import AlreadyExists, InvalidArgument, MethodNotImplemented

        subject = f"subscription {planned.subscription}"
        with translated(Deed("make subscription", planned.subscription, EDIT)):
            try:
                await self._create(planned, planned.extras)
            except AlreadyExists:
                return await self._compared(subject, planned)
            except (InvalidArgument, MethodNotImplemented):
                if not self.config.emulator_host:
                    raise
                await self._create(planned, {})
                return Fact(subject, True, f"{MADE}, without what the emulator does not know: {_named(planned)}")
        return Fact(subject, True, MADE)

    async def _create(self, planned: Planned, extras: dict[str, Any]) -> None:
        client = await self.connection.subscriber()
        names = {"name": planned.subscription, "topic": planned.topic}
        request = names | planned.essentials | extras
        await client.create_subscription(request=request, retry=None, timeout=self.config.call_seconds)

    async def _compared(self, subject: str, planned: Planned) -> Fact:
        client = await self.connection.subscriber()
        found = await client.get_subscription(
            subscription=planned.subscription, retry=None, timeout=self.config.call_seconds
        )
        if odd := differences(planned, found):
            remedy = f"delete it with `gcloud pubsub subscriptions delete {planned.subscription}` and run this again"
            return Fact(subject, False, f"{THERE}, but {'; '.join(odd)}", remedy)
        return Fact(subject, True, THERE)


def _named(planned: Planned) -> str:
    return ", ".join(name.replace("_", " ") for name in sorted(planned.extras))
