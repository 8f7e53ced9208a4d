"""Settles dispatches by compare-and-set, and what that means for their feedback, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import DispatchId
from feedback_service.domain.lifecycle import FEEDBACK, LIVE_DISPATCH, check_dispatch
from feedback_service.ports.storage import Outcome
from feedback_service.storage.bulk import Row, table_of
from feedback_service.storage.history import Step, write_steps
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import account, dispatch, dispatch_history, feedback, feedback_history, written_in

OUTCOME_TYPES = {
    "id": dispatch.c.id.type,
    "old_status": dispatch.c.status.type,
    "revision": dispatch.c.revision.type,
    "new_status": dispatch.c.status.type,
    "moves": sa.Boolean(),
    "look": sa.Integer(),
    "note": dispatch.c.note.type,
    "not_before": dispatch.c.not_before.type,
    "receipt_at": dispatch.c.receipt_at.type,
    "receipt_id": dispatch.c.receipt_id.type,
}


def is_live() -> sa.ColumnElement[bool]:
    """Whether a dispatch is on its way; the unique partial index serves it."""
    return written_in(dispatch.c.status, LIVE_DISPATCH)


def of_supplier(supplier_id: int) -> sa.ColumnElement[bool]:
    """Whether a dispatch belongs to the supplier."""
    return dispatch.c.account_id.in_(sa.select(account.c.id).where(account.c.supplier_id == supplier_id))


async def settle_outcomes(scope: Scope, outcomes: Sequence[Outcome]) -> list[DispatchId]:
    """The port's `settle`: a fixed number of statements, whatever the number of outcomes."""
    for outcome in outcomes:
        if outcome.to is not None:
            check_dispatch(outcome.dispatch.status, outcome.to)
    if not outcomes:
        return []
    async with scope.writing() as (connection, supplier_id):
        now = scope.clock.now()
        done = await _update(connection, supplier_id, outcomes, now)
        settled = [one for one in outcomes if one.dispatch.id in done]
        await write_steps(connection, dispatch_history, [_step(one) for one in settled if one.to], now)
        await _move_feedback(connection, [one for one in settled if one.feedback_to], now)
    return [one.dispatch.id for one in outcomes if one.dispatch.id not in done]


async def _update(
    connection: AsyncConnection, supplier_id: int, outcomes: Sequence[Outcome], now: datetime
) -> set[DispatchId]:
    outcome = table_of("outcome", OUTCOME_TYPES, [_row(one, now) for one in outcomes])
    moves = outcome.c.moves
    statement = (
        sa.update(dispatch)
        .where(
            dispatch.c.id == outcome.c.id,
            of_supplier(supplier_id),
            dispatch.c.status == outcome.c.old_status,
            dispatch.c.revision == outcome.c.revision,
        )
        .values(
            status=outcome.c.new_status,
            revision=dispatch.c.revision + sa.cast(moves, sa.Integer),
            looks=dispatch.c.looks + outcome.c.look,
            note=sa.case((moves, outcome.c.note), else_=dispatch.c.note),
            not_before=outcome.c.not_before,
            changed_at=sa.case((moves, now), else_=dispatch.c.changed_at),
            receipt_at=sa.func.coalesce(outcome.c.receipt_at, dispatch.c.receipt_at),
            receipt_id=sa.func.coalesce(outcome.c.receipt_id, dispatch.c.receipt_id),
        )
        .returning(dispatch.c.id)
    )
    return {DispatchId(one) for one in await connection.scalars(statement)}


def _row(outcome: Outcome, now: datetime) -> Row:
    return {
        "id": outcome.dispatch.id,
        "old_status": outcome.dispatch.status,
        "revision": outcome.dispatch.revision,
        "new_status": outcome.to or outcome.dispatch.status,
        "moves": outcome.to is not None,
        "look": int(outcome.to is None and not outcome.forgive),
        "note": outcome.because,
        "not_before": now + outcome.delay,
        "receipt_at": outcome.receipt.at if outcome.receipt else None,
        "receipt_id": outcome.receipt.platform_id if outcome.receipt else None,
    }


def _step(outcome: Outcome) -> Step:
    assert outcome.to is not None
    return Step(outcome.dispatch.id, outcome.dispatch.status, outcome.to, outcome.because, outcome.who)


async def _move_feedback(connection: AsyncConnection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Feedback that a person moved meanwhile to where the table has no way from stays where it is."""
    if not outcomes:
        return
    ids = [one.dispatch.feedback_id for one in outcomes]
    locked = sa.select(feedback.c.id, feedback.c.status).where(feedback.c.id == sa.any_(sa.literal(ids, _IDS)))
    old: Mapping[int, FeedbackStatus] = {
        row.id: row.status for row in await connection.execute(locked.with_for_update())
    }
    steps = [
        Step(one.dispatch.feedback_id, old[one.dispatch.feedback_id], one.feedback_to, one.because, one.who)
        for one in outcomes
        if one.feedback_to is not None and one.feedback_to in FEEDBACK[old[one.dispatch.feedback_id]]
    ]
    await move_feedback(connection, steps, now)


_IDS = sa.ARRAY(sa.BigInteger)
STEP_TYPES = {"id": feedback.c.id.type, "to": feedback.c.status.type, "note": feedback.c.note.type}


async def move_feedback(connection: AsyncConnection, steps: Sequence[Step], now: datetime) -> None:
    """Move feedback whose rows are locked, due at once, and write its history."""
    if not steps:
        return
    step = table_of("step", STEP_TYPES, [{"id": one.subject, "to": one.new, "note": one.because} for one in steps])
    await connection.execute(
        sa.update(feedback)
        .where(feedback.c.id == step.c.id)
        .values(
            status=step.c.to,
            revision=feedback.c.revision + 1,
            attempts=0,
            note=step.c.note,
            not_before=now,
            changed_at=now,
        )
    )
    await write_steps(connection, feedback_history, steps, now)
