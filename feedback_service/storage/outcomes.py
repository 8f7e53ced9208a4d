"""Settles dispatches by compare-and-set, and what that means for their feedback, by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import DispatchId
from feedback_service.domain.lifecycle import FEEDBACK, LIVE_DISPATCH, check_dispatch
from feedback_service.ports.storage import Outcome
from feedback_service.storage.bulk import Row, arrays, table_of
from feedback_service.storage.fence import SUPPLIER_ID
from feedback_service.storage.history import noted
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import account, dispatch, dispatch_history, feedback, feedback_history, written_in

NOW = sa.bindparam("the_now", type_=dispatch.c.changed_at.type)

OUTCOME_TYPES = {
    "id": dispatch.c.id.type,
    "old_status": dispatch.c.status.type,
    "revision": dispatch.c.revision.type,
    "new_status": dispatch.c.status.type,
    "moves": sa.Boolean(),
    "look": sa.Integer(),
    "note": dispatch.c.note.type,
    "who": dispatch_history.c.who.type,
    "not_before": dispatch.c.not_before.type,
    "receipt_at": dispatch.c.receipt_at.type,
    "receipt_id": dispatch.c.receipt_id.type,
    "feedback_to": feedback.c.status.type,
}


def is_live() -> sa.ColumnElement[bool]:
    """Whether a dispatch is on its way; the unique partial index serves it."""
    return written_in(dispatch.c.status, LIVE_DISPATCH)


def of_supplier() -> sa.ColumnElement[bool]:
    """Whether a dispatch belongs to the supplier of the parameter."""
    return dispatch.c.account_id.in_(sa.select(account.c.id).where(account.c.supplier_id == SUPPLIER_ID))


async def settle_outcomes(scope: Scope, outcomes: Sequence[Outcome]) -> list[DispatchId]:
    """The port's `settle`."""
    for outcome in outcomes:
        if outcome.to is not None:
            check_dispatch(outcome.dispatch.status, outcome.to)
    if not outcomes:
        return []
    now = scope.clock.now()
    rows = [_row(one, now) for one in outcomes]
    tells = any(one.feedback_to for one in outcomes)
    settled = await scope.run(_settled, {NOW.key: now, **arrays("outcome", OUTCOME_TYPES, rows)}, tells)
    done = {row["id"] for row in settled}
    return [one.dispatch.id for one in outcomes if one.dispatch.id not in done]


def _row(outcome: Outcome, now: datetime) -> Row:
    return {
        "id": outcome.dispatch.id,
        "old_status": outcome.dispatch.status,
        "revision": outcome.dispatch.revision,
        "new_status": outcome.to or outcome.dispatch.status,
        "moves": outcome.to is not None,
        "look": int(outcome.to is None and not outcome.forgive),
        "note": outcome.because,
        "who": outcome.who,
        "not_before": now + outcome.delay,
        "receipt_at": outcome.receipt.at if outcome.receipt else None,
        "receipt_id": outcome.receipt.platform_id if outcome.receipt else None,
        "feedback_to": outcome.feedback_to,
    }


def _settled(may: sa.ColumnElement[bool], tells_feedback: bool) -> tuple[sa.CTE, ...]:
    outcome = table_of("outcome", OUTCOME_TYPES)
    moves = outcome.c.moves
    settled = (
        sa.update(dispatch)
        .where(
            may,
            dispatch.c.id == outcome.c.id,
            of_supplier(),
            dispatch.c.status == outcome.c.old_status,
            dispatch.c.revision == outcome.c.revision,
        )
        .values(
            status=outcome.c.new_status,
            revision=dispatch.c.revision + sa.cast(moves, sa.Integer),
            looks=dispatch.c.looks + outcome.c.look,
            note=sa.case((moves, outcome.c.note), else_=dispatch.c.note),
            not_before=outcome.c.not_before,
            changed_at=sa.case((moves, NOW), else_=dispatch.c.changed_at),
            receipt_at=sa.func.coalesce(outcome.c.receipt_at, dispatch.c.receipt_at),
            receipt_id=sa.func.coalesce(outcome.c.receipt_id, dispatch.c.receipt_id),
        )
        .returning(dispatch.c.id, dispatch.c.feedback_id, *(outcome.c[name] for name in STEP))
        .cte("settled")
    )
    steps = sa.select(*(settled.c[name] for name in ("id", "old_status", "new_status", "note", "who")), NOW)
    history = noted(dispatch_history, steps.where(settled.c.moves))
    return settled, history, *(_feedback_moved(settled) if tells_feedback else ())


STEP = ("old_status", "new_status", "moves", "note", "who", "feedback_to")
"""What the history needs of an outcome."""


def _feedback_moved(settled: sa.CTE) -> tuple[sa.CTE, ...]:
    """Feedback that a person moved meanwhile to where the lifecycle has no way from stays where it is."""
    before = (
        sa.select(feedback.c.id, feedback.c.status, settled.c.feedback_to, settled.c.note, settled.c.who)
        .join(settled, settled.c.feedback_id == feedback.c.id)
        .where(sa.or_(*(_may_become(settled.c.feedback_to, new) for new in sorted(FEEDBACK))))
        .with_for_update(of=feedback)
        .cte("before")
    )
    moved = (
        sa.update(feedback)
        .where(feedback.c.id == before.c.id)
        .values(
            status=before.c.feedback_to,
            revision=feedback.c.revision + 1,
            attempts=0,
            note=before.c.note,
            not_before=NOW,
            changed_at=NOW,
        )
        .returning(feedback.c.id, before.c.status.label("old"), before.c.feedback_to, before.c.note, before.c.who)
        .cte("moved")
    )
    return moved, noted(feedback_history, sa.select(*moved.c, NOW))


def _may_become(wanted: sa.ColumnElement[object], new: FeedbackStatus) -> sa.ColumnElement[bool]:
    origins = [old for old, following in FEEDBACK.items() if new in following]
    return sa.and_(wanted == new, feedback.c.status.in_(origins))
