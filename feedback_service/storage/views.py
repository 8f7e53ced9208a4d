"""Read-only queries for people: lists, counts, accounts and costs; one item's story has its own file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from feedback_service.domain.identity import AccountId, FeedbackId, SupplierKey
from feedback_service.ports.views import AccountState, Count, Filter, Listed, Overdue, Standing, Story, Totals, UsageSum
from feedback_service.storage.engine import transaction
from feedback_service.storage.overdue import overdue_by_account
from feedback_service.storage.rows import FEEDBACK, to_feedback
from feedback_service.storage.story import tell, usage_sums
from feedback_service.storage.tables import account, dispatch, feedback, supplier, supplier_lease
from feedback_service.storage.text import escape

LISTED = (
    *FEEDBACK,
    feedback.c.collected_at,
    feedback.c.changed_at,
    account.c.key.label("account_key"),
    supplier.c.key.label("supplier_key"),
)
OWNED = feedback.join(account, account.c.id == feedback.c.account_id).join(
    supplier, supplier.c.id == feedback.c.supplier_id
)
STANDING = (supplier.c.key, account.c.platform, account.c.key.label("account"))


@dataclass(frozen=True, slots=True)
class PostgresViews:
    """Fulfils the port Views."""

    engine: AsyncEngine

    async def list(self, wanted: Filter) -> Sequence[Listed]:
        found = sa.select(*LISTED).select_from(OWNED).where(*_conditions(wanted))
        page = found.order_by(feedback.c.id.desc()).limit(wanted.limit).offset(wanted.offset)
        async with transaction(self.engine) as connection:
            return [to_listed(row) for row in (await connection.execute(page)).mappings()]

    async def count(self, wanted: Filter) -> int:
        found = sa.select(sa.func.count()).select_from(OWNED).where(*_conditions(wanted))
        async with transaction(self.engine) as connection:
            return int(await connection.scalar(found) or 0)

    async def story(self, feedback: FeedbackId) -> Story | None:
        async with transaction(self.engine) as connection:
            row = (await connection.execute(_one(feedback))).mappings().one_or_none()
            return await tell(connection, to_listed(row)) if row else None

    async def progress(self) -> Sequence[Count]:
        number = sa.func.count().label("count")
        grouped = (
            sa.select(*STANDING, feedback.c.status, number)
            .select_from(OWNED)
            .group_by(*STANDING, feedback.c.status)
            .order_by(*STANDING, feedback.c.status)
        )
        async with transaction(self.engine) as connection:
            return [Count(*row) for row in await connection.execute(grouped)]

    async def standings(self) -> Sequence[Standing]:
        every = sa.select(*STANDING, feedback.c.item_id, feedback.c.status).select_from(OWNED)
        async with transaction(self.engine) as connection:
            return [Standing(*row) for row in await connection.execute(every.order_by(feedback.c.id))]

    async def totals(self) -> Totals:
        async with transaction(self.engine) as connection:
            of_feedback = await connection.execute(_by_status(feedback))
            of_dispatches = await connection.execute(_by_status(dispatch))
            return Totals({row[0]: row[1] for row in of_feedback}, {row[0]: row[1] for row in of_dispatches})

    async def accounts(self) -> Sequence[AccountState]:
        found = (
            sa.select(account, supplier.c.key.label("supplier"), supplier.c.active.label("supplier_active"))
            .join(supplier, supplier.c.id == account.c.supplier_id)
            .order_by(supplier.c.key, account.c.key)
        )
        async with transaction(self.engine) as connection:
            return [_to_account_state(row) for row in (await connection.execute(found)).mappings()]

    async def host_of(self, one: SupplierKey, now: datetime) -> str:
        held = sa.and_(supplier.c.key == one, supplier_lease.c.expires_at > now)
        holder = sa.select(supplier_lease.c.host).join(supplier, supplier.c.id == supplier_lease.c.supplier_id)
        async with transaction(self.engine) as connection:
            return await connection.scalar(holder.where(held)) or ""

    async def arrived(self, one: AccountId, since: datetime) -> int:
        number = sa.select(sa.func.count()).where(feedback.c.account_id == one, feedback.c.collected_at >= since)
        async with transaction(self.engine) as connection:
            return int(await connection.scalar(number) or 0)

    async def overdue(self, now: datetime, wait: timedelta) -> Sequence[Overdue]:
        async with transaction(self.engine) as connection:
            return await overdue_by_account(connection, now, wait)

    async def usage(self, since: datetime | None = None) -> Sequence[UsageSum]:
        async with transaction(self.engine) as connection:
            return await usage_sums(connection, since=since)


def to_listed(row: sa.RowMapping) -> Listed:
    return Listed(to_feedback(row, row["supplier_key"]), row["account_key"], row["collected_at"], row["changed_at"])


def _one(id_: FeedbackId) -> sa.Select[tuple[object, ...]]:
    return sa.select(*LISTED).select_from(OWNED).where(feedback.c.id == id_)


def _by_status(table: sa.Table) -> sa.Select[tuple[Any, int]]:
    return sa.select(table.c.status, sa.func.count()).group_by(table.c.status)


def _to_account_state(row: sa.RowMapping) -> AccountState:
    return AccountState(
        id=row["id"],
        supplier=row["supplier"],
        key=row["key"],
        platform=row["platform"],
        active=row["active"] and row["supplier_active"],
        paused_at=row["paused_at"],
        paused_until=row["paused_until"],
        paused_reason=row["paused_reason"],
        collected_at=row["collected_at"],
    )


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    given: list[tuple[Any, Callable[[Any], sa.ColumnElement[bool]]]] = [
        (wanted.supplier, supplier.c.key.__eq__),
        (wanted.account, account.c.key.__eq__),
        (wanted.platform, account.c.platform.__eq__),
        (sorted(wanted.statuses) or None, feedback.c.status.in_),
        (wanted.kind, feedback.c.kind.__eq__),
        (wanted.rating_from, feedback.c.rating.__ge__),
        (wanted.rating_to, feedback.c.rating.__le__),
        (wanted.text or None, _mentions),
        (wanted.since, feedback.c.item_created_at.__ge__),
        (wanted.until, feedback.c.item_created_at.__lt__),
    ]
    return [condition(value) for value, condition in given if value is not None]


def _mentions(text: str) -> sa.ColumnElement[bool]:
    """The text as it is stored, its wildcards taken literally."""
    places = (*(feedback.c[name] for name in ("text", "pros", "cons", "author")), feedback.c.draft["text"].astext)
    needle = escape(text)
    return sa.or_(*(sa.cast(place, sa.Text).icontains(needle, autoescape=True) for place in places))
