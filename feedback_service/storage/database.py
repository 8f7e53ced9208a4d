"""The whole of storage behind one object: what each supplier, host and person asks of the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from feedback_service.domain.identity import AccountKey, Fence, SupplierKey
from feedback_service.ports.backfill import Memory
from feedback_service.ports.clock import Clock
from feedback_service.ports.storage import SupplierStorage
from feedback_service.storage.accounts import PostgresAccounts
from feedback_service.storage.backfills import PostgresBackfills
from feedback_service.storage.budgets import PostgresBudget
from feedback_service.storage.engine import create_engine, transaction
from feedback_service.storage.feedback import PostgresFeedback
from feedback_service.storage.leases import PostgresLeases
from feedback_service.storage.listener import Listener
from feedback_service.storage.outbox import PostgresOutbox
from feedback_service.storage.scope import WORK_CHANNEL, Scope
from feedback_service.storage.secrets import Vault
from feedback_service.storage.sessions import PostgresSessions
from feedback_service.storage.suppliers import PostgresSuppliers
from feedback_service.storage.views import PostgresViews


@dataclass(slots=True)
class Database:
    """An open pool; `clock` may be replaced by one that goes by the database before anything else is asked for."""

    engine: AsyncEngine
    url: str = field(repr=False)
    clock: Clock
    vault: Vault = field(repr=False)

    @classmethod
    async def open(cls, url: str, clock: Clock, keys: Sequence[str]) -> Database:
        """Make the pool; it connects at the first use. Raises Configuration for a URL or key that cannot be right."""
        return cls(create_engine(url), url, clock, Vault(keys))

    def for_supplier(self, supplier: SupplierKey, fence: Fence | None) -> SupplierStorage:
        """One supplier's stores; `fence` None for a person, whose writes wake the supplier's worker."""
        scope = Scope(self.engine, self.clock, supplier, fence)
        return SupplierStorage(PostgresFeedback(scope), PostgresOutbox(scope), PostgresAccounts(scope))

    def memory(self, supplier: SupplierKey) -> Memory:
        """Takes in one supplier's history; a person's deed, so without a fence."""
        return PostgresFeedback(Scope(self.engine, self.clock, supplier, None))

    @property
    def suppliers(self) -> PostgresSuppliers:
        return PostgresSuppliers(self.engine, self.vault)

    @property
    def sessions(self) -> PostgresSessions:
        return PostgresSessions(self.engine, self.vault)

    @property
    def backfills(self) -> PostgresBackfills:
        return PostgresBackfills(self.engine, self.clock)

    @property
    def budget(self) -> PostgresBudget:
        return PostgresBudget(self.engine, self.clock)

    @property
    def views(self) -> PostgresViews:
        return PostgresViews(self.engine)

    async def ring(self, supplier: SupplierKey, account: AccountKey) -> None:
        """Ask whichever worker serves the supplier to read the account now."""
        async with transaction(self.engine) as connection:
            await connection.execute(sa.select(sa.func.pg_notify(WORK_CHANNEL, f"{supplier}/{account}")))

    def leases(self, host: str, ttl: timedelta, keys: Collection[SupplierKey] | None = None) -> PostgresLeases:
        """The leases of this process; `keys` None takes a fair share of all suppliers."""
        return PostgresLeases(self.engine, self.clock, host, ttl, None if keys is None else frozenset(keys))

    def listener(self) -> Listener:
        """Hears who left work and whose configuration changed; an async context manager."""
        return Listener(self.url)

    async def close(self) -> None:
        await self.engine.dispose()
