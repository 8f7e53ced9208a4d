"""Rates that all processes and hosts share: one row each, one statement per use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from feedback_service.ports.clock import Clock
from feedback_service.storage.engine import transaction
from feedback_service.storage.tables import budget


@dataclass(frozen=True, slots=True)
class PostgresBudget:
    """Fulfils the port Budget by GCRA: the row is the moment up to which the rate is spent."""

    engine: AsyncEngine
    clock: Clock

    async def take(self, name: str, units: float, per_minute: float, burst: float) -> float:
        now = self.clock.now()
        cost = timedelta(minutes=units / per_minute)
        spend = insert(budget).values(name=name, spent_until=now + cost)
        spend = spend.on_conflict_do_update(
            index_elements=["name"],
            set_={"spent_until": sa.func.greatest(budget.c.spent_until, now) + cost},
        )
        async with transaction(self.engine) as connection:
            spent_until = await connection.scalar(spend.returning(budget.c.spent_until))
        assert isinstance(spent_until, datetime)
        allowance = timedelta(minutes=burst / per_minute)
        return max(0.0, (spent_until - now - allowance).total_seconds())
