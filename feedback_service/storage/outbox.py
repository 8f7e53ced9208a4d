"""The dispatches of one supplier: claims, the moment before a write, and senders that never came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from feedback_service.domain.dispatch import Dispatch, DispatchStatus
from feedback_service.domain.errors import LostRace
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId
from feedback_service.domain.lifecycle import check_dispatch
from feedback_service.ports.storage import Outcome
from feedback_service.storage.history import Step, write_steps
from feedback_service.storage.outcomes import of_supplier, settle_outcomes
from feedback_service.storage.rows import DISPATCH, to_dispatch
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import dispatch, dispatch_history, feedback, written_in


@dataclass(frozen=True, slots=True)
class PostgresOutbox:
    """Fulfils the port Outbox."""

    scope: Scope

    async def settle(self, outcomes: Sequence[Outcome]) -> Sequence[DispatchId]:
        return await settle_outcomes(self.scope, outcomes)

    async def claim(
        self, account: AccountId, statuses: frozenset[DispatchStatus], limit: int, lease: timedelta
    ) -> Sequence[Dispatch]:
        async with self.scope.writing() as (connection, supplier_id):
            now = self.scope.clock.now()
            due = _due(account, statuses, now).where(of_supplier(supplier_id)).limit(limit).cte("due")
            taken = (
                sa.update(dispatch)
                .where(dispatch.c.id == due.c.id, feedback.c.id == dispatch.c.feedback_id)
                .values(not_before=now + lease)
                .returning(*DISPATCH, due.c.not_before.label("due_since"))
            )
            rows = (await connection.execute(taken)).mappings().all()
        return [to_dispatch(row) for row in sorted(rows, key=lambda row: (row["due_since"], row["id"]))]

    async def of(self, feedback: FeedbackId) -> Sequence[Dispatch]:
        async with self.scope.reading() as (connection, supplier_id):
            rows = (await connection.execute(_of(feedback).where(of_supplier(supplier_id)))).mappings()
            return [to_dispatch(row) for row in rows]

    async def begin(self, dispatch: Dispatch, window: timedelta) -> Dispatch:
        check_dispatch(dispatch.status, DispatchStatus.SENDING)
        async with self.scope.writing() as (connection, supplier_id):
            now = self.scope.clock.now()
            begun = await connection.scalar(_begun(dispatch, now, window).where(of_supplier(supplier_id)))
            if begun is None:
                raise LostRace(f"dispatch {dispatch.id} is no longer {dispatch.status} as it was read")
            step = Step(dispatch.id, dispatch.status, DispatchStatus.SENDING, "about to be sent")
            await write_steps(connection, dispatch_history, [step], now)
        return replace(
            dispatch,
            status=DispatchStatus.SENDING,
            revision=dispatch.revision + 1,
            attempts=dispatch.attempts + 1,
            looks=0,
            sent_at=now,
        )

    async def abandon(self, account: AccountId) -> int:
        because = "its sender did not come back in time"
        async with self.scope.writing() as (connection, supplier_id):
            now = self.scope.clock.now()
            late = _due(account, frozenset({DispatchStatus.SENDING}), now).where(of_supplier(supplier_id)).cte("late")
            doubted = (
                sa.update(dispatch)
                .where(dispatch.c.id == late.c.id)
                .values(
                    status=DispatchStatus.IN_DOUBT,
                    revision=dispatch.c.revision + 1,
                    note=because,
                    not_before=now,
                    changed_at=now,
                )
                .returning(dispatch.c.id)
            )
            ids = list(await connection.scalars(doubted))
            steps = [Step(one, DispatchStatus.SENDING, DispatchStatus.IN_DOUBT, because) for one in ids]
            await write_steps(connection, dispatch_history, steps, now)
        return len(ids)


def _of(one: FeedbackId) -> sa.Select[tuple[object, ...]]:
    same = feedback.c.id == dispatch.c.feedback_id
    return sa.select(*DISPATCH).join(feedback, same).where(feedback.c.id == one).order_by(dispatch.c.id)


def _due(account: AccountId, statuses: frozenset[DispatchStatus], now: datetime) -> sa.Select[tuple[int, object]]:
    return (
        sa.select(dispatch.c.id, dispatch.c.not_before)
        .where(dispatch.c.account_id == account, written_in(dispatch.c.status, statuses), dispatch.c.not_before <= now)
        .order_by(dispatch.c.not_before, dispatch.c.id)
        .with_for_update(skip_locked=True)
    )


def _begun(one: Dispatch, now: datetime, window: timedelta) -> sa.sql.dml.ReturningUpdate[tuple[int]]:
    return (
        sa.update(dispatch)
        .where(dispatch.c.id == one.id, dispatch.c.status == one.status, dispatch.c.revision == one.revision)
        .values(
            status=DispatchStatus.SENDING,
            revision=one.revision + 1,
            attempts=one.attempts + 1,
            looks=0,
            sent_at=now,
            not_before=now + window,
            changed_at=now,
        )
        .returning(dispatch.c.id)
    )
