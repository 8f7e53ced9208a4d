"""Keeps a page of unanswered items: what is new, edited or open again, and which story tells another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import FeedbackStatus, Item, Kind, Review
from feedback_service.domain.identity import AccountId, ItemId
from feedback_service.ports.storage import Recorded
from feedback_service.storage.bulk import arrays, table_of
from feedback_service.storage.history import Step, write_steps
from feedback_service.storage.intake import Intake, Kept, Listing, Meaning, take_in, told_in
from feedback_service.storage.outcomes import is_live
from feedback_service.storage.rows import ITEM_COLUMNS, from_item
from feedback_service.storage.scope import Scope
from feedback_service.storage.tables import WAITING, dispatch, dispatch_history, feedback, feedback_history, written_in
from feedback_service.storage.text import EscapedText

ITEM_IDS = sa.ARRAY(EscapedText)


@dataclass(frozen=True, slots=True)
class Page:
    """One account's items of one kind, each once, with the transaction in which they are recorded.

    Nothing says that a platform's reviews and questions never share a number.
    """

    connection: AsyncConnection
    supplier_id: int
    account: AccountId
    kind: Kind
    items: Mapping[ItemId, Item]
    now: datetime

    def among(self, column: sa.Column[Any], ids: Sequence[ItemId]) -> sa.ColumnElement[bool]:
        mine = sa.and_(feedback.c.account_id == self.account, feedback.c.kind == self.kind)
        return sa.and_(mine, column == sa.any_(sa.literal(ids, ITEM_IDS)))


async def record_items(scope: Scope, account: AccountId, items: Sequence[Item], reopen_edited: bool) -> Recorded:
    """The port's `record`: a fixed number of statements, whatever the number of items."""
    if not items:
        return Recorded()
    async with scope.writing() as (connection, supplier_id):
        now, done = scope.clock.now(), Recorded()
        for kind in dict.fromkeys(item.kind for item in items):
            page = {item.item_id: item for item in items if item.kind is kind}
            done += await _record(Page(connection, supplier_id, account, kind, page, now), reopen_edited)
    return done


async def _record(page: Page, reopen_edited: bool) -> Recorded:
    kept = await _kept(page)
    supplements = await supplements_of(page)
    new = await _insert(page, [item for key, item in page.items.items() if key not in kept], supplements)
    intakes = [
        (item, kept[key], take_in(item, kept[key], Listing(now=page.now, reopen_edited=reopen_edited, supplement=by)))
        for key, item in page.items.items()
        if key in kept
        for by in (supplements.get(key),)
    ]
    changed = await _renew(page, intakes)
    counts = {meaning: sum(1 for one in changed if one.meaning is meaning) for meaning in Meaning}
    return Recorded(
        new=new,
        edited=counts[Meaning.EDITED],
        reopened=counts[Meaning.REOPENED],
        known=len(page.items) - new - len(changed),
        skipped=skipped_among(intakes),
    )


async def _kept(page: Page) -> dict[ItemId, Kept]:
    found = (
        sa.select(
            feedback.c.item_id,
            feedback.c.id,
            feedback.c.status,
            feedback.c.revision,
            feedback.c.fingerprint,
            feedback.c.changed_at,
            dispatch.c.status.label("delivery"),
            dispatch.c.id.label("dispatch_id"),
        )
        .join_from(feedback, dispatch, sa.and_(dispatch.c.feedback_id == feedback.c.id, is_live()), isouter=True)
        .where(page.among(feedback.c.item_id, list(page.items)))
    )
    rows = (await page.connection.execute(found)).mappings()
    return {row["item_id"]: Kept(**{key: row[key] for key in row if key != "item_id"}) for row in rows}


async def supplements_of(page: Page) -> dict[ItemId, ItemId]:
    """Of each item that a later one supplements, that later one: from this page or from what is kept."""
    stored = sa.select(feedback.c.parent_item_id, feedback.c.item_id).where(
        feedback.c.parent_item_id.is_not(None), page.among(feedback.c.parent_item_id, list(page.items))
    )
    found = {row.parent_item_id: row.item_id for row in await page.connection.execute(stored)}
    return found | parents_of(page.items.values())


def parents_of(items: Sequence[Item] | Any) -> dict[ItemId, ItemId]:
    return {one.parent: one.item_id for one in items if isinstance(one, Review) and one.parent is not None}


async def _insert(page: Page, items: Sequence[Item], supplements: Mapping[ItemId, ItemId]) -> int:
    """Insert what is not there; what another process inserted meanwhile is left to it."""
    if not items:
        return 0
    in_order = sorted(items, key=lambda item: item.item_id)  # as every process inserts: two never wait in a circle
    rows = [_fresh_row(page, item, supplements.get(item.item_id)) for item in in_order]
    types = {column: feedback.c[column].type for column in rows[0]}
    fresh = table_of("fresh", types)
    statement = insert(feedback).from_select(list(types), sa.select(*[fresh.c[column] for column in types]))
    inserted = statement.on_conflict_do_nothing().returning(feedback.c.id, feedback.c.item_id, feedback.c.status)
    added = (await page.connection.execute(inserted, arrays("fresh", types, rows))).all()
    steps = [Step(row.id, None, row.status, _first_reason(supplements.get(row.item_id))) for row in added]
    await write_steps(page.connection, feedback_history, steps, page.now)
    await close_parents(page, parents_of([page.items[row.item_id] for row in added]))
    return len(added)


def _fresh_row(page: Page, item: Item, supplement: ItemId | None) -> dict[str, object]:
    return {
        **from_item(item),
        "supplier_id": page.supplier_id,
        "account_id": page.account,
        "status": FeedbackStatus.CLOSED if supplement else FeedbackStatus.COLLECTED,
        "note": _first_reason(supplement),
        "not_before": page.now,
        "collected_at": page.now,
        "changed_at": page.now,
    }


def _first_reason(supplement: ItemId | None) -> str:
    return told_in(supplement) if supplement else "collected"


async def close_parents(page: Page, parents: Mapping[ItemId, ItemId]) -> None:
    """Parents that are not yet in delivery: one customer's story gets one answer, the supplement's."""
    if not parents:
        return
    open_ones = sa.select(feedback.c.id, feedback.c.item_id, feedback.c.status).where(
        page.among(feedback.c.item_id, list(parents)), written_in(feedback.c.status, WAITING)
    )
    rows = (await page.connection.execute(open_ones.with_for_update())).all()
    if not rows:
        return
    steps = [Step(row.id, row.status, FeedbackStatus.CLOSED, told_in(parents[row.item_id])) for row in rows]
    types = {"id": feedback.c.id.type, "note": feedback.c.note.type}
    told = table_of("told", types)
    closed = {"status": FeedbackStatus.CLOSED, "revision": feedback.c.revision + 1, "note": told.c.note}
    await page.connection.execute(
        sa.update(feedback)
        .where(feedback.c.id == told.c.id)
        .values(**closed, attempts=0, not_before=page.now, changed_at=page.now),
        arrays("told", types, [{"id": step.subject, "note": step.because} for step in steps]),
    )
    await write_steps(page.connection, feedback_history, steps, page.now)


Intaken = tuple[Item, Kept, Intake]


def skipped_among(intakes: Sequence[Intaken]) -> tuple[ItemId, ...]:
    """What our rules skipped, and what stays so."""
    still = [(item, kept) for item, kept, intake in intakes if intake.to is None]
    return tuple(item.item_id for item, kept in still if kept.status is FeedbackStatus.SKIPPED)


async def _renew(page: Page, intakes: Sequence[Intaken]) -> list[Intake]:
    """Begin anew with what was edited or is open again; return what did not lose a race."""
    wanted = [one for one in intakes if one[2].to is not None]
    if not wanted:
        return []
    taken_back = await _take_back(page, [kept for _, kept, _ in wanted if kept.delivery is not None])
    wanted = [one for one in wanted if one[1].dispatch_id is None or one[1].dispatch_id in taken_back]
    done = await _update(page, wanted) if wanted else set()
    renewed = [one for one in wanted if one[1].id in done]
    steps = [Step(kept.id, kept.status, intake.to, intake.because) for _, kept, intake in renewed if intake.to]
    await write_steps(page.connection, feedback_history, steps, page.now)
    return [intake for _, _, intake in renewed]


async def _take_back(page: Page, kept: Sequence[Kept]) -> set[int]:
    """Close the dispatches that were not begun; return their ids."""
    if not kept:
        return set()
    because = "edited by its customer before it was sent"
    closed = (
        sa.update(dispatch)
        .where(
            dispatch.c.id == sa.any_(sa.literal([one.dispatch_id for one in kept], sa.ARRAY(sa.BigInteger))),
            dispatch.c.status == DispatchStatus.PENDING,
        )
        .values(status=DispatchStatus.CLOSED, revision=dispatch.c.revision + 1, note=because, changed_at=page.now)
        .returning(dispatch.c.id)
    )
    ids = set(await page.connection.scalars(closed))
    steps = [Step(one, DispatchStatus.PENDING, DispatchStatus.CLOSED, because) for one in ids]
    await write_steps(page.connection, dispatch_history, steps, page.now)
    return ids


async def _update(page: Page, wanted: Sequence[Intaken]) -> set[int]:
    rows = [
        {
            **from_item(item),
            "id": kept.id,
            "revision": kept.revision,
            "status": intake.to,
            "note": intake.because,
            "afresh": intake.to is FeedbackStatus.COLLECTED,
        }
        for item, kept, intake in wanted
    ]
    types = {column: sa.Boolean() if column == "afresh" else feedback.c[column].type for column in rows[0]}
    new = table_of("new", types)
    afresh = new.c.afresh
    statement = (
        sa.update(feedback)
        .where(feedback.c.id == new.c.id, feedback.c.revision == new.c.revision)
        .values(
            {column: new.c[column] for column in (*ITEM_COLUMNS, "status", "note")}
            | {
                "revision": feedback.c.revision + 1,
                "attempts": 0,
                "redrafts": sa.case((afresh, 0), else_=feedback.c.redrafts),
                "classification": sa.case((afresh, sa.null()), else_=feedback.c.classification),
                "draft": sa.case((afresh, sa.null()), else_=feedback.c.draft),
                "not_before": page.now,
                "changed_at": page.now,
            }
        )
        .returning(feedback.c.id)
    )
    return set(await page.connection.scalars(statement, arrays("new", types, rows)))
