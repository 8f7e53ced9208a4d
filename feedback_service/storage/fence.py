"""Puts a write and the check of its right to write into one statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from feedback_service.storage.tables import supplier_lease

HELD = "fence_held"
"""The column that says whether the fence held."""
Build = Callable[..., tuple[sa.CTE, ...]]
"""Makes the CTEs that write, the first returning at least `id`; its first argument is the condition that they may."""
SUPPLIER_ID = sa.bindparam("the_supplier", type_=sa.BigInteger)
"""Parameters are named unlike any column: SQLAlchemy would add `SET column` for those it knows."""


@dataclass(frozen=True, slots=True)
class Guard:
    """`fenced`: only while the lease is held. `durable`: not done before it is on the disk."""

    fenced: bool
    durable: bool


@cache
def guarded(build: Build, guard: Guard, *about: Any) -> sa.Select[Any]:
    """The whole statement: HELD, then the columns that the write returns; one row of NULLs where it changed none."""
    held = held_lease(guard).cte("held")
    may = sa.exists(sa.select(sa.literal(1)).select_from(held))
    written, *beside = build(may, *about)
    state = sa.select(may.label(HELD)).cte("state")
    found = sa.select(state.c[HELD], *written.c).select_from(state.join(written, sa.true(), isouter=True))
    return found.add_cte(*beside) if beside else found


@cache
def held_lease(guard: Guard) -> sa.Select[Any]:
    """One row while the lease is held, locked so that a take-over waits for our commit; always one where unfenced."""
    commit = sa.literal(1) if guard.durable or not guard.fenced else _without_waiting()
    if not guard.fenced:
        return sa.select(commit.label("commit"))
    return (
        sa.select(commit.label("commit"))
        .where(
            supplier_lease.c.supplier_id == SUPPLIER_ID,
            supplier_lease.c.host == sa.bindparam("fence_host", type_=supplier_lease.c.host.type),
            supplier_lease.c.epoch == sa.bindparam("fence_epoch", type_=sa.BigInteger),
            supplier_lease.c.expires_at > sa.bindparam("fence_now", type_=supplier_lease.c.expires_at.type),
        )
        .with_for_update(read=True, of=supplier_lease)
    )


def _without_waiting() -> sa.Function[str]:
    """Lets this transaction's commit return before the disk has it; those after it are on the disk only with it."""
    return sa.func.set_config("synchronous_commit", "off", True, type_=sa.Text)
