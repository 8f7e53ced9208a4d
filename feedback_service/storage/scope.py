"""Whose rows a store may touch and by what right: one supplier, with or without a fence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from feedback_service.domain.errors import Configuration, FenceLost
from feedback_service.domain.identity import Fence, SupplierKey
from feedback_service.ports.clock import Clock
from feedback_service.storage.engine import single_statements, transaction
from feedback_service.storage.fence import HELD, SUPPLIER_ID, Build, Guard, guarded, held_lease
from feedback_service.storage.tables import supplier

WORK_CHANNEL = "feedback_work"
"""Its payload is the key of a supplier for which a person left work, or SUPPLIER/ACCOUNT to be read now."""
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

    async def run(
        self, build: Build, values: Mapping[str, Any], *about: object, durable: bool = False
    ) -> Sequence[sa.RowMapping]:
        """Run one write under the fence, as one statement and one transaction; return what it changed.

        `values` are its parameters, to which the supplier's id is added, `about` what is written into its text.
        A worker's write is not waited for until the disk has it, unless it is `durable`: a crash of the database's
        machine then takes back the last moments, and the same work is done again. A person's always is.
        Raises FenceLost.
        """
        own = {**values, SUPPLIER_ID.key: await self._known_id()}
        statement = guarded(build, Guard(self.fence is not None, durable), *about)
        if self.fence is None:
            async with self.writing() as (connection, _):
                rows = (await connection.execute(statement, own)).mappings().all()
        else:
            async with single_statements(self.engine) as connection:
                rows = (await connection.execute(statement, own | self._claim(self.fence))).mappings().all()
        self._check(rows[0][HELD])
        return [row for row in rows if row["id"] is not None]

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """A connection for single queries, and the supplier's id; raises Configuration where it is unknown."""
        supplier_id = await self._known_id()
        async with single_statements(self.engine) as connection:
            yield connection, supplier_id

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """A transaction under the fence, which it keeps from being taken over until the commit; raises FenceLost.

        A person's write wakes the supplier's worker when it is committed.
        """
        supplier_id = await self._known_id()
        async with transaction(self.engine) as connection:
            if self.fence is not None:
                held = held_lease(Guard(fenced=True, durable=False))
                claim = {SUPPLIER_ID.key: supplier_id, **self._claim(self.fence)}
                self._check((await connection.execute(held, claim)).first() is not None)
            yield connection, supplier_id
            if self.fence is None:
                await connection.execute(sa.select(sa.func.pg_notify(WORK_CHANNEL, self.supplier)))

    def _claim(self, fence: Fence) -> dict[str, object]:
        return {"fence_host": fence.host, "fence_epoch": fence.epoch, "fence_now": self.clock.now()}

    def _check(self, held: bool) -> None:
        if self.fence is not None and not held:
            raise FenceLost(
                f"host {self.fence.host} no longer holds supplier {self.supplier} (epoch {self.fence.epoch})"
            )

    async def _known_id(self) -> int:
        known = self._ids.get(self.supplier)
        if known is not None:
            return known
        async with transaction(self.engine) as connection:
            found = await connection.scalar(sa.select(supplier.c.id).where(supplier.c.key == self.supplier))
        if found is None:
            raise Configuration(f"supplier {self.supplier!r} is not in the database; run `suppliers apply`")
        self._ids[self.supplier] = found
        return int(found)
