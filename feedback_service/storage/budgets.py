"""Rates that all processes and hosts share: one row each, one statement per use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.dml import ReturningInsert

from feedback_service.ports.clock import Clock
from feedback_service.ports.storage import Charge
from feedback_service.storage.bulk import Types, arrays, table_of
from feedback_service.storage.engine import single_statements
from feedback_service.storage.tables import budget

TYPES: Types = {"name": budget.c.name.type, "cost": sa.Interval()}


def _spend() -> ReturningInsert[Any]:
    """Not waited for until the disk has it: a crash of the database's machine forgives a moment's spending."""
    now = sa.bindparam("now", type_=sa.DateTime(timezone=True))
    charge = table_of("charge", TYPES)
    relaxed = sa.select(sa.func.set_config("synchronous_commit", "off", True).label("done")).cte("relaxed")
    fresh = sa.select(charge.c.name, now + charge.c.cost).select_from(charge.join(relaxed, sa.true()))
    spend = insert(budget).from_select(["name", "spent_until"], fresh)
    cost = spend.excluded.spent_until - now
    return spend.on_conflict_do_update(
        index_elements=["name"], set_={"spent_until": sa.func.greatest(budget.c.spent_until, now) + cost}
    ).returning(budget.c.name, budget.c.spent_until)


_SPEND = _spend()


@dataclass(frozen=True, slots=True)
class PostgresBudget:
    """Fulfils the port Budget by GCRA: the row is the moment up to which the rate is spent."""

    engine: AsyncEngine
    clock: Clock

    async def take(self, *charges: Charge) -> float:
        now = self.clock.now()
        ordered = sorted(charges, key=lambda charge: charge.name)  # one order of locking: nobody waits in a circle
        rows = [{"name": one.name, "cost": timedelta(minutes=one.units / one.per_minute)} for one in ordered]
        async with single_statements(self.engine) as connection:
            spent = await connection.execute(_SPEND, {"now": now, **arrays("charge", TYPES, rows)})
        until: dict[str, datetime] = {row.name: row.spent_until for row in spent}
        waits = [until[one.name] - now - timedelta(minutes=one.burst / one.per_minute) for one in charges]
        return max(timedelta(0), *waits).total_seconds()
