"""Keeps what customers wrote long ago: answered items as closed, unanswered ones to be answered or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.feedback import AnswerState, FeedbackStatus, Item
from feedback_service.domain.identity import AccountId, ItemId
from feedback_service.ports.backfill import Remembered
from feedback_service.storage.bulk import Row, arrays, table_of
from feedback_service.storage.history import Step, write_steps
from feedback_service.storage.rows import from_item
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import feedback, feedback_history
from feedback_service.storage.text import EscapedText

ANSWERED_BEFORE = "answered before this service came"
FROM_HISTORY = "unanswered in the history that a person had read"
IDS = sa.ARRAY(EscapedText)


async def remember_items(scope: Scope, account: AccountId, items: Sequence[Item], take: bool) -> Remembered:
    """The port's `remember`, in one transaction; what another process inserts meanwhile is left to it."""
    if not items:
        return Remembered()
    async with scope.writing() as (connection, supplier_id):
        known = await _known(connection, account, items)
        fresh = [one for one in {(one.kind, one.item_id): one for one in items}.values() if _key(one) not in known]
        wanted = [one for one in fresh if take or is_answered(one)]
        owner = {"supplier_id": supplier_id, "account_id": account}
        added = await _insert(connection, [_row(one, owner, scope.clock.now()) for one in wanted], scope.clock.now())
    kept = sum(1 for one in wanted if is_answered(one) and _key(one) in added)
    return Remembered(kept=kept, taken=len(added) - kept, left=len(fresh) - len(wanted), known=len(items) - len(fresh))


def is_answered(item: Item) -> bool:
    """Whether customers see an answer, or will; a rejected one counts as none."""
    return item.answer is not None and item.answer.state is not AnswerState.REJECTED


def _key(item: Item) -> tuple[str, ItemId]:
    return item.kind.value, item.item_id


async def _known(connection: AsyncConnection, account: AccountId, items: Sequence[Item]) -> set[tuple[str, ItemId]]:
    ids = sa.literal([one.item_id for one in items], IDS)
    found = sa.select(feedback.c.kind, feedback.c.item_id).where(
        feedback.c.account_id == account, feedback.c.item_id == sa.any_(ids)
    )
    return {(str(row.kind), row.item_id) for row in await connection.execute(found)}


def _row(item: Item, owner: Row, now: datetime) -> Row:
    answered = is_answered(item)
    return {
        **from_item(item),
        **owner,
        "status": FeedbackStatus.CLOSED if answered else FeedbackStatus.COLLECTED,
        "note": ANSWERED_BEFORE if answered else FROM_HISTORY,
        "not_before": now,
        "collected_at": now,
        "changed_at": now,
    }


async def _insert(connection: AsyncConnection, rows: Sequence[Row], now: datetime) -> set[tuple[str, ItemId]]:
    if not rows:
        return set()
    types = {column: feedback.c[column].type for column in rows[0]}
    fresh = table_of("fresh", types)
    statement = insert(feedback).from_select(list(types), sa.select(*[fresh.c[column] for column in types]))
    returned = (feedback.c.id, feedback.c.kind, feedback.c.item_id, feedback.c.status, feedback.c.note)
    inserted = statement.on_conflict_do_nothing().returning(*returned)
    added = (await connection.execute(inserted, arrays("fresh", types, rows))).all()
    steps = [Step(row.id, None, row.status, row.note) for row in added]
    await write_steps(connection, feedback_history, steps, now)
    return {(str(row.kind), row.item_id) for row in added}
