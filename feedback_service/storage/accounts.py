"""Remembers which of a supplier's accounts are out of order, and says each change of that once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.identity import AccountId
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import account


@dataclass(frozen=True, slots=True)
class PostgresAccounts:
    """Fulfils the port Accounts."""

    scope: Scope

    async def pause(self, account: AccountId, reason: str, retry_after: timedelta | None) -> bool:
        now = self.scope.clock.now()
        async with self.scope.writing() as (connection, supplier_id):
            paused = await _is_paused(connection, supplier_id, account)
            until = now + retry_after if retry_after else None
            values: dict[str, object] = {"paused_reason": reason, "paused_until": until}
            await connection.execute(_update(account, values if paused else {**values, "paused_at": now}))
        return not paused

    async def resume(self, account: AccountId) -> bool:
        async with self.scope.reading() as (connection, supplier_id):
            if not await _is_paused(connection, supplier_id, account, lock=False):
                return False
        async with self.scope.writing() as (connection, supplier_id):
            paused = await _is_paused(connection, supplier_id, account)
            if paused:
                await connection.execute(
                    _update(account, {"paused_reason": "", "paused_until": None, "paused_at": None})
                )
        return paused


async def _is_paused(connection: AsyncConnection, supplier_id: int, one: AccountId, lock: bool = True) -> bool:
    wanted = sa.select(account.c.paused_at).where(account.c.id == one, account.c.supplier_id == supplier_id)
    return await connection.scalar(wanted.with_for_update() if lock else wanted) is not None


def _update(one: AccountId, values: dict[str, object]) -> sa.Update:
    return sa.update(account).where(account.c.id == one).values(values)
