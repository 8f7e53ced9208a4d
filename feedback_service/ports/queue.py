"""The reply queue: which dispatch is to be delivered, and which delivery has to be rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feedback_service.domain.identity import AccountId, DispatchId, SupplierKey
from feedback_service.ports.platform import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """ "Deliver this dispatch." Ids only: texts and secrets stay in the database, which alone decides.

    `revision` is that of the dispatch when it was announced. After `expires_at` the dispatch is announced anew, so an
    old notice is worth nothing.
    """

    supplier: SupplierKey
    account: AccountId
    dispatch: DispatchId
    revision: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """ "This dispatch cannot be delivered": its worker takes the feedback back to where it was.

    `revision` is that of the SENDING dispatch. `reason` is a sentence for the person who decides next; it holds neither
    secrets nor the customer's words. `retract`: something was published that was not approved, as the answer
    `platform_id`, and has to go from the platform again.
    """

    supplier: SupplierKey
    account: AccountId
    dispatch: DispatchId
    revision: int
    reason: str
    retract: bool = False
    platform_id: str = ""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A message that is not ours, with what is wrong with it."""

    problem: str


class Message(Protocol):
    """One received message, ours until it is acknowledged, given back, or its deadline passes unextended."""

    @property
    def content(self) -> Notice | Rollback | Foreign: ...

    @property
    def attempt(self) -> int:
        """How often it was delivered, this time included; 1 where the queue does not count."""
        ...

    async def done(self) -> None:
        """Acknowledge: it does not come again (unless the queue is unlucky). Raises Retryable."""
        ...

    async def give_back(self) -> None:
        """It comes again soon, here or elsewhere. Raises Retryable."""
        ...

    async def extend(self) -> None:
        """Keep it from others for one more deadline. Raises Retryable."""
        ...

    async def bury(self) -> None:
        """Move it to the dead-letter topic with the reason, then acknowledge it. Raises Retryable."""
        ...


class Subscription(Protocol):
    """Receives messages of one subscription."""

    @property
    def deadline_seconds(self) -> float:
        """For how long a message is kept from others after it was received or extended."""
        ...

    async def receive(self, limit: int, seconds: float) -> Sequence[Message]:
        """Wait up to `seconds` for messages and return up to `limit` of them, in the order of each account.

        Empty when the time ran out. Raises Retryable where the queue is away, Configuration where topic, subscription
        or right is missing.
        """
        ...


class Queue(Protocol):
    """The reply topic and the rollback topic."""

    async def announce(self, notices: Sequence[Notice]) -> None:
        """Publish in order, each account's notices under its own ordering key; all of them, or an error is raised.

        Raises Retryable where the queue is away (some may have left: that is harmless), Configuration where topic or
        right is missing.
        """
        ...

    async def roll_back(self, rollback: Rollback) -> None:
        """Publish to the rollback topic. Raises as `announce`."""
        ...

    def notices(self) -> Subscription:
        """The subscription that publishers work off."""
        ...

    def rollbacks(self) -> Subscription:
        """The subscription that workers work off."""
        ...

    async def check(self) -> Sequence[Fact]:
        """Look whether topics, subscriptions and rights are there; never raises for what it can report."""
        ...

    async def close(self) -> None: ...
