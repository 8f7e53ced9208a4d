"""What became of each answer: what the database says of it, beside the writes that the platform counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from benchmarks._queue_market import Landed
from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.lifecycle import LIVE_DISPATCH
from feedback_service.storage import Database
from feedback_service.storage.tables import dispatch, dispatch_history, feedback

DONE = {FeedbackStatus.ANSWERED, FeedbackStatus.HELD}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Numbers of answers.

    `lost`: neither on the platform nor with a person, or said to be answered and not there. `untold`: still on the way
    or in doubt at the end, or held without a reason. `out_of_order`: first attempts that came after one of a later
    dispatch of their account. `doubted`: senders died, or were cut off, in the middle; `sent_again`: of these, those
    that had not landed.
    """

    answered: int
    held: int
    twice: int
    lost: int
    untold: int
    out_of_order: int
    doubted: int
    sent_again: int

    @property
    def broken(self) -> int:
        return self.twice + self.lost + self.untold


async def verdict(db: Database, prefix: str, landed: Sequence[Landed]) -> Verdict:
    """Of the items whose ids begin with `prefix`."""
    rows, steps = await _rows(db, prefix), await _steps(db, prefix)
    writes = Counter(one.item for one in landed if one.item.startswith(prefix))
    return Verdict(
        answered=_count(row.feedback_status is FeedbackStatus.ANSWERED for row in rows),
        held=_count(row.feedback_status is FeedbackStatus.HELD for row in rows),
        twice=_count(number > 1 for number in writes.values()),
        lost=_count(_is_lost(row, writes[row.item_id]) for row in rows),
        untold=_count(_is_untold(row) for row in rows),
        out_of_order=_out_of_order(steps),
        doubted=len({row.dispatch_id for row in steps if row.to_status is DispatchStatus.IN_DOUBT}),
        sent_again=_count(row.attempts > 1 for row in rows),
    )


async def live(db: Database, prefix: str) -> int:
    """How many of them are still on their way."""
    return _count(row.dispatch_status in LIVE_DISPATCH for row in await _rows(db, prefix))


async def _rows(db: Database, prefix: str) -> Sequence[Any]:
    wanted = (
        sa.select(
            feedback.c.item_id,
            feedback.c.status.label("feedback_status"),
            feedback.c.note,
            dispatch.c.status.label("dispatch_status"),
            dispatch.c.attempts,
        )
        .join(dispatch, dispatch.c.feedback_id == feedback.c.id, isouter=True)
        .where(feedback.c.item_id.like(f"{prefix}%"))
    )
    async with db.engine.connect() as connection:
        return (await connection.execute(wanted)).all()


async def _steps(db: Database, prefix: str) -> Sequence[Any]:
    """Every step into SENDING or IN_DOUBT, in the order in which they were made."""
    wanted = (
        sa.select(dispatch_history.c.dispatch_id, dispatch_history.c.to_status, dispatch.c.account_id)
        .join(dispatch, dispatch.c.id == dispatch_history.c.dispatch_id)
        .join(feedback, feedback.c.id == dispatch.c.feedback_id)
        .where(
            feedback.c.item_id.like(f"{prefix}%"),
            dispatch_history.c.to_status.in_([DispatchStatus.SENDING, DispatchStatus.IN_DOUBT]),
        )
        .order_by(dispatch_history.c.id)
    )
    async with db.engine.connect() as connection:
        return (await connection.execute(wanted)).all()


def _is_lost(row: Any, writes: int) -> bool:
    """A row whose answer is still on its way is untold, not lost."""
    if row.dispatch_status in LIVE_DISPATCH:
        return False
    return row.feedback_status not in DONE or (row.feedback_status is FeedbackStatus.ANSWERED and not writes)


def _is_untold(row: Any) -> bool:
    return row.dispatch_status in LIVE_DISPATCH or (row.feedback_status is FeedbackStatus.HELD and not row.note)


def _out_of_order(steps: Sequence[Any]) -> int:
    by_account: dict[int, dict[int, None]] = {}
    for row in steps:
        if row.to_status is DispatchStatus.SENDING:
            by_account.setdefault(row.account_id, {})[row.dispatch_id] = None
    return sum(later < earlier for order in by_account.values() for earlier, later in pairwise(order))


def _count(found: Any) -> int:
    return sum(1 for one in found if one)
