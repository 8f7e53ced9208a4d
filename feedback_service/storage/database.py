"""The whole of storage behind one object: what each supplier, host and person asks of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from feedback_service.domain.identity import Fence, SupplierKey
from feedback_service.ports.clock import Clock
from feedback_service.ports.storage import SupplierStorage
from feedback_service.storage.accounts import PostgresAccounts
from feedback_service.storage.engine import create_engine
from feedback_service.storage.feedback import PostgresFeedback
from feedback_service.storage.outbox import PostgresOutbox
from feedback_service.storage.scope import Scope


@dataclass(slots=True)
class Database:
    """An open pool; `clock` may be replaced by one that goes by the database before the stores are asked for."""

    engine: AsyncEngine
    url: str
    clock: Clock
    keys: tuple[str, ...]

    @classmethod
    async def open(cls, url: str, clock: Clock, keys: Sequence[str]) -> Database:
        """Make the pool; it connects at the first use. Raises Configuration for a URL or key that cannot be right."""
        return cls(create_engine(url), url, clock, tuple(keys))

    def for_supplier(self, supplier: SupplierKey, fence: Fence | None) -> SupplierStorage:
        """One supplier's stores; `fence` None for a person, whose writes wake the supplier's worker."""
        scope = Scope(self.engine, self.clock, supplier, fence)
        return SupplierStorage(PostgresFeedback(scope), PostgresOutbox(scope), PostgresAccounts(scope))

    async def close(self) -> None:
        await self.engine.dispose()
