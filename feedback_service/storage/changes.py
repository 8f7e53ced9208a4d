"""Applies a stage's changes to feedback by compare-and-set, with history, outbox and model usage, by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.errors import NotAllowed
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.lifecycle import check_feedback
from feedback_service.domain.reply import Classification, Draft, Usage
from feedback_service.ports.storage import Change
from feedback_service.storage.bulk import Row, arrays, table_of
from feedback_service.storage.fence import SUPPLIER_ID
from feedback_service.storage.history import noted
from feedback_service.storage.outcomes import NOW, is_live
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
    "who": feedback_history.c.who.type,
    "not_before": feedback.c.not_before.type,
    "classification": feedback.c.classification.type,
    "draft": feedback.c.draft.type,
    "redrafts": sa.Integer(),
    "action": dispatch.c.action.type,
    "answer": dispatch.c.text.type,
    "previous_text": dispatch.c.previous_text.type,
}
USAGE_TYPES = {
    "feedback_id": model_usage.c.feedback_id.type,
    "purpose": model_usage.c.purpose.type,
    "model": model_usage.c.model.type,
    "input_tokens": model_usage.c.input_tokens.type,
    "output_tokens": model_usage.c.output_tokens.type,
    "cost_micros": model_usage.c.cost_micros.type,
}
STEP = ("old_status", "new_status", "note", "who")


async def apply_changes(scope: Scope, changes: Sequence[Change]) -> list[FeedbackId]:
    """The port's `apply`."""
    for change in changes:
        check(change)
    if not changes:
        return []
    now = scope.clock.now()
    usage = [row for change in changes for row in _usage_rows(change)]
    values = {
        NOW.key: now,
        **arrays("change", CHANGE_TYPES, [_row(one, now) for one in changes]),
        **(arrays("spent", USAGE_TYPES, usage) if usage else {}),
    }
    approves = any(change.approve for change in changes)
    done = {row["id"] for row in await scope.run(_applied, values, approves, bool(usage))}
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


def _row(change: Change, now: datetime) -> Row:
    approve = change.approve
    return {
        "id": change.feedback.id,
        "old_status": change.feedback.status,
        "revision": change.feedback.revision,
        "new_status": change.to or change.feedback.status,
        "moves": change.to is not None,
        "needs_quiet": needs_quiet(change),
        "forgive": int(change.forgive),
        "note": change.because,
        "who": change.who,
        "not_before": now + change.delay,
        "classification": from_value(change.classification),
        "draft": from_value(change.draft),
        "redrafts": change.redrafts,
        "action": approve.action if approve else None,
        "answer": approve.text if approve else None,
        "previous_text": approve.previous_text if approve else None,
    }


def _applied(may: sa.ColumnElement[bool], approves: bool, spends: bool) -> tuple[sa.CTE, ...]:
    change = table_of("change", CHANGE_TYPES)
    live = sa.exists().where(dispatch.c.feedback_id == feedback.c.id, is_live())
    moves = change.c.moves
    forgiven = sa.func.greatest(feedback.c.attempts - change.c.forgive, 0)
    applied = (
        sa.update(feedback)
        .where(
            may,
            feedback.c.id == change.c.id,
            feedback.c.supplier_id == SUPPLIER_ID,
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
            changed_at=sa.case((moves, NOW), else_=feedback.c.changed_at),
            classification=sa.func.coalesce(change.c.classification, feedback.c.classification),
            draft=sa.func.coalesce(change.c.draft, feedback.c.draft),
            redrafts=sa.func.coalesce(change.c.redrafts, feedback.c.redrafts),
        )
        .returning(feedback.c.id, feedback.c.account_id, feedback.c.fingerprint, *(change.c[name] for name in RETURNED))
        .cte("applied")
    )
    steps = sa.select(applied.c.id, *(applied.c[name] for name in STEP), NOW).where(applied.c.moves)
    outbox = _dispatched(applied) if approves else ()
    usage = (_spent(applied),) if spends else ()
    return applied, noted(feedback_history, steps), *outbox, *usage


RETURNED = (*STEP, "moves", "not_before", "action", "answer", "previous_text")
"""What history and outbox need of a change."""


def _dispatched(applied: sa.CTE) -> tuple[sa.CTE, ...]:
    """The outbox entries of the approvals, each with the first row of its history."""
    pending = sa.literal(DispatchStatus.PENDING, dispatch.c.status.type)
    columns = {
        "feedback_id": applied.c.id,
        "account_id": applied.c.account_id,
        "fingerprint": applied.c.fingerprint,
        "action": applied.c.action,
        "text": applied.c.answer,
        "previous_text": applied.c.previous_text,
        "not_before": applied.c.not_before,
        "status": pending,
        "created_at": NOW,
        "changed_at": NOW,
    }
    approved = sa.select(*columns.values()).where(applied.c.action.is_not(None))
    inserted = sa.insert(dispatch).from_select(list(columns), approved)
    dispatched = inserted.returning(dispatch.c.id, dispatch.c.feedback_id).cte("dispatched")
    steps = sa.select(dispatched.c.id, sa.null(), pending, applied.c.note, applied.c.who, NOW).join_from(
        dispatched, applied, applied.c.id == dispatched.c.feedback_id
    )
    return dispatched, noted(dispatch_history, steps)


def _spent(applied: sa.CTE) -> sa.CTE:
    spent = table_of("spent", USAGE_TYPES)
    rows = sa.select(*spent.c, NOW).join_from(spent, applied, applied.c.id == spent.c.feedback_id)
    return sa.insert(model_usage).from_select([*USAGE_TYPES, "at"], rows).returning(model_usage.c.id).cte("usage")


def _usage_rows(change: Change) -> list[Row]:
    """What the new classification and draft took; one that was there before was counted when it came."""
    old = change.feedback
    return [
        _usage_row(old.id, purpose, usage)
        for purpose, made, before in (
            ("classification", change.classification, old.classification),
            ("draft", change.draft, old.draft),
        )
        if (usage := _newly_used(made, before))
    ]


def _newly_used(made: Classification | Draft | None, before: Classification | Draft | None) -> Usage | None:
    return made.usage if made is not None and made != before else None


def _usage_row(feedback_id: FeedbackId, purpose: str, usage: Usage) -> Row:
    return {
        "feedback_id": feedback_id,
        "purpose": purpose,
        "model": usage.model,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cost_micros": usage.cost_micros,
    }
