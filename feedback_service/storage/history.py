"""The steps that a feedback or a dispatch took, written in the transaction that takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.storage.bulk import Types, arrays, table_of

COLUMNS = ("from_status", "to_status", "because", "who", "at")


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a history; `old` None is the beginning."""

    subject: int
    old: StrEnum | None
    new: StrEnum
    because: str
    who: str = "service"


def subject_of(history: sa.Table) -> str:
    """The name of the column that refers to the feedback or dispatch."""
    return history.name.replace("_history", "_id")


def noted(history: sa.Table, steps: sa.Select[tuple[object, ...]]) -> sa.CTE:
    """A CTE that appends the steps: subject, then COLUMNS in their order."""
    written = sa.insert(history).from_select([subject_of(history), *COLUMNS], steps)
    return written.returning(history.c.id).cte(f"noted_{history.name}")


async def write_steps(connection: AsyncConnection, history: sa.Table, steps: Sequence[Step], at: datetime) -> None:
    """Append the steps by one statement; none for none."""
    if not steps:
        return
    rows = [(step.subject, step.old, step.new, step.because, step.who, at) for step in steps]
    types = _types(history)
    await connection.execute(
        _insert(history), arrays("step", types, [dict(zip(types, row, strict=True)) for row in rows])
    )


def _types(history: sa.Table) -> Types:
    return {column: history.c[column].type for column in (subject_of(history), *COLUMNS)}


@cache
def _insert(history: sa.Table) -> sa.Insert:
    step = table_of("step", _types(history))
    return sa.insert(history).from_select(list(step.c.keys()), sa.select(*step.c))
