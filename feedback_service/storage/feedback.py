"""The feedback of one supplier: claims and look-ups; changes and recordings have their own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.feedback import Feedback, FeedbackStatus, Item, Kind
from feedback_service.domain.identity import AccountId, FeedbackId, ItemId
from feedback_service.ports.storage import Change, Recorded
from feedback_service.storage.changes import apply_changes
from feedback_service.storage.recording import record_items
from feedback_service.storage.rows import FEEDBACK, ITEM, to_feedback, to_item
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import WAITING, account, feedback, written_in

DEEPEST_STORY = 10
"""Supplements of supplements that are followed back at most: a platform that links in a circle must not hang us."""


@dataclass(frozen=True, slots=True)
class PostgresFeedback:
    """Fulfils the port FeedbackStore."""

    scope: Scope

    async def record(self, account: AccountId, items: Sequence[Item], reopen_edited: bool) -> Recorded:
        return await record_items(self.scope, account, items, reopen_edited)

    async def apply(self, changes: Sequence[Change]) -> Sequence[FeedbackId]:
        return await apply_changes(self.scope, changes)

    async def claim(self, status: FeedbackStatus, limit: int, lease: timedelta) -> Sequence[Feedback]:
        async with self.scope.writing() as (connection, supplier_id):
            now = self.scope.clock.now()
            due = _due(supplier_id, status, limit).where(feedback.c.not_before <= now).cte("due")
            taken = (
                sa.update(feedback)
                .where(feedback.c.id == due.c.id, account.c.id == feedback.c.account_id)
                .values(attempts=feedback.c.attempts + 1, not_before=now + lease)
                .returning(*FEEDBACK, due.c.not_before.label("due_since"))
            )
            rows = (await connection.execute(taken)).mappings().all()
            rows = sorted(rows, key=lambda row: (row["due_since"], row["id"]))
            return await self._with_prior(connection, rows)

    async def waiting(self, account: AccountId, kind: Kind) -> Sequence[Feedback]:
        wanted = _found(
            feedback.c.account_id == account,
            feedback.c.kind == kind,
            written_in(feedback.c.status, WAITING),
        )
        async with self.scope.reading() as (connection, supplier_id):
            wanted = wanted.where(feedback.c.supplier_id == supplier_id)
            rows = (await connection.execute(wanted.order_by(feedback.c.id))).mappings()
            return [to_feedback(row, self.scope.supplier) for row in rows]

    async def by_item(self, account: AccountId, item_id: ItemId) -> Feedback | None:
        return await self._one(feedback.c.account_id == account, feedback.c.item_id == item_id)

    async def get(self, id_: FeedbackId) -> Feedback | None:
        return await self._one(feedback.c.id == id_)

    async def _one(self, *conditions: sa.ColumnElement[bool]) -> Feedback | None:
        async with self.scope.reading() as (connection, supplier_id):
            wanted = _found(feedback.c.supplier_id == supplier_id, *conditions)
            rows = (await connection.execute(wanted)).mappings().all()
            found = await self._with_prior(connection, rows)
            return found[0] if found else None

    async def _with_prior(self, connection: AsyncConnection, rows: Sequence[sa.RowMapping]) -> list[Feedback]:
        supplements = [row["id"] for row in rows if row["parent_item_id"] is not None]
        prior = await _stories(connection, supplements) if supplements else {}
        return [to_feedback(row, self.scope.supplier, prior.get(row["id"], ())) for row in rows]


def _due(supplier_id: int, status: FeedbackStatus, limit: int) -> sa.Select[tuple[int, object]]:
    """What waits on accounts that are switched on, oldest due first."""
    return (
        sa.select(feedback.c.id, feedback.c.not_before)
        .join(account, sa.and_(account.c.id == feedback.c.account_id, account.c.active))
        .where(feedback.c.supplier_id == supplier_id, written_in(feedback.c.status, [status]))
        .order_by(feedback.c.not_before, feedback.c.id)
        .limit(limit)
        .with_for_update(of=feedback, skip_locked=True)
    )


def _found(*conditions: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    return sa.select(*FEEDBACK).join(account, account.c.id == feedback.c.account_id).where(*conditions)


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
