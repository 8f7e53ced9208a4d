"""Gives reviews ids that they keep, on a platform of which no id of a review is known.

An id is the day, a digest of organisation, author and day, and a number among the author's reviews of that day, counted
from the oldest. An edited text or mark changes nothing of it; the day rather than the minute, because the list and the
page print it differently. Where a review carries an attribute data-id that no other has, that is its id, and the made
one stays a second name, under which it is found as well, should the attribute come or go.

What can still go wrong with a made id: an author who takes another name is a new review; of several reviews of one
author on one day, those after one that is deleted take the number before theirs. Nobody is answered wrongly by that:
nothing is sent unless the words that stand under the id are those for which the answer was approved.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from feedback_service.domain.feedback import Product, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.zoon.markup import Row
from feedback_service.platforms.zoon.wire import Rows


@dataclass(frozen=True, slots=True)
class Shown:
    """A review with its names, the one in use first.

    `twin` is its place, from 0 and the oldest first, among the `twins` reviews of one author and day that say the same.
    """

    organisation: str
    review: Review
    names: tuple[ItemId, ...]
    own_id: str
    day: date
    twin: int
    twins: int


def falls(rows: Rows) -> bool:
    """Whether the days of a list never rise from row to row: the newest reviews come first."""
    days = [row.day for row in rows if row]
    return all(one >= after for one, after in pairwise(days))


def named(rows: Rows, organisation: str) -> Sequence[Shown]:
    """The reviews of one organisation, the oldest first; of every day there must be all, or the oldest ones."""
    ordered = _oldest_first(rows)
    shared = Counter(row.own_id for row in ordered)
    twins = Counter(_same(row) for row in ordered)
    numbers: Counter[tuple[str, date]] = Counter()
    told: Counter[tuple[object, ...]] = Counter()
    found: list[Shown] = []
    for row in ordered:
        writer, same = (folded(row.author), row.day), _same(row)
        numbers[writer] += 1
        made = _made(organisation, writer, numbers[writer])
        own = row.own_id if row.own_id != organisation and shared[row.own_id] == 1 else ""
        names = (ItemId(own), made) if own else (made,)
        review = _review(row, names[0], organisation)
        found.append(Shown(organisation, review, names, own, row.day, told[same], twins[same]))
        told[same] += 1
    return found


def folded(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.split()).casefold()


def _same(row: Row) -> tuple[object, ...]:
    return (folded(row.author), row.day, " ".join(row.text.split()))


def _oldest_first(rows: Iterable[Row | None]) -> list[Row]:
    """A list that is in the order of its days keeps it within a day; another is put in order by what it prints."""
    found = [row for row in rows if row]
    backwards = found[::-1]
    if falls(tuple(found)):
        return backwards
    return found if falls(tuple(backwards)) else sorted(backwards, key=lambda row: row.moment)


def _made(organisation: str, writer: tuple[str, date], number: int) -> ItemId:
    name, day = writer
    digest = hashlib.sha256("\x1f".join((organisation, name, day.isoformat())).encode("utf-8", "surrogatepass"))
    return ItemId(f"{day:%Y%m%d}-{digest.hexdigest()[:16]}-{number}")


def _review(row: Row, item_id: ItemId, organisation: str) -> Review:
    return Review(
        item_id=item_id,
        created_at=row.moment,
        rating=row.rating,
        text=row.text,
        author=row.author,
        product=Product(sku=organisation),
        answer=row.answer,
    )
