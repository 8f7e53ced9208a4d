"""Keeps how far the reading of each account's history has come."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import AccountId
from feedback_service.ports.backfill import Course, Remembered
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Span
from feedback_service.storage.engine import transaction
from feedback_service.storage.tables import backfill

COUNTS = ("kept", "taken", "left", "known")


@dataclass(frozen=True, slots=True)
class PostgresBackfills:
    """Fulfils the port Backfills."""

    engine: AsyncEngine
    clock: Clock

    async def course(self, account: AccountId, kind: Kind) -> Course | None:
        found = sa.select(backfill).where(backfill.c.account_id == account, backfill.c.kind == kind)
        async with transaction(self.engine) as connection:
            row = (await connection.execute(found)).mappings().one_or_none()
        if row is None:
            return None
        return Course(
            account=account,
            kind=kind,
            span=Span(row["since"], row["until"]),
            cursor=row["cursor"],
            share=row["share"],
            total=Remembered(**{name: row[name] for name in COUNTS}),
            ended_at=row["ended_at"],
        )

    async def save(self, course: Course) -> None:
        values = {
            "since": course.span.since,
            "until": course.span.until,
            "cursor": course.cursor,
            "share": course.share,
            "ended_at": course.ended_at,
            "changed_at": self.clock.now(),
            **asdict(course.total),
        }
        upsert = insert(backfill).values(account_id=course.account, kind=course.kind, **values)
        async with transaction(self.engine) as connection:
            await connection.execute(upsert.on_conflict_do_update(index_elements=["account_id", "kind"], set_=values))
