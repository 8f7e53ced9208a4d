"""Opens the reply queue, and what a publisher needs to work it off."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from feedback_service.bootstrap.accounts import Doors
from feedback_service.bootstrap.browsers import browser_config
from feedback_service.bootstrap.secrecy import register_secrets
from feedback_service.bootstrap.this_machine import BrowserHere, require_browser
from feedback_service.domain.errors import AccountFault, Configuration
from feedback_service.domain.identity import AccountId
from feedback_service.domain.supplier import Account, Supplier, Way
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.deliver import Deliver
from feedback_service.ports.queue import Notice, Queue, Subscription
from feedback_service.settings import Settings
from feedback_service.storage.database import Database

if TYPE_CHECKING:
    from feedback_service.transports.pubsub import QueueConfig

log = logging.getLogger(__name__)


def queue_config(settings: Settings) -> QueueConfig | None:
    """Where the queue is; None where no project is set. Raises Configuration for names that cannot be right."""
    if not settings.pubsub_project:
        return None
    from feedback_service.transports.pubsub import QueueConfig

    return QueueConfig(
        project=settings.pubsub_project,
        emulator_host=settings.pubsub_emulator_host,
        reply_topic=settings.pubsub_reply_topic,
        reply_subscription=settings.pubsub_reply_subscription,
        rollback_topic=settings.pubsub_rollback_topic,
        rollback_subscription=settings.pubsub_rollback_subscription,
        dead_topic=settings.pubsub_dead_topic,
        dead_subscription=settings.pubsub_dead_subscription,
    )


@asynccontextmanager
async def opened_queue(settings: Settings) -> AsyncIterator[Queue | None]:
    """The queue of this process, born and closed in it; None where there is none."""
    config = queue_config(settings)
    if config is None:
        yield None
        return
    from feedback_service.transports.pubsub import PubSubQueue

    queue = PubSubQueue(config)
    try:
        yield queue
    finally:
        await queue.close()


@dataclass(slots=True)
class PublisherKit:
    """What a publisher works with; accounts are opened when their first notice comes, and anew when they change."""

    db: Database
    doors: Doors
    queue: Queue
    slots: int
    known: dict[AccountId, Deliver] = field(default_factory=dict)

    @property
    def subscription(self) -> Subscription:
        return self.queue.notices()

    async def able(self) -> None:
        """Look whether a browser can start on this machine. Raises NoBrowser."""
        await require_browser(browser_config(self.doors.settings))

    async def deliver(self, notice: Notice) -> None:
        """Deliver what the notice names. Raises Retryable or AccountFault, NoBrowser among them."""
        try:
            supplier = await self.db.suppliers.load(notice.supplier)
        except Configuration as problem:
            log.warning("A notice names an unknown supplier: %s", problem, extra={"action": "notice_unknown"})
            return
        account = next((one for one in supplier.accounts if one.id == notice.account), None)
        if account is None:
            log.warning("A notice names an account that is not there.", extra={"action": "notice_unknown"})
            return
        deliver = await self._opened(supplier, account)
        await deliver.deliver(notice)

    async def close(self) -> None:
        """Close every account."""
        for one in self.known.values():
            await one.connector.close()
        self.known.clear()

    @property
    def _doors(self) -> Doors:
        """The doors with browsers that know a fault of this machine."""
        config = browser_config(self.doors.settings)
        return replace(self.doors, browsers=lambda *asked: BrowserHere(self.doors.browsers(*asked), config))

    async def _opened(self, supplier: Supplier, account: Account) -> Deliver:
        known = self.known.get(account.id)
        if known is not None and (known.account, known.policy) == (account, supplier.policy):
            return known
        if known is not None:
            del self.known[account.id]
            await known.connector.close()
        register_secrets(account)
        try:
            connector = self._doors.by(Way.BROWSER, account)
        except Configuration as problem:
            raise AccountFault(str(problem), "mend its entry in suppliers.yaml") from problem
        storage = self.db.for_supplier(supplier.key, None)
        deliver = Deliver(account, supplier.policy, connector, storage, self.queue, self.db.clock)
        closures = Closures(account.id, storage.accounts, self.db.clock)
        self.known[account.id] = replace(deliver, closures=closures)
        return self.known[account.id]
