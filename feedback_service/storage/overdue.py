"""The approved answers that nobody has begun to send for long, by account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.supplier import Delivery
from feedback_service.ports.views import Overdue
from feedback_service.storage.tables import account, dispatch, supplier, written_in

PLANNED = timedelta(minutes=15)
"""What falls due later than this is not announced and waiting, but put off."""


async def overdue_by_account(connection: AsyncConnection, now: datetime, wait: timedelta) -> Sequence[Overdue]:
    """What `Views.overdue` says."""
    found = (
        sa.select(
            supplier.c.key.label("supplier"),
            account.c.key.label("account"),
            account.c.platform,
            account.c.delivery,
            account.c.paused_reason,
            sa.func.count().label("count"),
            sa.func.min(dispatch.c.changed_at).label("since"),
        )
        .join(account, account.c.id == dispatch.c.account_id)
        .join(supplier, supplier.c.id == account.c.supplier_id)
        .where(
            written_in(dispatch.c.status, frozenset({DispatchStatus.PENDING})),
            dispatch.c.changed_at <= now - wait,
            dispatch.c.not_before <= now + PLANNED,
            dispatch.c.looks == 0,
            account.c.active,
            supplier.c.active,
        )
        .group_by(supplier.c.key, account.c.id)
        .order_by(supplier.c.key, account.c.key)
    )
    return [_overdue(row) for row in (await connection.execute(found)).mappings()]


def _overdue(row: sa.RowMapping) -> Overdue:
    return Overdue(
        supplier=row["supplier"],
        account=row["account"],
        platform=row["platform"],
        delivery=Delivery(row["delivery"]) if row["delivery"] else None,
        count=row["count"],
        since=row["since"],
        paused_reason=row["paused_reason"],
    )
