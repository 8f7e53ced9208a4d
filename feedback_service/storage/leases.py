"""Fenced leases: which host works for which supplier, shared fairly between the hosts that are alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from feedback_service.domain.identity import SupplierKey
from feedback_service.ports.clock import Clock
from feedback_service.ports.roster import Assignment
from feedback_service.storage.engine import transaction
from feedback_service.storage.tables import host as hosts
from feedback_service.storage.tables import supplier, supplier_lease

NOBODY = sa.literal("")
"""The holder of a lease that was given back."""


@dataclass(slots=True)
class PostgresLeases:
    """The leases of one process on one host.

    `keys` None shares all suppliers with the other hosts; else these alone are wanted, whatever the others have.
    A process takes what an earlier process of its host left behind at once, by a new epoch, so that a restart need not
    wait and a forgotten worker of the earlier one cannot write any more.
    """

    engine: AsyncEngine
    clock: Clock
    host: str
    ttl: timedelta
    keys: frozenset[SupplierKey] | None = None
    _epochs: dict[int, int] = field(default_factory=dict)
    _inherits: bool = True

    async def acquire(self) -> Sequence[Assignment]:
        """Renew what is held, take what is free, up to a fair share; return all that is held now. Raises Retryable.

        What exceeds the share, or is no longer wanted, is not renewed: its worker drains until the lease runs out.
        """
        async with transaction(self.engine) as connection:
            now = self.clock.now()
            share = await self._share(connection, now)
            held = (await self._held(connection, now))[:share]
            epochs = await self._renew(connection, held, now)
            free = await self._free(connection, now, share - len(held))
            epochs |= await self._take(connection, free, now)
            assignments = await _assignments(connection, epochs)
        self._epochs, self._inherits = epochs, False
        return assignments

    async def release(self) -> None:
        """Let go of all that this process holds, so that another host need not wait. Raises Retryable."""
        async with transaction(self.engine) as connection:
            now = self.clock.now()
            for supplier_id, epoch in self._epochs.items():
                mine = sa.and_(supplier_lease.c.supplier_id == supplier_id, supplier_lease.c.epoch == epoch)
                await connection.execute(
                    sa.update(supplier_lease)
                    .where(mine, supplier_lease.c.host == self.host)
                    .values(host=NOBODY, expires_at=now)
                )
            await connection.execute(sa.delete(hosts).where(hosts.c.name == self.host))
        self._epochs = {}

    async def _share(self, connection: AsyncConnection, now: datetime) -> int:
        wanted = await connection.scalar(sa.select(sa.func.count()).select_from(supplier).where(self._wanted())) or 0
        if self.keys is not None:
            return wanted
        here = insert(hosts).values(name=self.host, expires_at=now + self.ttl)
        await connection.execute(
            here.on_conflict_do_update(index_elements=["name"], set_={"expires_at": now + self.ttl})
        )
        await connection.execute(sa.delete(hosts).where(hosts.c.expires_at <= now))
        alive = await connection.scalar(sa.select(sa.func.count()).select_from(hosts)) or 1
        return -(-wanted // alive)

    def _wanted(self) -> sa.ColumnElement[bool]:
        wanted = supplier.c.active
        return wanted if self.keys is None else sa.and_(wanted, supplier.c.key.in_(self.keys))

    async def _held(self, connection: AsyncConnection, now: datetime) -> list[int]:
        found = (
            sa.select(supplier_lease.c.supplier_id, supplier_lease.c.epoch)
            .join(supplier, supplier.c.id == supplier_lease.c.supplier_id)
            .where(supplier_lease.c.host == self.host, supplier_lease.c.expires_at > now, self._wanted())
            .order_by(supplier_lease.c.supplier_id)
        )
        rows = (await connection.execute(found)).all()
        return [row.supplier_id for row in rows if self._epochs.get(row.supplier_id) == row.epoch]

    async def _renew(self, connection: AsyncConnection, held: Sequence[int], now: datetime) -> dict[int, int]:
        renewed: dict[int, int] = {}
        for supplier_id in held:
            lease = sa.update(supplier_lease).where(
                supplier_lease.c.supplier_id == supplier_id,
                supplier_lease.c.host == self.host,
                supplier_lease.c.epoch == self._epochs[supplier_id],
            )
            if (await connection.execute(lease.values(expires_at=now + self.ttl))).rowcount:
                renewed[supplier_id] = self._epochs[supplier_id]
        return renewed

    async def _free(self, connection: AsyncConnection, now: datetime, most: int) -> list[int]:
        """Suppliers that nobody holds; those that another host looks at in this moment are left to it."""
        if most <= 0:
            return []
        free = sa.or_(supplier_lease.c.supplier_id.is_(None), self._takeable(now))
        found = (
            sa.select(supplier.c.id)
            .join(supplier_lease, supplier_lease.c.supplier_id == supplier.c.id, isouter=True)
            .where(self._wanted(), free)
            .order_by(supplier.c.id)
            .limit(most)
            .with_for_update(of=supplier, skip_locked=True, key_share=True)
        )
        return list(await connection.scalars(found))

    def _takeable(self, now: datetime) -> sa.ColumnElement[bool]:
        expired = supplier_lease.c.expires_at <= now
        return sa.or_(expired, supplier_lease.c.host == self.host) if self._inherits else expired

    async def _take(self, connection: AsyncConnection, free: Sequence[int], now: datetime) -> dict[int, int]:
        taken: dict[int, int] = {}
        for supplier_id in free:
            values = {"host": self.host, "expires_at": now + self.ttl}
            lease = insert(supplier_lease).values(supplier_id=supplier_id, epoch=1, **values)
            lease = lease.on_conflict_do_update(
                index_elements=["supplier_id"],
                set_={**values, "epoch": supplier_lease.c.epoch + 1},
                where=self._takeable(now),
            )
            epoch = await connection.scalar(lease.returning(supplier_lease.c.epoch))
            if epoch is not None:
                taken[supplier_id] = epoch
        return taken


async def _assignments(connection: AsyncConnection, epochs: dict[int, int]) -> list[Assignment]:
    found = sa.select(supplier.c.id, supplier.c.key, supplier.c.revision).where(supplier.c.id.in_(epochs))
    rows = await connection.execute(found.order_by(supplier.c.key))
    return [Assignment(row.key, epochs[row.id], str(row.revision)) for row in rows]
