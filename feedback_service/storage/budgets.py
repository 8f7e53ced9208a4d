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
from feedback_service.storage.engine import single_statements
from feedback_service.storage.tables import budget


def _spend() -> ReturningInsert[Any]:
    """Not waited for until the disk has it: a crash of the database's machine forgives a moment's spending."""
    now, cost = sa.bindparam("now", type_=sa.DateTime(timezone=True)), sa.bindparam("cost", type_=sa.Interval())
    relaxed = sa.select(sa.func.set_config("synchronous_commit", "off", True, type_=sa.Text).label("done")).cte(
        "relaxed"
    )
    fresh = sa.select(sa.bindparam("name", type_=budget.c.name.type), now + cost).select_from(relaxed)
    return (
        insert(budget)
        .from_select(["name", "spent_until"], fresh)
        .on_conflict_do_update(
            index_elements=["name"], set_={"spent_until": sa.func.greatest(budget.c.spent_until, now) + cost}
        )
        .returning(budget.c.spent_until)
    )


_SPEND = _spend()


@dataclass(frozen=True, slots=True)
class PostgresBudget:
    """Fulfils the port Budget by GCRA: the row is the moment up to which the rate is spent."""

    engine: AsyncEngine
    clock: Clock

    async def take(self, name: str, units: float, per_minute: float, burst: float) -> float:
        now = self.clock.now()
        values = {"name": name, "now": now, "cost": timedelta(minutes=units / per_minute)}
        async with single_statements(self.engine) as connection:
            spent_until = await connection.scalar(_SPEND, values)
        assert isinstance(spent_until, datetime)
        allowance = timedelta(minutes=burst / per_minute)
        return max(0.0, (spent_until - now - allowance).total_seconds())
