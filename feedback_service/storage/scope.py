"""Whose rows a store may touch and by what right: one supplier, with or without a fence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from feedback_service.domain.errors import Configuration, FenceLost
from feedback_service.domain.identity import Fence, SupplierKey
from feedback_service.ports.clock import Clock
from feedback_service.storage.engine import transaction
from feedback_service.storage.tables import supplier, supplier_lease

WORK_CHANNEL = "feedback_work"
"""Its payload is the key of a supplier for which a person left work."""
SUPPLIERS_CHANNEL = "feedback_suppliers"
"""Its payload is the key of a supplier whose configuration changed."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One supplier's corner of the database; `fence` None is a person at the command line."""

    engine: AsyncEngine
    clock: Clock
    supplier: SupplierKey
    fence: Fence | None
    _ids: dict[SupplierKey, int] = field(default_factory=dict)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """A transaction and the supplier's id; raises Configuration where the supplier is unknown."""
        async with transaction(self.engine) as connection:
            yield connection, await self._supplier_id(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """The same for writes: under the fence, which it keeps from being taken over until the commit.

        A person's write wakes the supplier's worker when it is committed.
        """
        async with self.reading() as (connection, supplier_id):
            if self.fence is not None:
                await self._hold(connection, supplier_id, self.fence)
            yield connection, supplier_id
            if self.fence is None:
                await connection.execute(sa.select(sa.func.pg_notify(WORK_CHANNEL, self.supplier)))

    async def _supplier_id(self, connection: AsyncConnection) -> int:
        known = self._ids.get(self.supplier)
        if known is not None:
            return known
        found = await connection.scalar(sa.select(supplier.c.id).where(supplier.c.key == self.supplier))
        if found is None:
            raise Configuration(f"supplier {self.supplier!r} is not in the database; run `suppliers apply`")
        self._ids[self.supplier] = found
        return int(found)

    async def _hold(self, connection: AsyncConnection, supplier_id: int, fence: Fence) -> None:
        held = sa.select(supplier_lease.c.epoch).where(
            supplier_lease.c.supplier_id == supplier_id,
            supplier_lease.c.host == fence.host,
            supplier_lease.c.epoch == fence.epoch,
            supplier_lease.c.expires_at > self.clock.now(),
        )
        if await connection.scalar(held.with_for_update(read=True)) is None:
            raise FenceLost(f"host {fence.host} no longer holds supplier {self.supplier} (epoch {fence.epoch})")
