"""Gives reviews ids that they keep, on a platform of which no id of a review is known.

An id is the day, a digest of organisation, author and day, and the minute: so it stays the same whoever of that name
has written on that day, goes away, or is shown later, when Zoon has checked the words. An edited text or mark changes
nothing of it. The list and the page may print a date differently, and one of them no time: then, and as a last name of
all, a number among the author's reviews of the day stands for the minute, counted from the oldest. Where a review
carries an attribute data-id that no other has, that is its id, and it is found by its other names as well, should the
attribute come or go.

What can still go wrong with a made id: an author who takes another name is a new review, as is one that an edit dates
anew; of several reviews of one author in one minute, or on one day without times, those after one that is deleted take
the number before theirs. Nobody is answered wrongly by that: nothing is sent unless the words that stand under the id
are those for which the answer was approved.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from feedback_service.domain.feedback import Product, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.zoon.dates import MOSCOW
from feedback_service.platforms.zoon.markup import Row
from feedback_service.platforms.zoon.wire import Rows

MINUTE = "-t"
MIDNIGHT = "0000"


@dataclass(frozen=True, slots=True)
class Shown:
    """A review with its names, the one in use first; `stem` is what they share with others of its author and day.

    `is_timed`: whether its date is told with a time. `twin` is its place, from 0 and the oldest first, among the
    `twins` reviews of one author and day that say the same; `alike`: whether these have the same mark, too.
    """

    organisation: str
    review: Review
    names: tuple[ItemId, ...]
    own_id: str
    day: date
    twin: int
    twins: int
    stem: str
    is_timed: bool
    alike: bool


def falls(rows: Rows) -> bool:
    """Whether the days of a list never rise from row to row: the newest reviews come first."""
    days = [row.day for row in rows if row]
    return all(one >= after for one, after in pairwise(days))


def named(rows: Rows, organisation: str) -> Sequence[Shown]:
    """The reviews of one organisation, the oldest first; of every day there must be all, or the oldest ones."""
    ordered = _oldest_first(rows)
    shared = Counter(row.own_id for row in ordered)
    twins = Counter(_same(row) for row in ordered)
    marks = Counter(same for same, _ in {(_same(row), row.rating) for row in ordered})
    numbers: Counter[str] = Counter()
    told: Counter[tuple[object, ...]] = Counter()
    found: list[Shown] = []
    for row in ordered:
        stem, minute, same = _stem(organisation, row), _minute(row), _same(row)
        places = [f"{stem}{minute}"] if minute else []
        numbers.update((*places, stem))
        own = row.own_id if row.own_id != organisation and shared[row.own_id] == 1 else ""
        made = [one if numbers[one] == 1 else f"{one}-{numbers[one]}" for one in places] + [f"{stem}-{numbers[stem]}"]
        names = tuple(ItemId(one) for one in (own, *made) if one)
        review, like = _review(row, names[0], organisation), marks[same] == 1
        found.append(
            Shown(organisation, review, names, own, row.day, told[same], twins[same], stem, bool(minute), like)
        )
        told[same] += 1
    return found


def untimed(shown: Iterable[Shown]) -> Mapping[str, Sequence[Shown]]:
    """The reviews that are told without a time, by author and day: see `stem_of`."""
    found: dict[str, list[Shown]] = {}
    for one in shown:
        if not one.is_timed:
            found.setdefault(one.stem, []).append(one)
    return found


def stem_of(item_id: ItemId) -> str:
    """Author and day of an id that was made with a minute; empty of another id."""
    stem, minute, _ = item_id.partition(MINUTE)
    return stem if minute else ""


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


def _stem(organisation: str, row: Row) -> str:
    parts = (organisation, folded(row.author), row.day.isoformat())
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass"))
    return f"{row.day:%Y%m%d}-{digest.hexdigest()[:16]}"


def _minute(row: Row) -> str:
    """In Moscow; empty at midnight, as which a date without a time is read."""
    told = f"{row.moment.astimezone(MOSCOW):%H%M}"
    return "" if told == MIDNIGHT else f"{MINUTE}{told}"


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
