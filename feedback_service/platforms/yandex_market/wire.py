"""Translates the Partner API's JSON to our values, losing no item because of one odd field."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Question, Review
from feedback_service.domain.identity import ItemId
from feedback_service.transports.documents import Row, instant_of, length_of, row_of, rows_of, text_of, truth_of

log = logging.getLogger(__name__)

T = TypeVar("T")

STATES = {
    "PUBLISHED": AnswerState.VISIBLE,
    "UNMODERATED": AnswerState.MODERATING,
    "BANNED": AnswerState.REJECTED,
}
"""DELETED is as good as absent; an unknown word counts as "still being checked" and is looked at again."""
GONE = "DELETED"
EMPTY: Row = {"result": {}}
"""Stands for the answer of a status that means "there is nothing"."""
OWN = "BUSINESS"
"""The author type of a seller's cabinet; the others are USER, BRAND and VENDOR."""
LARGEST_ID = 2**63 - 1


class Unreadable(ValueError):
    """A document that is not what the method is described to return."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What could be read of one page, and the token of the next; empty on the last."""

    rows: tuple[T, ...]
    next_token: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A review in a list: `comments` counts the direct replies of anybody; the answer is not in the list."""

    review: Review
    needs_reaction: bool
    comments: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment to a review or an answer to a question that stands there, whoever wrote it."""

    id: int
    text: str
    state: AnswerState
    own: bool
    editable: bool | None

    def as_answer(self) -> PublishedAnswer:
        return PublishedAnswer(self.text, self.state, self.editable, platform_id=str(self.id))


def number_of(item_id: ItemId | str) -> int | None:
    """The platform's number; None for what can be no id there."""
    if not (item_id.isascii() and item_id.isdigit()):
        return None
    number = int(item_id) if len(item_id) < 20 else 0
    return number if 0 < number <= LARGEST_ID else None


def read_reviews(document: object, now: datetime) -> Page[Listed]:
    """A page of reviews. Raises Unreadable where there is no list; `now` stands in for a date that is missing."""
    return _page(document, "feedbacks", lambda row: _listed(row, now))


def read_questions(document: object, now: datetime) -> Page[Question]:
    """A page of questions. Raises as `read_reviews`."""
    return _page(document, "questions", lambda row: _question(row, now))


def read_comments(document: object) -> Page[Remark]:
    """The comments that answer the review itself; replies to other comments and deleted ones are left out."""
    page = _page(document, "comments", _remark, complain=False)
    return Page(page.rows, page.next_token)


def read_answers(document: object) -> Page[Remark]:
    """The answers to a question, less the deleted ones."""
    return _page(document, "answers", _remark, complain=False)


def answer_among(remarks: Sequence[Remark]) -> Remark | None:
    """The seller's own remark that stands for our answer; None where there is none.

    A cabinet's remark that may not be changed could be another seller's of the same product: the description does not
    say. It still counts where no other is there, because a customer must not get a second answer from us. Of several,
    one that customers see comes first, then the latest.
    """
    own = [one for one in remarks if one.own]
    return max(own, key=lambda one: (one.editable is not False, _weight(one.state), one.id), default=None)


def with_answer(item: T, remark: Remark | None) -> T:
    """The item as it stands with that answer."""
    if remark is None or not isinstance(item, Review | Question):
        return item
    return replace(item, answer=remark.as_answer())


def read_written(document: object) -> str:
    """The id of the written comment or answer; empty where the answer names none."""
    result = row_of(row_of(document).get("result"))
    return text_of(result.get("id") or row_of(result.get("entity")).get("id"))


def complaint(document: object) -> str:
    """The messages of an error document in one line; empty where there are none."""
    rows = rows_of(row_of(document).get("errors"))
    line = "; ".join(text for one in rows if (text := text_of(one.get("message")) or text_of(one.get("code"))))
    return "".join(sign if sign.isprintable() else " " for sign in line)[:300]


def is_error(document: object) -> bool:
    """Whether the envelope says that the call failed, in spite of its status."""
    return isinstance(document, dict) and document.get("status") == "ERROR"


def read_done(document: object) -> bool:
    """Whether a call without a result was done; not where EMPTY stands for it. Raises Unreadable for the rest."""
    if document is EMPTY:
        return False
    if not isinstance(document, dict) or document.get("status") != "OK":
        raise Unreadable(complaint(document) or "the status is not OK")
    return True


def result_of(document: object) -> Row:
    """The `result` of an answer. Raises Unreadable, in the platform's words where it has some."""
    result = document.get("result") if isinstance(document, dict) else None
    if not isinstance(result, dict):
        raise Unreadable(complaint(document) or "the field result is missing")
    return result


def next_token(holder: Row) -> str:
    """Where the list goes on; empty on its last page."""
    return text_of(row_of(holder.get("paging")).get("nextPageToken"))


def _page(document: object, name: str, parse: Callable[[Row], T | None], *, complain: bool = True) -> Page[T]:
    result = result_of(document)
    rows = result.get(name)
    if rows is None:
        rows = []
    if not isinstance(rows, list):
        raise Unreadable(f"the list {name} is missing")
    read = tuple(one for row in rows if isinstance(row, dict) and (one := parse(row)) is not None)
    if complain and len(read) < len(rows):
        lost = len(rows) - len(read)
        log.warning("Left out %d of %d %s: they carry no id.", lost, len(rows), name, extra={"action": "rows_left_out"})
    return Page(read, next_token(result))


def _listed(row: Row, now: datetime) -> Listed | None:
    item_id = _id(row.get("feedbackId"))
    if item_id is None:
        return None
    statistics, media = row_of(row.get("statistics")), row_of(row.get("media"))
    described, comments = row_of(row.get("description")), statistics.get("commentsCount")
    review = Review(
        item_id=item_id,
        created_at=instant_of(row.get("createdAt")) or now,
        rating=_stars(statistics.get("rating")),
        text=text_of(described.get("comment")),
        pros=text_of(described.get("advantages")),
        cons=text_of(described.get("disadvantages")),
        author=text_of(row.get("author")),
        product=_product(row.get("identifiers")),
        photos=length_of(media.get("photos")),
        videos=length_of(media.get("videos")),
    )
    return Listed(review, row.get("needReaction") is not False, comments if isinstance(comments, int) else 0)


def _question(row: Row, now: datetime) -> Question | None:
    item_id = _id(row_of(row.get("questionIdentifiers")).get("id"))
    if item_id is None:
        return None
    return Question(
        item_id=item_id,
        created_at=instant_of(row.get("createdAt")) or now,
        text=text_of(row.get("text")),
        author=text_of(row_of(row.get("author")).get("name")),
        product=_product(row.get("questionIdentifiers")),
    )


def _remark(row: Row) -> Remark | None:
    number, word = number_of(text_of(row.get("id"))), row.get("status")
    if number is None or word == GONE or row.get("parentId") is not None:
        return None
    return Remark(
        id=number,
        text=text_of(row.get("text")),
        state=STATES.get(text_of(word), AnswerState.MODERATING),
        own=row_of(row.get("author")).get("type") == OWN,
        editable=truth_of(row.get("canModify")),
    )


def _weight(state: AnswerState) -> int:
    return (AnswerState.REJECTED, AnswerState.MODERATING, AnswerState.VISIBLE).index(state)


def _product(value: object) -> Product:
    offer = text_of(row_of(value).get("offerId"))
    return Product(sku=offer, article=offer)


def _id(value: object) -> ItemId | None:
    text = text_of(value)
    return ItemId(text) if number_of(text) is not None else None


def _stars(value: object) -> int:
    """1 to 5; 0 where the platform gave no usable number."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5 else 0
