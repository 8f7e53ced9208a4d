"""Remembers which of a supplier's accounts, and which of their ways, are out of order; says each change once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.identity import AccountId
from feedback_service.domain.passage import Closure, Passage
from feedback_service.domain.pauses import Pause, Pauser, is_news
from feedback_service.domain.supplier import Way
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import account, closed_way
from feedback_service.storage.tables import account as accounts

PauseRow = sa.Row[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class PostgresAccounts:
    """Fulfils the port Accounts."""

    scope: Scope

    async def pause(self, account: AccountId, by: Pauser, reason: str, retry_after: timedelta | None) -> bool:
        now = self.scope.clock.now()
        until = now + retry_after if retry_after else None
        values: dict[str, object] = {
            "paused_by": by,
            "paused_reason": reason,
            "paused_until": until,
            "pause_told_at": now,
        }
        async with self.scope.writing() as (connection, supplier_id):
            before = await _paused(connection, _its(account, supplier_id).with_for_update())
            news = before is None or is_news(by, _by(before))
            if news:
                await connection.execute(_update(account, {**values, "paused_at": now}))
            elif before is not None and _by(before) is by:
                await connection.execute(_update(account, values))
        return news

    async def resume(self, account: AccountId, ends: frozenset[Pauser]) -> bool:
        ended: dict[str, object] = {"paused_by": "", "paused_reason": "", "paused_until": None, "paused_at": None}
        ended["pause_told_at"] = None
        async with self.scope.reading() as (connection, supplier_id):
            if not _is_one_of(await _paused(connection, _its(account, supplier_id)), ends):
                return False
        async with self.scope.writing() as (connection, supplier_id):
            ours = _is_one_of(await _paused(connection, _its(account, supplier_id).with_for_update()), ends)
            if ours:
                await connection.execute(_update(account, ended))
        return ours

    async def paused(self, account: AccountId) -> Pause | None:
        async with self.scope.reading() as (connection, supplier_id):
            row = await _paused(connection, _its(account, supplier_id))
        if row is None:
            return None
        now, told_at = self.scope.clock.now(), row.pause_told_at or row.paused_at
        return Pause(_by(row), row.paused_reason, lasted=now - row.paused_at, silent=now - told_at)

    async def collected(self, account: AccountId) -> None:
        async with self.scope.writing() as (connection, supplier_id):
            mine = accounts.c.supplier_id == supplier_id
            await connection.execute(_update(account, {"collected_at": self.scope.clock.now()}).where(mine))

    async def close_way(self, account: AccountId, passage: Passage, reason: str, wait: timedelta) -> bool:
        now = self.scope.clock.now()
        told = {"reason": reason, "ask_at": now + wait}
        async with self.scope.writing() as (connection, supplier_id):
            row = {"account_id": _own(account, supplier_id), **_key(passage), "since": now, **told}
            fresh = insert(closed_way).values(row).on_conflict_do_nothing().returning(closed_way.c.since)
            if (await connection.execute(fresh)).first() is not None:
                return True
            await connection.execute(sa.update(closed_way).where(_is(account, passage)).values(told))
        return False

    async def open_way(self, account: AccountId, passage: Passage) -> bool:
        async with self.scope.writing() as (connection, supplier_id):
            mine = closed_way.c.account_id == _own(account, supplier_id)
            gone = sa.delete(closed_way).where(mine, _is(account, passage)).returning(closed_way.c.since)
            return (await connection.execute(gone)).first() is not None

    async def closed_ways(self, account: AccountId) -> Sequence[Closure]:
        async with self.scope.reading() as (connection, supplier_id):
            mine = closed_way.c.account_id == _own(account, supplier_id)
            found = sa.select(closed_way).where(mine).order_by(*closed_way.primary_key.columns)
            return [_to_closure(row) for row in (await connection.execute(found)).mappings()]


def _own(one: AccountId, supplier_id: int) -> sa.ScalarSelect[int]:
    """The account's id, where it is the supplier's."""
    return sa.select(account.c.id).where(account.c.id == one, account.c.supplier_id == supplier_id).scalar_subquery()


def _key(passage: Passage) -> dict[str, object]:
    return {"use": passage.use, "kind": passage.kind, "way": passage.way or ""}


def _is(one: AccountId, passage: Passage) -> sa.ColumnElement[bool]:
    same = [closed_way.c[column] == value for column, value in _key(passage).items()]
    return sa.and_(closed_way.c.account_id == one, *same)


def _to_closure(row: sa.RowMapping) -> Closure:
    passage = Passage(row["use"], row["kind"], Way(row["way"]) if row["way"] else None)
    return Closure(passage=passage, reason=row["reason"], since=row["since"], ask_at=row["ask_at"])


def _its(one: AccountId, supplier_id: int) -> sa.Select[tuple[object, ...]]:
    """The account's pause, where it has one and is the supplier's."""
    pause = account.c.paused_at, account.c.pause_told_at, account.c.paused_by, account.c.paused_reason
    return sa.select(*pause).where(account.c.id == one, account.c.supplier_id == supplier_id)


async def _paused(connection: AsyncConnection, wanted: sa.Select[tuple[object, ...]]) -> PauseRow | None:
    row = (await connection.execute(wanted)).one_or_none()
    return row if row and row.paused_at is not None else None


def _by(row: PauseRow) -> Pauser | None:
    """None also where a later version wrote what this one does not know."""
    return next((one for one in Pauser if one == row.paused_by), None)


def _is_one_of(row: PauseRow | None, ends: frozenset[Pauser]) -> bool:
    return row is not None and (_by(row) is None or _by(row) in ends)


def _update(one: AccountId, values: dict[str, object]) -> sa.Update:
    return sa.update(account).where(account.c.id == one).values(values)
