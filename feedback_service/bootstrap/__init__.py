"""The only room that knows which adapter fills which port."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from feedback_service import logs, platforms
from feedback_service.bootstrap.accounts import Doors, delivery_of
from feedback_service.bootstrap.browsers import Browsers, browser_config, session_keeper
from feedback_service.bootstrap.queues import PublisherKit, opened_queue, queue_config
from feedback_service.bootstrap.secrecy import HushedSessions, register_secrets
from feedback_service.domain.errors import Configuration, FeedbackServiceError, FenceLost
from feedback_service.domain.feedback import FeedbackStatus, Kind
from feedback_service.domain.identity import AccountId, Fence, PlatformKey, SupplierKey
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.supplier import Account, Delivery
from feedback_service.lexicon.inspector import Inspector
from feedback_service.lexicon.inspector import warm as warm_lexicon
from feedback_service.operations.operate import Operations
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.confirm import UNSETTLED
from feedback_service.pipeline.dispatch import PENDING
from feedback_service.pipeline.kit import Kit
from feedback_service.ports.language import LanguageModel
from feedback_service.ports.platform import Connector
from feedback_service.ports.queue import Queue
from feedback_service.secret_keys import load_or_create_keys
from feedback_service.settings import Settings
from feedback_service.storage import embedded, migrate
from feedback_service.storage.database import Database
from feedback_service.storage.engine import measure_skew
from feedback_service.storage.leases import PostgresLeases
from feedback_service.transports.clock import SystemClock

__all__ = [
    "Site",
    "browser_config",
    "database",
    "doors",
    "is_signed_in",
    "kit",
    "language",
    "leases",
    "locate",
    "opened_queue",
    "operations",
    "prepare",
    "publisher",
    "put_away",
    "queue_config",
    "require_tables",
    "warm",
]

log = logging.getLogger(__name__)

CLAIMED = (FeedbackStatus.COLLECTED, FeedbackStatus.CLASSIFIED, FeedbackStatus.DRAFTED)
SKEW_WORTH_SAYING = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Site:
    """What is settled before any process is forked: the settings, where the database is, the keys to its secrets."""

    settings: Settings
    url: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)


def locate(settings: Settings) -> Site:
    """Start or find the database and read the secret keys; its tables are not looked at.

    Raises Configuration, or Retryable where the embedded database cannot start now.
    """
    url = embedded.start(settings.data_dir) if settings.embedded else settings.database_url.get_secret_value()
    keys = load_or_create_keys(settings)
    for secret in (*keys, url, settings.openai_api_key.get_secret_value()):
        logs.register_secret(secret)
    return Site(settings, url, keys)


def require_tables(site: Site) -> None:
    """Raise Configuration unless the tables are this version's, or Retryable where the database is away."""
    migrate.require_head(site.url)


def prepare(settings: Settings) -> Site:
    """Locate everything and bring the tables up to date; no loop or thread is left.

    Raises Configuration, or Retryable where the database is away.
    """
    site = locate(settings)
    if settings.apply_migrations:
        migrate.upgrade(site.url)
    else:
        require_tables(site)
    return site


def put_away(site: Site) -> None:
    """Stop using the embedded database, if it is that; done by itself when the process ends."""
    if site.settings.embedded:
        embedded.release(site.settings.data_dir)


def warm(site: Site) -> None:
    """Import, load and compile what every worker needs, once, before the forks share it; no loop or thread is left."""
    from feedback_service.llm import warm as warm_model

    warm_lexicon()
    warm_model()
    with suppress(FeedbackServiceError):  # costs memory and nothing else: whoever needs it will say what is wrong
        asyncio.run(_rehearse(site))


async def _rehearse(site: Site) -> None:
    """The statements of an idle worker's turn, under a lease that nobody has: each is compiled, and refused."""
    async with database(site) as db:
        for key in list(await db.suppliers.keys_and_fingerprints())[:1]:
            storage, no_account = db.for_supplier(key, Fence(key, "", epoch=-1)), AccountId(0)
            feedback, outbox, none = storage.feedback, storage.outbox, timedelta(0)
            turn: list[Callable[[], Awaitable[object]]] = [partial(outbox.abandon, no_account)]
            turn += [partial(feedback.claim, status, 1, none) for status in CLAIMED]
            turn += [partial(outbox.claim, no_account, statuses, 1, none) for statuses in (PENDING, UNSETTLED)]
            turn += [partial(feedback.waiting, no_account, kind) for kind in Kind]
            turn += [partial(storage.accounts.paused, no_account), partial(db.suppliers.load, key)]
            for statement in turn:
                with suppress(FenceLost):
                    await statement()


@asynccontextmanager
async def database(site: Site) -> AsyncIterator[Database]:
    """The open database, with a clock that goes by the database's."""
    db = await Database.open(site.url, SystemClock(), site.keys)
    try:
        skew = await measure_skew(db.engine, SystemClock())
        if abs(skew) > SKEW_WORTH_SAYING:
            log.warning(
                "This machine's clock is %.1f s away from the database's; the database's counts.",
                skew.total_seconds(),
                extra={"action": "clock_skew"},
            )
        db.clock = SystemClock(skew)
        yield db
    finally:
        await db.close()


def leases(site: Site, db: Database, supplier: SupplierKey | None = None) -> PostgresLeases:
    """This host's leases: a fair share of all suppliers, or the one."""
    ttl = timedelta(seconds=site.settings.lease_seconds)
    return db.leases(site.settings.host_name, ttl, None if supplier is None else [supplier])


@asynccontextmanager
async def doors(site: Site, db: Database, role: str = "worker", at_least: int = 1) -> AsyncIterator[Doors]:
    """What opens accounts in this process; its browsers start when first needed and end with it."""
    sessions = HushedSessions(db.sessions)
    browsers = Browsers(site.settings, role, sessions, db.clock, at_least)
    try:
        yield Doors(site.settings, db.clock, browsers.of, partial(session_keeper, sessions, db.clock))
    finally:
        await browsers.close()


@asynccontextmanager
async def publisher(site: Site, db: Database, name: str = "publisher") -> AsyncIterator[PublisherKit]:
    """Everything a publisher works with. Raises Configuration where no queue is configured."""
    slots = site.settings.publisher_slots
    async with opened_queue(site.settings) as queue, doors(site, db, name, slots) as opening:
        if queue is None:
            raise Configuration("no queue is configured: set PUBSUB_PROJECT")
        kit = PublisherKit(db, opening, queue, slots)
        try:
            yield kit
        finally:
            await kit.close()


def language(settings: Settings, db: Database) -> LanguageModel:
    """The model, its budget shared with every other process by the database.

    Imported here, as OpenAI's client takes longest of all and most commands need none.
    """
    from feedback_service.llm import ModelConfig, OpenAIModel

    config = ModelConfig(
        base_url=settings.url_proxy_openai,
        api_key=settings.openai_api_key.get_secret_value(),
        classifier_model=settings.openai_classifier_model,
        drafter_model=settings.openai_drafter_model,
        requests_per_minute=settings.openai_requests_per_minute,
        tokens_per_minute=settings.openai_tokens_per_minute,
        timeout_seconds=settings.openai_timeout_seconds,
        prices=settings.openai_prices,
    )
    return OpenAIModel(config, db.budget, db.clock)


@asynccontextmanager
async def kit(site: Site, db: Database, fence: Fence) -> AsyncIterator[Kit]:
    """Everything one supplier's stages need; an account that cannot be opened is paused, the others work."""
    supplier = await db.suppliers.load(fence.supplier)
    storage = db.for_supplier(fence.supplier, fence)
    async with AsyncExitStack() as stack:
        opening = await stack.enter_async_context(doors(site, db))
        queue = None
        if any(delivery_of(one, platforms.find(one.platform).SPEC) is Delivery.QUEUE for one in supplier.accounts):
            queue = await stack.enter_async_context(opened_queue(site.settings))
        connectors: dict[AccountId, Connector] = {}
        deliveries: dict[AccountId, Delivery] = {}
        for account in supplier.accounts:
            register_secrets(account)
            try:
                deliveries[account.id] = _delivery(account, queue)
                closures = Closures(account.id, storage.accounts, db.clock)
                await closures.load()
                signed_in = await is_signed_in(db, account)
                connectors[account.id] = connector = opening.open(account, signed_in=signed_in, closures=closures)
            except Configuration as problem:
                await storage.accounts.pause(account.id, Pauser.READING, str(problem), None)
                log.error("Account %s is paused: %s", account.key, problem, extra={"action": "account_paused"})
            else:
                stack.push_async_callback(connector.close)
        model = language(site.settings, db)
        stack.push_async_callback(model.close)
        opened = tuple(account for account in supplier.accounts if account.id in connectors)
        yield Kit(
            supplier=replace(supplier, accounts=opened),
            storage=storage,
            connectors=connectors,
            language=model,
            inspector=Inspector(),
            clock=db.clock,
            deliveries=deliveries,
            queue=queue,
            storage_of=lambda key: db.for_supplier(key, None),
            idle_seconds=site.settings.idle_seconds,
        )


def _delivery(account: Account, queue: Queue | None) -> Delivery:
    delivery = delivery_of(account, platforms.find(account.platform).SPEC)
    if delivery is Delivery.QUEUE and queue is None:
        raise Configuration(
            "its answers leave by the queue, and none is configured: set PUBSUB_PROJECT, or give the account another "
            "delivery in suppliers.yaml"
        )
    return delivery


async def is_signed_in(db: Database, account: Account) -> bool:
    """Whether a browser of the account has a session; one that no key opens is as good as none."""
    try:
        return await db.sessions.load(account.id) is not None
    except Configuration:
        return False


async def operations(db: Database, supplier: SupplierKey, platform: PlatformKey, who: str) -> Operations:
    """What `who` may do with one supplier's feedback on one platform."""
    return Operations(
        supplier=await db.suppliers.load(supplier),
        spec=platforms.find(platform).SPEC,
        storage=db.for_supplier(supplier, None),
        inspector=Inspector(),
        clock=db.clock,
        who=who,
    )
