"""The dispatches of one supplier: claims, the moment before a write, and senders that never came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from feedback_service.domain.dispatch import Dispatch, DispatchStatus
from feedback_service.domain.errors import LostRace
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId
from feedback_service.domain.lifecycle import check_dispatch
from feedback_service.ports.storage import Outcome
from feedback_service.storage.fence import SUPPLIER_ID
from feedback_service.storage.history import noted
from feedback_service.storage.outcomes import NOW, of_supplier, settle_outcomes
from feedback_service.storage.rows import DISPATCH, to_dispatch
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import dispatch, dispatch_history, feedback, written_in

ID = sa.bindparam("the_id", type_=sa.BigInteger)
ACCOUNT = sa.bindparam("the_account", type_=sa.BigInteger)
LIMIT = sa.bindparam("the_limit", type_=sa.BigInteger)
REVISION = sa.bindparam("the_revision", type_=sa.Integer)
NOT_BEFORE = sa.bindparam("the_due", type_=dispatch.c.not_before.type)
EVERY = 1_000_000
"""More than there can be in one state: no limit."""


@dataclass(frozen=True, slots=True)
class PostgresOutbox:
    """Fulfils the port Outbox."""

    scope: Scope

    async def settle(self, outcomes: Sequence[Outcome]) -> Sequence[DispatchId]:
        return await settle_outcomes(self.scope, outcomes)

    async def claim(
        self,
        account: AccountId,
        statuses: frozenset[DispatchStatus],
        limit: int,
        lease: timedelta,
        *,
        kinds: frozenset[Kind] | None = None,
    ) -> Sequence[Dispatch]:
        now = self.scope.clock.now()
        values = {ACCOUNT.key: account, LIMIT.key: limit, NOW.key: now, NOT_BEFORE.key: now + lease}
        rows = await self.scope.run(_claimed, values, statuses, kinds)
        return [to_dispatch(row) for row in sorted(rows, key=lambda row: (row["due_since"], row["id"]))]

    async def of(self, feedback: FeedbackId) -> Sequence[Dispatch]:
        async with self.scope.reading() as (connection, supplier_id):
            rows = await connection.execute(_of(), {ID.key: feedback, SUPPLIER_ID.key: supplier_id})
            return [to_dispatch(row) for row in rows.mappings()]

    async def get(self, dispatch: DispatchId) -> Dispatch | None:
        async with self.scope.reading() as (connection, supplier_id):
            rows = await connection.execute(_get(), {ID.key: dispatch, SUPPLIER_ID.key: supplier_id})
            row = rows.mappings().one_or_none()
        return to_dispatch(row) if row else None

    async def begin(self, dispatch: Dispatch, window: timedelta) -> Dispatch:
        check_dispatch(dispatch.status, DispatchStatus.SENDING)
        now = self.scope.clock.now()
        values = {ID.key: dispatch.id, REVISION.key: dispatch.revision, NOW.key: now, NOT_BEFORE.key: now + window}
        begun = await self.scope.run(_begun, values, durable=True)
        if not begun:
            raise LostRace(f"dispatch {dispatch.id} is no longer {dispatch.status} as it was read")
        return to_dispatch(begun[0])

    async def abandon(self, account: AccountId) -> int:
        values = {ACCOUNT.key: account, NOW.key: self.scope.clock.now(), LIMIT.key: EVERY}
        return len(await self.scope.run(_doubted, values))


def _of() -> sa.Select[tuple[object, ...]]:
    return _selected().where(feedback.c.id == ID).order_by(dispatch.c.id)


def _get() -> sa.Select[tuple[object, ...]]:
    return _selected().where(dispatch.c.id == ID)


def _selected() -> sa.Select[tuple[object, ...]]:
    same = feedback.c.id == dispatch.c.feedback_id
    return sa.select(*DISPATCH).join(feedback, same).where(feedback.c.supplier_id == SUPPLIER_ID)


def _due(
    may: sa.ColumnElement[bool], statuses: frozenset[DispatchStatus], kinds: frozenset[Kind] | None = None
) -> sa.CTE:
    """What is due; feedback is joined only where the kind matters, as the index of the dispatches knows none."""
    of_kinds = sa.and_(feedback.c.id == dispatch.c.feedback_id, written_in(feedback.c.kind, kinds or ()))
    return (
        sa.select(dispatch.c.id, dispatch.c.not_before)
        .where(
            may,
            dispatch.c.account_id == ACCOUNT,
            of_supplier(),
            written_in(dispatch.c.status, statuses),
            dispatch.c.not_before <= NOW,
            sa.true() if kinds is None else sa.exists().where(of_kinds),
        )
        .order_by(dispatch.c.not_before, dispatch.c.id)
        .limit(LIMIT)
        .with_for_update(of=dispatch, skip_locked=True)
        .cte("due")
    )


def _claimed(
    may: sa.ColumnElement[bool], statuses: frozenset[DispatchStatus], kinds: frozenset[Kind] | None
) -> tuple[sa.CTE, ...]:
    due = _due(may, statuses, kinds)
    claimed = (
        sa.update(dispatch)
        .where(dispatch.c.id == due.c.id, feedback.c.id == dispatch.c.feedback_id)
        .values(not_before=NOT_BEFORE)
        .returning(*DISPATCH, due.c.not_before.label("due_since"))
        .cte("claimed")
    )
    return (claimed,)


def _begun(may: sa.ColumnElement[bool]) -> tuple[sa.CTE, ...]:
    begun = (
        sa.update(dispatch)
        .where(
            may,
            dispatch.c.id == ID,
            of_supplier(),
            dispatch.c.status == DispatchStatus.PENDING,
            dispatch.c.revision == REVISION,
            feedback.c.id == dispatch.c.feedback_id,
        )
        .values(
            status=DispatchStatus.SENDING,
            revision=dispatch.c.revision + 1,
            attempts=dispatch.c.attempts + 1,
            looks=0,
            sent_at=NOW,
            not_before=NOT_BEFORE,
            changed_at=NOW,
        )
        .returning(*DISPATCH)
        .cte("begun")
    )
    return begun, _step(begun, DispatchStatus.PENDING, DispatchStatus.SENDING, "about to be sent")


def _doubted(may: sa.ColumnElement[bool]) -> tuple[sa.CTE, ...]:
    because = "its sender did not come back in time"
    late = _due(may, frozenset({DispatchStatus.SENDING}))
    doubted = (
        sa.update(dispatch)
        .where(dispatch.c.id == late.c.id)
        .values(
            status=DispatchStatus.IN_DOUBT,
            revision=dispatch.c.revision + 1,
            note=because,
            not_before=NOW,
            changed_at=NOW,
        )
        .returning(dispatch.c.id)
        .cte("doubted")
    )
    return doubted, _step(doubted, DispatchStatus.SENDING, DispatchStatus.IN_DOUBT, because)


def _step(moved: sa.CTE, old: DispatchStatus, new: DispatchStatus, because: str) -> sa.CTE:
    kind = dispatch.c.status.type
    words = (sa.literal(because, sa.Text), sa.literal("service", sa.Text))
    return noted(dispatch_history, sa.select(moved.c.id, sa.literal(old, kind), sa.literal(new, kind), *words, NOW))
