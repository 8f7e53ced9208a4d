"""The feedback of one supplier: claims and look-ups; changes and recordings have their own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.feedback import Feedback, FeedbackStatus, Item, Kind
from feedback_service.domain.identity import AccountId, FeedbackId, ItemId
from feedback_service.ports.backfill import Remembered
from feedback_service.ports.storage import Change, Recorded
from feedback_service.storage.changes import apply_changes
from feedback_service.storage.fence import SUPPLIER_ID
from feedback_service.storage.outcomes import NOW
from feedback_service.storage.recording import record_items
from feedback_service.storage.remembering import remember_items
from feedback_service.storage.rows import FEEDBACK, ITEM, KEPT, to_feedback, to_item
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import WAITING, account, feedback, written_in

DEEPEST_STORY = 10
"""Supplements of supplements that are followed back at most: a platform that links in a circle must not hang us."""
NEWEST = (feedback.c.item_created_at.desc(), feedback.c.id.desc())
LIMIT = sa.bindparam("the_limit", type_=sa.BigInteger)
NOT_BEFORE = sa.bindparam("the_due", type_=feedback.c.not_before.type)


@dataclass(frozen=True, slots=True)
class PostgresFeedback:
    """Fulfils the port FeedbackStore."""

    scope: Scope

    async def record(self, account: AccountId, items: Sequence[Item], reopen_edited: bool) -> Recorded:
        return await record_items(self.scope, account, items, reopen_edited)

    async def remember(self, account: AccountId, items: Sequence[Item], *, take: bool) -> Remembered:
        return await remember_items(self.scope, account, items, take)

    async def apply(self, changes: Sequence[Change]) -> Sequence[FeedbackId]:
        return await apply_changes(self.scope, changes)

    async def claim(self, status: FeedbackStatus, limit: int, lease: timedelta) -> Sequence[Feedback]:
        now = self.scope.clock.now()
        rows = await self.scope.run(_claimed, {NOW.key: now, NOT_BEFORE.key: now + lease, LIMIT.key: limit}, status)
        return await self._with_prior(sorted(rows, key=lambda row: (row["due_since"], row["id"])))

    async def waiting(self, account: AccountId, kind: Kind) -> Sequence[Feedback]:
        mine = sa.and_(feedback.c.account_id == account, feedback.c.kind == kind)
        return [self._told(row) for row in await self._found(mine, written_in(feedback.c.status, WAITING))]

    async def newest(self, account: AccountId, limit: int) -> Sequence[Feedback]:
        async with self.scope.reading() as (connection, supplier_id):
            mine = sa.and_(feedback.c.supplier_id == supplier_id, feedback.c.account_id == account)
            wanted = _joined().where(mine).order_by(*NEWEST).limit(limit)
            return [self._told(row) for row in (await connection.execute(wanted)).mappings()]

    async def by_item(self, account: AccountId, item_id: ItemId) -> Feedback | None:
        found = await self._found(feedback.c.account_id == account, feedback.c.item_id == item_id)
        return next(iter(await self._with_prior(found)), None)

    async def get(self, id_: FeedbackId) -> Feedback | None:
        return next(iter(await self._with_prior(await self._found(feedback.c.id == id_))), None)

    async def _found(self, *conditions: sa.ColumnElement[bool]) -> Sequence[sa.RowMapping]:
        async with self.scope.reading() as (connection, supplier_id):
            wanted = _joined().where(feedback.c.supplier_id == supplier_id, *conditions).order_by(feedback.c.id)
            return (await connection.execute(wanted)).mappings().all()

    async def _with_prior(self, rows: Sequence[sa.RowMapping]) -> list[Feedback]:
        supplements = [row["id"] for row in rows if row["parent_item_id"] is not None]
        if not supplements:
            return [self._told(row) for row in rows]
        async with self.scope.reading() as (connection, _):
            prior = await _stories(connection, supplements)
        return [self._told(row, prior.get(row["id"], ())) for row in rows]

    def _told(self, row: sa.RowMapping, prior: tuple[Item, ...] = ()) -> Feedback:
        return to_feedback(row, self.scope.supplier, prior)


def _claimed(may: sa.ColumnElement[bool], status: FeedbackStatus) -> tuple[sa.CTE, ...]:
    """What waits on accounts that are switched on, oldest due first."""
    due = (
        sa.select(feedback.c.id, feedback.c.not_before, account.c.platform)
        .join(account, sa.and_(account.c.id == feedback.c.account_id, account.c.active))
        .where(
            may,
            feedback.c.supplier_id == SUPPLIER_ID,
            written_in(feedback.c.status, [status]),
            feedback.c.not_before <= NOW,
        )
        .order_by(feedback.c.not_before, feedback.c.id)
        .limit(LIMIT)
        .with_for_update(of=feedback, skip_locked=True)
        .cte("due")
    )
    claimed = (
        sa.update(feedback)
        .where(feedback.c.id == due.c.id)
        .values(attempts=feedback.c.attempts + 1, not_before=NOT_BEFORE)
        .returning(*KEPT, due.c.platform, due.c.not_before.label("due_since"))
        .cte("claimed")
    )
    return (claimed,)


def _joined() -> sa.Select[tuple[object, ...]]:
    return sa.select(*FEEDBACK).join(account, account.c.id == feedback.c.account_id)


async def _stories(connection: AsyncConnection, supplements: Sequence[int]) -> Mapping[int, tuple[Item, ...]]:
    """What each supplement's customer wrote before it, oldest first."""
    earlier = feedback.alias("earlier")
    links = sa.select(
        feedback.c.id.label("story"), feedback.c.account_id, feedback.c.parent_item_id, sa.literal(0).label("depth")
    ).where(feedback.c.id.in_(supplements))
    chain = links.cte("chain", recursive=True)
    chain = chain.union_all(
        sa.select(chain.c.story, earlier.c.account_id, earlier.c.parent_item_id, chain.c.depth + 1).where(
            earlier.c.account_id == chain.c.account_id,
            earlier.c.item_id == chain.c.parent_item_id,
            chain.c.depth < DEEPEST_STORY,
        )
    )
    story = (
        sa.select(chain.c.story, *ITEM)
        .join_from(
            chain,
            feedback,
            sa.and_(feedback.c.account_id == chain.c.account_id, feedback.c.item_id == chain.c.parent_item_id),
        )
        .order_by(chain.c.story, chain.c.depth.desc())
    )
    found: dict[int, tuple[Item, ...]] = {}
    for row in (await connection.execute(story)).mappings():
        found[row["story"]] = (*found.get(row["story"], ()), to_item(row))
    return found
