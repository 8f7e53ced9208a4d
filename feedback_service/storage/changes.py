"""Applies a stage's changes to feedback by compare-and-set, with history, outbox entries and model usage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.feedback import FeedbackStatus, fingerprint
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.lifecycle import check_feedback
from feedback_service.ports.storage import Change
from feedback_service.storage.bulk import Row, insert_rows, table_of
from feedback_service.storage.history import Step, write_steps
from feedback_service.storage.outcomes import is_live
from feedback_service.storage.rows import from_value
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import dispatch, dispatch_history, feedback, feedback_history, model_usage

CHANGE_TYPES = {
    "id": feedback.c.id.type,
    "old_status": feedback.c.status.type,
    "revision": feedback.c.revision.type,
    "new_status": feedback.c.status.type,
    "moves": sa.Boolean(),
    "needs_quiet": sa.Boolean(),
    "forgive": sa.Integer(),
    "note": feedback.c.note.type,
    "not_before": feedback.c.not_before.type,
    "classification": feedback.c.classification.type,
    "draft": feedback.c.draft.type,
    "redrafts": sa.Integer(),
}


async def apply_changes(scope: Scope, changes: Sequence[Change]) -> list[FeedbackId]:
    """The port's `apply`: a fixed number of statements, whatever the number of changes."""
    for change in changes:
        check(change)
    if not changes:
        return []
    async with scope.writing() as (connection, supplier_id):
        now = scope.clock.now()
        done = await _update(connection, supplier_id, changes, now)
        applied = [change for change in changes if change.feedback.id in done]
        await write_steps(connection, feedback_history, [_step(one) for one in applied if one.to], now)
        await _add_dispatches(connection, [one for one in applied if one.approve], now)
        await _add_usage(connection, applied, now)
    return [change.feedback.id for change in changes if change.feedback.id not in done]


def check(change: Change) -> None:
    """Raise NotAllowed for a change that the lifecycle or the outbox rule forbids."""
    if change.to is not None:
        check_feedback(change.feedback.status, change.to)
    if (change.approve is not None) != (change.to is FeedbackStatus.APPROVED):
        raise NotAllowed("an approval and its outbox entry come only together")


def needs_quiet(change: Change) -> bool:
    """Whether no delivery may be under way: before a new one, and before an approved answer is taken back."""
    return change.approve is not None or (change.to is not None and change.feedback.status is FeedbackStatus.APPROVED)


async def _update(
    connection: AsyncConnection, supplier_id: int, changes: Sequence[Change], now: datetime
) -> set[FeedbackId]:
    change = table_of("change", CHANGE_TYPES, [_row(one, now) for one in changes])
    live = sa.exists().where(dispatch.c.feedback_id == feedback.c.id, is_live())
    moves = change.c.moves
    forgiven = sa.func.greatest(feedback.c.attempts - change.c.forgive, 0)
    statement = (
        sa.update(feedback)
        .where(
            feedback.c.id == change.c.id,
            feedback.c.supplier_id == supplier_id,
            feedback.c.status == change.c.old_status,
            feedback.c.revision == change.c.revision,
            sa.or_(sa.not_(change.c.needs_quiet), sa.not_(live)),
        )
        .values(
            status=change.c.new_status,
            revision=feedback.c.revision + sa.cast(moves, sa.Integer),
            attempts=sa.case((moves, 0), else_=forgiven),
            note=sa.case((moves, change.c.note), else_=feedback.c.note),
            not_before=change.c.not_before,
            changed_at=sa.case((moves, now), else_=feedback.c.changed_at),
            classification=sa.func.coalesce(change.c.classification, feedback.c.classification),
            draft=sa.func.coalesce(change.c.draft, feedback.c.draft),
            redrafts=sa.func.coalesce(change.c.redrafts, feedback.c.redrafts),
        )
        .returning(feedback.c.id)
    )
    return {FeedbackId(one) for one in await connection.scalars(statement)}


def _row(change: Change, now: datetime) -> Row:
    return {
        "id": change.feedback.id,
        "old_status": change.feedback.status,
        "revision": change.feedback.revision,
        "new_status": change.to or change.feedback.status,
        "moves": change.to is not None,
        "needs_quiet": needs_quiet(change),
        "forgive": int(change.forgive),
        "note": change.because,
        "not_before": now + change.delay,
        "classification": from_value(change.classification),
        "draft": from_value(change.draft),
        "redrafts": change.redrafts,
    }


def _step(change: Change) -> Step:
    assert change.to is not None
    return Step(change.feedback.id, change.feedback.status, change.to, change.because, change.who)


async def _add_dispatches(connection: AsyncConnection, approved: Sequence[Change], now: datetime) -> None:
    if not approved:
        return
    rows = [_dispatch_row(change, now) for change in approved]
    added = insert_rows(dispatch, rows).returning(dispatch.c.id, dispatch.c.feedback_id)
    ids = {row.feedback_id: row.id for row in await connection.execute(added)}
    steps = [
        Step(ids[change.feedback.id], None, DispatchStatus.PENDING, change.because, change.who) for change in approved
    ]
    await write_steps(connection, dispatch_history, steps, now)


def _dispatch_row(change: Change, now: datetime) -> Row:
    assert change.approve is not None
    return {
        "feedback_id": change.feedback.id,
        "account_id": change.feedback.account_id,
        "action": change.approve.action,
        "text": change.approve.text,
        "previous_text": change.approve.previous_text,
        "fingerprint": fingerprint(change.feedback.item),
        "status": DispatchStatus.PENDING,
        "not_before": now + change.delay,
        "created_at": now,
        "changed_at": now,
    }


async def _add_usage(connection: AsyncConnection, changes: Sequence[Change], now: datetime) -> None:
    rows = [row for change in changes for row in _usage_rows(change, now)]
    if rows:
        await connection.execute(insert_rows(model_usage, rows))


def _usage_rows(change: Change, now: datetime) -> list[Row]:
    """What the new classification and draft took; one that was there before was counted when it came."""
    old = change.feedback
    made = (("classification", change.classification, old.classification), ("draft", change.draft, old.draft))
    return [
        {
            "feedback_id": old.id,
            "purpose": purpose,
            "model": value.usage.model,
            "input_tokens": value.usage.input_tokens,
            "output_tokens": value.usage.output_tokens,
            "cost_micros": value.usage.cost_micros,
            "at": now,
        }
        for purpose, value, before in made
        if value is not None and value.usage is not None and value != before
    ]
