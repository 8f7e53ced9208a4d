"""One feedback's whole story: its steps, its deliveries with theirs, and what the models took for it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.dispatch import Receipt
from feedback_service.domain.identity import FeedbackId
from feedback_service.ports.views import DispatchStory, HistoryStep, Listed, Story, UsageSum
from feedback_service.storage.rows import DISPATCH, to_dispatch
from feedback_service.storage.tables import (
    dispatch,
    dispatch_history,
    feedback,
    feedback_history,
    model_usage,
    supplier,
)


async def tell(connection: AsyncConnection, listed: Listed) -> Story:
    """The story of what was found by its id."""
    subject = listed.feedback.id
    steps = await _steps(connection, feedback_history, feedback_history.c.feedback_id == subject)
    return Story(
        listed=listed,
        steps=steps.get(subject, ()),
        dispatches=await _dispatches(connection, subject),
        usage=tuple(await usage_sums(connection, of=subject)),
    )


async def usage_sums(
    connection: AsyncConnection, *, of: FeedbackId | None = None, since: datetime | None = None
) -> list[UsageSum]:
    """Sums over everything, over one feedback, or from a moment on."""
    by = (supplier.c.key, model_usage.c.purpose, model_usage.c.model)
    sums = (model_usage.c.input_tokens, model_usage.c.output_tokens, model_usage.c.cost_micros)
    found = (
        sa.select(*by, sa.func.count(), *(sa.cast(sa.func.sum(one), sa.BigInteger) for one in sums))
        .join_from(model_usage, feedback, feedback.c.id == model_usage.c.feedback_id)
        .join(supplier, supplier.c.id == feedback.c.supplier_id)
        .group_by(*by)
        .order_by(*by)
    )
    if of is not None:
        found = found.where(model_usage.c.feedback_id == of)
    if since is not None:
        found = found.where(model_usage.c.at >= since)
    return [UsageSum(*row) for row in await connection.execute(found)]


async def _dispatches(connection: AsyncConnection, subject: FeedbackId) -> tuple[DispatchStory, ...]:
    columns = (*DISPATCH, dispatch.c.created_at, dispatch.c.receipt_at, dispatch.c.receipt_id)
    found = (
        sa.select(*columns)
        .join(feedback, feedback.c.id == dispatch.c.feedback_id)
        .where(feedback.c.id == subject)
        .order_by(dispatch.c.id)
    )
    rows = (await connection.execute(found)).mappings().all()
    ids = [row["id"] for row in rows]
    steps = await _steps(connection, dispatch_history, dispatch_history.c.dispatch_id.in_(ids)) if ids else {}
    return tuple(
        DispatchStory(to_dispatch(row), row["created_at"], _receipt(row), steps.get(row["id"], ())) for row in rows
    )


def _receipt(row: sa.RowMapping) -> Receipt | None:
    return Receipt(row["receipt_at"], row["receipt_id"]) if row["receipt_at"] else None


async def _steps(
    connection: AsyncConnection, history: sa.Table, condition: sa.ColumnElement[bool]
) -> dict[int, tuple[HistoryStep, ...]]:
    subject = history.c[history.name.replace("_history", "_id")]
    found: dict[int, tuple[HistoryStep, ...]] = {}
    for row in await connection.execute(
        sa.select(subject.label("subject"), history).where(condition).order_by(history.c.id)
    ):
        step = HistoryStep(row.at, row.from_status or "", row.to_status, row.because, row.who)
        found[row.subject] = (*found.get(row.subject, ()), step)
    return found
