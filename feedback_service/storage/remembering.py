"""Keeps what customers wrote long ago: answered items as closed, unanswered ones to be answered or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feedback_service.domain.feedback import AnswerState, FeedbackStatus, Item
from feedback_service.domain.identity import AccountId, ItemId
from feedback_service.ports.backfill import Remembered
from feedback_service.storage.bulk import Row, arrays, table_of
from feedback_service.storage.history import Step, write_steps
from feedback_service.storage.intake import told_in
from feedback_service.storage.recording import Page, close_parents, parents_of, supplements_of
from feedback_service.storage.rows import from_item
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import feedback, feedback_history

ANSWERED_BEFORE = "answered before this service came"
FROM_HISTORY = "unanswered in the history that a person had read"


async def remember_items(scope: Scope, account: AccountId, items: Sequence[Item], take: bool) -> Remembered:
    """The port's `remember`, in one transaction; what another process inserts meanwhile is left to it."""
    done = Remembered()
    if not items:
        return done
    async with scope.writing() as (connection, supplier_id):
        now = scope.clock.now()
        for kind in dict.fromkeys(item.kind for item in items):
            mine = [item for item in items if item.kind is kind]
            page = Page(connection, supplier_id, account, kind, {one.item_id: one for one in mine}, now)
            done += await _remember(page, take, repeated=len(mine) - len(page.items))
    return done


async def _remember(page: Page, take: bool, repeated: int) -> Remembered:
    known = await _known(page)
    fresh = [one for key, one in page.items.items() if key not in known]
    wanted = [one for one in fresh if take or is_answered(one)]
    supplements = await supplements_of(page)
    rows = [_row(page, one, supplements) for one in sorted(wanted, key=lambda one: one.item_id)]
    added = await _insert(page, rows)
    await close_parents(page, parents_of([page.items[key] for key in added]))
    kept = sum(1 for row in rows if row["status"] is FeedbackStatus.CLOSED and row["item_id"] in added)
    left = len(fresh) - len(wanted)
    return Remembered(kept=kept, taken=len(added) - kept, left=left, known=len(page.items) - len(fresh) + repeated)


def is_answered(item: Item) -> bool:
    """Whether customers see an answer, or will; a rejected one counts as none."""
    return item.answer is not None and item.answer.state is not AnswerState.REJECTED


async def _known(page: Page) -> set[ItemId]:
    found = sa.select(feedback.c.item_id).where(page.among(feedback.c.item_id, list(page.items)))
    return set(await page.connection.scalars(found))


def _row(page: Page, item: Item, supplements: Mapping[ItemId, ItemId]) -> Row:
    note = _why_no_answer(item, supplements.get(item.item_id))
    return {
        **from_item(item),
        "supplier_id": page.supplier_id,
        "account_id": page.account,
        "status": FeedbackStatus.CLOSED if note else FeedbackStatus.COLLECTED,
        "note": note or FROM_HISTORY,
        "not_before": page.now,
        "collected_at": page.now,
        "changed_at": page.now,
    }


def _why_no_answer(item: Item, supplement: ItemId | None) -> str:
    """Empty where it is to be answered; one customer's story gets one answer, the supplement's."""
    if is_answered(item):
        return ANSWERED_BEFORE
    return told_in(supplement) if supplement else ""


async def _insert(page: Page, rows: Sequence[Row]) -> set[ItemId]:
    """What was inserted; the rows come in the order of their items, as every process inserts them."""
    if not rows:
        return set()
    types = {column: feedback.c[column].type for column in rows[0]}
    fresh = table_of("fresh", types)
    statement = insert(feedback).from_select(list(types), sa.select(*[fresh.c[column] for column in types]))
    returned = (feedback.c.id, feedback.c.item_id, feedback.c.status, feedback.c.note)
    inserted = statement.on_conflict_do_nothing().returning(*returned)
    added = (await page.connection.execute(inserted, arrays("fresh", types, rows))).all()
    steps = [Step(row.id, None, row.status, row.note) for row in added]
    await write_steps(page.connection, feedback_history, steps, page.now)
    return {row.item_id for row in added}
