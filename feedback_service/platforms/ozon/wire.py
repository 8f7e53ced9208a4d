"""Translates between the Seller API's JSON and our values, losing no item because of one odd field."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TypeVar

from feedback_service.domain.feedback import AnswerState, Item, Kind, Product, Question, Review
from feedback_service.domain.identity import ItemId
from feedback_service.transports.documents import Row, instant_of, rows_of, truth_of, words_of

log = logging.getLogger(__name__)

T = TypeVar("T")

PUBLICATION = {
    "PUBLISHED": (AnswerState.VISIBLE, ""),
    "AWAITING_MODERATION": (AnswerState.MODERATING, ""),
    "MODERATION_FAILED": (AnswerState.REJECTED, "declined by Ozon's moderation"),
    "DUPLICATE": (AnswerState.REJECTED, "taken for a duplicate of another answer"),
}
"""`status_publication` of an answer to a question (since October 2026); without it, only published ones are listed."""


class Unreadable(ValueError):
    """A document that is not what the method is described to return."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A review or question with what Ozon tells around it: `answers` counts the comments on it, whoever's they are.

    `sku` is 0 where none was readable. `processed`: somebody of the seller's has answered it or marked it as done.
    """

    item: Item
    sku: int
    processed: bool
    answers: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `has_next` is None where the answer does not say, `rows` counts the unreadable ones too."""

    entries: tuple[Entry, ...]
    rows: int
    last_id: str
    has_next: bool | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a review, or an answer to a question; `ours`: the seller's, not a customer's."""

    id: str
    text: str
    state: AnswerState
    reason: str
    ours: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Rights:
    """What a key may do: its roles, their methods (whole paths, or their beginnings), and when it expires."""

    roles: frozenset[str]
    methods: frozenset[str]
    expires_at: datetime | None


def read_page(document: object, kind: Kind, now: datetime) -> Page:
    """A list answer. Raises Unreadable where there is no list. `now` stands in for a date that is missing."""
    body = _object(document)
    rows = _list(body, "reviews" if kind is Kind.REVIEW else "questions")
    entries = tuple(entry for row in rows if (entry := _entry(row, kind, now)))
    if len(entries) < len(rows):
        lost = len(rows) - len(entries)
        log.warning("Left out %d of %d %ss: no id.", lost, len(rows), kind, extra={"action": "rows_left_out"})
    return Page(entries, len(rows), words_of(body.get("last_id")), truth_of(body.get("has_next")))


def read_entry(document: object, kind: Kind, item_id: ItemId, now: datetime) -> Entry:
    """The one item that was asked for. Raises Unreadable where it is another one or none."""
    body = _object(document)
    entry = _entry({**body, "id": body.get("id") or item_id}, kind, now) if "published_at" in body else None
    if entry is None or entry.item.item_id != item_id:
        raise Unreadable("not the item that was asked for")
    return entry


def read_comments(document: object) -> Sequence[Comment]:
    """Comments on a review. Raises Unreadable where there is no list."""
    return _each(_list(_object(document), "comments"), _comment)


def read_answers(document: object) -> Sequence[Comment]:
    """Answers to a question. Raises Unreadable where there is no list."""
    return _each(_list(_object(document), "answers"), _answer)


def read_last_id(document: object) -> str:
    return words_of(_object(document).get("last_id"))


def read_written(document: object, field: str) -> str:
    """The id of what was created. Raises Unreadable where none is given."""
    written = words_of(_object(document).get(field))
    if not written:
        raise Unreadable(f"{field} is missing")
    return written


def read_counts(document: object) -> Mapping[str, int]:
    """The numbers of a count answer, in whichever version. Raises Unreadable where there are none."""
    counts = {name: number_of(value) for name, value in _object(document).items() if _is_number(value)}
    if not counts:
        raise Unreadable("the counts are missing")
    return counts


def read_rights(document: object) -> Rights:
    """Raises Unreadable where no roles are listed."""
    body = _object(document)
    roles = rows_of(_list(body, "roles"))
    listed = (one for one in (role.get("methods") for role in roles) if isinstance(one, list))
    methods = frozenset(words_of(one) for one in chain.from_iterable(listed))
    return Rights(frozenset(words_of(role.get("name")) for role in roles), methods, instant_of(body.get("expires_at")))


def read_titles(document: object) -> Mapping[int, str]:
    """Product names by SKU; a product has one SKU for itself and may have others by its sources."""
    titles: dict[int, str] = {}
    for row in rows_of(_list(_object(document), "items")):
        numbered = [row, *rows_of(row.get("sources"))]
        titles.update({number_of(one.get("sku")): words_of(row.get("name")) for one in numbered})
    return {sku: name for sku, name in titles.items() if sku and name}


def written(moment: datetime) -> str:
    """A moment as filters take it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def number_of(value: object) -> int:
    """An int64, which Ozon writes as a number or as its digits; 0 for everything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:19])
    return int(value) if _is_number(value) and isinstance(value, int | float) and abs(value) < 2**63 else 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _object(document: object) -> Row:
    if not isinstance(document, dict):
        raise Unreadable("not a JSON object")
    return document


def _list(body: Row, name: str) -> Sequence[object]:
    """A list of protobuf's JSON: an empty one may be missing, but then something else is there."""
    rows = body.get(name)
    if rows is None and body and "message" not in body:
        return []
    if not isinstance(rows, list):
        raise Unreadable(f"the list {name} is missing")
    return rows


def _each(rows: Sequence[object], read: Callable[[Row], T]) -> list[T]:
    return [read(row) for row in rows if isinstance(row, dict)]


def _entry(row: object, kind: Kind, now: datetime) -> Entry | None:
    if not isinstance(row, dict) or not words_of(row.get("id")):
        return None
    item = _review(row, now) if kind is Kind.REVIEW else _question(row, now)
    answers = row.get("comments_amount" if kind is Kind.REVIEW else "answers_count")
    return Entry(item, number_of(row.get("sku")), row.get("status") == "PROCESSED", number_of(answers))


def _review(row: Row, now: datetime) -> Review:
    return Review(
        item_id=ItemId(words_of(row.get("id"))),
        created_at=instant_of(row.get("published_at")) or now,
        rating=_stars(row.get("rating")),
        text=words_of(row.get("text")),
        product=Product(sku=words_of(row.get("sku"))),
        photos=number_of(row.get("photos_amount")),
        videos=number_of(row.get("videos_amount")),
    )


def _question(row: Row, now: datetime) -> Question:
    return Question(
        item_id=ItemId(words_of(row.get("id"))),
        created_at=instant_of(row.get("published_at")) or now,
        text=words_of(row.get("text")),
        author=words_of(row.get("author_name")),
        product=Product(sku=words_of(row.get("sku"))),
    )


def _comment(row: Row) -> Comment:
    state, reason = AnswerState.VISIBLE, ""
    if row.get("is_rejected") is True:
        state, reason = AnswerState.REJECTED, words_of(row.get("deviation_reason"))
    elif row.get("is_published") is False:
        state = AnswerState.MODERATING
    ours = row.get("is_owner") is True or row.get("is_official") is True
    return Comment(words_of(row.get("id")), words_of(row.get("text")), state, reason, ours, _published(row))


def _answer(row: Row) -> Comment:
    """It is not told whose an answer is; see `sighting`. An unknown word counts as "still being checked"."""
    word = row.get("status_publication")
    known = (AnswerState.VISIBLE, "") if not word else PUBLICATION.get(words_of(word), (AnswerState.MODERATING, ""))
    return Comment(words_of(row.get("id")), words_of(row.get("text")), *known, True, _published(row))


def _published(row: Row) -> datetime | None:
    return instant_of(row.get("published_at"))


def _stars(value: object) -> int:
    """1 to 5; 0 where the platform gave no usable number."""
    stars = number_of(value)
    return stars if 1 <= stars <= 5 else 0
