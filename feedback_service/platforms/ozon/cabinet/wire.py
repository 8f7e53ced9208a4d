"""Translates between the cabinet's JSON and our values; its shapes are known from other people's programs only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.feedback import AnswerState, Product, Question, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.wire import (
    PUBLICATION,
    Comment,
    Entry,
    Unreadable,
    number_of,
)
from feedback_service.transports.documents import Row, instant_of, row_of, rows_of, words_of


@dataclass(frozen=True, slots=True)
class CabinetPage:
    """One page of a list, newest first; `onward` are the fields that ask for the next one, None at the end."""

    entries: tuple[Entry, ...]
    onward: Mapping[str, object] | None


def read_reviews(document: object, now: datetime) -> CabinetPage:
    """A page of /api/v4/review/list. Raises Unreadable where there is no list."""
    body, rows = _listed(document)
    cursor = body.get("last_review")
    more = body.get("hasNext") is True and isinstance(cursor, dict)
    entries = _each(rows, lambda row: _review(row, now))
    return CabinetPage(entries, {"last_review": cursor} if more else None)


def read_questions(document: object, now: datetime) -> CabinetPage:
    """A page of /api/v1/question-list; a cursor of "0" is the end. Raises Unreadable where there is no list."""
    body, rows = _listed(document)
    last_id = words_of(body.get("pagination_last_id"))
    entries = _each(rows, lambda row: _question(row, now))
    if last_id in {"", "0"} or not rows:
        return CabinetPage(entries, None)
    onward = {"pagination_last_id": last_id, "last_published_at": body.get("last_published_at")}
    return CabinetPage(entries, onward)


def read_comments(document: object) -> Sequence[Comment]:
    """Comments on a review, or answers to a question. The shape is GUESSED: a list below any usual name is taken.

    Raises Unreadable where there is none.
    """
    found: object = document
    for name in ("result", "comments", "items"):
        if isinstance(found, dict) and name in found:
            found = found[name]
    if not isinstance(found, list):
        raise Unreadable("the list of comments is missing")
    return [_comment(row) for row in found if isinstance(row, dict)]


def read_counter(document: object) -> int:
    """How many reviews nobody has opened yet. Raises Unreadable where no number is given."""
    items = document.get("items") if isinstance(document, dict) else None
    count = items.get("NOT_VIEWED") if isinstance(items, dict) else None
    if count is None:
        raise Unreadable("the counter is missing")
    return number_of(count)


def is_accepted(document: object) -> bool:
    """Whether the answer to a write says yes; what it is worth, only a re-read shows."""
    return isinstance(document, dict) and document.get("result") is not False


def read_answers(rows: Sequence[Mapping[str, str]]) -> Sequence[Comment]:
    """Answers to a question as its page shows them."""
    return [_comment({**row, "is_owner": True}) for row in rows if row.get("text")]


def _listed(document: object) -> tuple[Row, Sequence[Row]]:
    if not isinstance(document, dict) or not isinstance(document.get("result"), list):
        raise Unreadable("the list is missing")
    return document, rows_of(document["result"])


def _each(rows: Sequence[Row], read: Callable[[Row], Entry]) -> tuple[Entry, ...]:
    return tuple(entry for row in rows if (entry := read(row)).item.item_id)


def _review(row: Row, now: datetime) -> Entry:
    text, pros, cons = _words(row.get("text"))
    product = _product(row.get("product"), row)
    item = Review(
        item_id=ItemId(words_of(row.get("uuid"))),
        created_at=instant_of(row.get("published_at")) or now,
        rating=stars if 1 <= (stars := number_of(row.get("rating"))) <= 5 else 0,
        text=text,
        pros=pros,
        cons=cons,
        author=words_of(row.get("author_name")),
        product=product,
        photos=number_of(row.get("photos_count")),
    )
    comments = row.get("comments_count", row.get("comments_amount"))
    return Entry(item, number_of(product.sku), row.get("interaction_status") == "PROCESSED", number_of(comments))


def _question(row: Row, now: datetime) -> Entry:
    product = _product(row.get("product"), row)
    item = Question(
        item_id=ItemId(words_of(row.get("id"))),
        created_at=instant_of(row.get("published_at")) or now,
        text=words_of(row.get("text")),
        author=words_of(row_of(row.get("author")).get("name")),
        product=product,
    )
    answers = row.get("answers_count", row.get("answers_total_count"))
    return Entry(item, number_of(product.sku), row.get("status") == "PROCESSED", number_of(answers))


def _words(value: object) -> tuple[str, str, str]:
    """v4 has one text, v3 had three parts."""
    if isinstance(value, dict):
        return (
            words_of(value.get("comment")),
            words_of(value.get("positive")),
            words_of(value.get("negative")),
        )
    return words_of(value), "", ""


def _product(value: object, row: Row) -> Product:
    product = row_of(value)
    return Product(
        sku=words_of(product.get("sku", row.get("sku"))),
        name=words_of(product.get("title")),
        brand=words_of(row_of(product.get("brand_info")).get("name")),
        article=words_of(product.get("offer_id")),
    )


def _comment(row: Row) -> Comment:
    """An answer's state is GUESSED to be worded as in the Seller API; none at all means visible."""
    word = words_of(row.get("status_publication") or row.get("status")).upper()
    state, reason = PUBLICATION.get(word, (AnswerState.MODERATING, "")) if word else (AnswerState.VISIBLE, "")
    ours = row.get("is_owner") is True or row.get("is_official") is True
    number = words_of(row.get("uuid") or row.get("id"))
    reason = words_of(row.get("deviation_reason") or row.get("reason")) or reason
    return Comment(number, words_of(row.get("text")), state, reason, ours, instant_of(row.get("published_at")))
