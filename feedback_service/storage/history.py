"""The steps that a feedback or a dispatch took, written in the transaction that takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.storage.bulk import insert_rows


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a history; `old` None is the beginning."""

    subject: int
    old: StrEnum | None
    new: StrEnum
    because: str
    who: str = "service"


async def write_steps(connection: AsyncConnection, history: sa.Table, steps: Sequence[Step], at: datetime) -> None:
    """Append the steps by one statement; none for none."""
    if not steps:
        return
    subject = history.name.replace("_history", "_id")
    rows = [
        {
            subject: step.subject,
            "from_status": step.old,
            "to_status": step.new,
            "because": step.because,
            "who": step.who,
            "at": at,
        }
        for step in steps
    ]
    await connection.execute(insert_rows(history, rows))
