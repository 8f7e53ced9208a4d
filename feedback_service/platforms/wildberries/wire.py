"""Translates between Wildberries' JSON and our values, losing no item because of one odd field."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from feedback_service.domain.feedback import AnswerState, Item, Kind, Product, PublishedAnswer, Question, Review
from feedback_service.domain.identity import ItemId
from feedback_service.transports.documents import Row, instant_of, length_of, truth_of, words_of

log = logging.getLogger(__name__)

T = TypeVar("T", Review, Question)

ANSWER_STATES = {
    "none": AnswerState.MODERATING,
    "reviewRequired": AnswerState.MODERATING,
    "wbRu": AnswerState.VISIBLE,
    "rejected": AnswerState.REJECTED,
    "rejectedAntispam": AnswerState.REJECTED,
}
"""An unknown word counts as "still being checked": it is looked at again and never taken for a success."""
REJECTIONS = {"rejectedAntispam": "taken for spam", "rejected": "declined by the moderators"}


class Unreadable(ValueError):
    """A document that is not what the method is described to return."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: what could be read, how many rows came, and the date of the last row that has one."""

    items: tuple[Item, ...]
    rows: int
    latest: datetime | None

    @property
    def broken(self) -> int:
        """Rows without an id: they can be neither kept nor answered."""
        return self.rows - len(self.items)


def read_page(document: object, kind: Kind, now: datetime) -> Page:
    """A list answer's items in their order. Raises Unreadable where there is no list.

    A row that is broken beyond use is left out with a warning. `now` stands in for a creation date that is missing.
    """
    rows = _data(document).get("feedbacks" if kind is Kind.REVIEW else "questions")
    if rows is None:
        rows = []
    if not isinstance(rows, list):
        raise Unreadable("the list is missing")
    items = tuple(item for row in rows if (item := _item(row, kind, now)))
    if len(items) < len(rows):
        lost = len(rows) - len(items)
        log.warning(
            "Left out %d of %d %ss: they carry no id.", lost, len(rows), kind, extra={"action": "rows_left_out"}
        )
    dates = (instant_of(row.get("createdDate")) for row in reversed(rows) if isinstance(row, dict))
    return Page(items, len(rows), next((date for date in dates if date), None))


def read_item(document: object, kind: Kind, item_id: ItemId, now: datetime) -> Item:
    """The one item that was asked for. Raises Unreadable where it is another one or none."""
    row = _data(document)
    item = _item({**row, "id": row.get("id") or item_id}, kind, now) if row else None
    if item is None or item.item_id != item_id:
        raise Unreadable("not the item that was asked for")
    return item


def read_count(document: object) -> int:
    """How many items are unanswered. Raises Unreadable where no number is given."""
    count = _data(document).get("countUnanswered")
    if isinstance(count, bool) or not isinstance(count, int):
        raise Unreadable("the count is missing")
    return count


def complaint(document: object) -> str:
    """The reason in an error document of either shape (`errorText`, or problem+json); empty where there is none."""
    if not isinstance(document, dict):
        return ""
    parts = (document.get("errorText") or document.get("title"), document.get("detail"))
    line = ": ".join(part for part in parts if isinstance(part, str) and part)
    return "".join(sign if sign.isprintable() else " " for sign in line)[:300]


def is_error(document: object) -> bool:
    """Whether the envelope says that the call failed, in spite of its status."""
    return isinstance(document, dict) and document.get("error") is True


def review_answer(item_id: ItemId, text: str) -> Row:
    return {"id": item_id, "text": text}


def question_answer(item_id: ItemId, text: str) -> Row:
    """`wbRu` shows the question with its answer; the same body edits an answer."""
    return {"id": item_id, "answer": {"text": text}, "state": "wbRu"}


def _data(document: object) -> Row:
    if not isinstance(document, dict):
        raise Unreadable("not a JSON object")
    data = document.get("data")
    if not isinstance(data, dict):
        raise Unreadable(complaint(document) or "the field data is missing")
    return data


def _item(row: object, kind: Kind, now: datetime) -> Item | None:
    if not isinstance(row, dict) or not words_of(row.get("id")):
        return None
    return _review(row, now) if kind is Kind.REVIEW else _question(row, now)


def _review(row: Row, now: datetime) -> Review:
    return Review(
        item_id=ItemId(words_of(row.get("id"))),
        created_at=instant_of(row.get("createdDate")) or now,
        rating=_stars(row.get("productValuation")),
        text=words_of(row.get("text")),
        pros=words_of(row.get("pros")),
        cons=words_of(row.get("cons")),
        author=words_of(row.get("userName")),
        product=_product(row.get("productDetails")),
        photos=length_of(row.get("photoLinks")),
        videos=1 if isinstance(row.get("video"), dict) else 0,
        parent=_other(row.get("parentFeedbackId")),
        child=_other(row.get("childFeedbackId")),
        answer=_answer(row.get("answer"), _review_answer_state),
    )


def _question(row: Row, now: datetime) -> Question:
    return Question(
        item_id=ItemId(words_of(row.get("id"))),
        created_at=instant_of(row.get("createdDate")) or now,
        text=words_of(row.get("text")),
        product=_product(row.get("productDetails")),
        answer=_answer(row.get("answer"), lambda _: _question_answer_state(row.get("state"))),
    )


def _answer(value: object, state_of: Callable[[Row], tuple[AnswerState, str]]) -> PublishedAnswer | None:
    if not isinstance(value, dict) or not (words_of(value.get("text")) or value.get("state")):
        return None
    state, reason = state_of(value)
    return PublishedAnswer(words_of(value.get("text")), state, truth_of(value.get("editable")), reason)


def _review_answer_state(answer: Row) -> tuple[AnswerState, str]:
    word = words_of(answer.get("state"))
    return ANSWER_STATES.get(word, AnswerState.MODERATING), REJECTIONS.get(word, "")


def _question_answer_state(word: object) -> tuple[AnswerState, str]:
    """An answer to a question has no state of its own: the question's state tells whether customers see both."""
    if word == "wbRu":
        return AnswerState.VISIBLE, ""
    if word == "none":
        return AnswerState.REJECTED, "the question is marked as rejected and is not shown to customers"
    return AnswerState.MODERATING, ""


def _product(value: object) -> Product:
    if not isinstance(value, dict):
        return Product()
    return Product(
        sku=words_of(value.get("nmId")),
        name=words_of(value.get("productName")),
        brand=words_of(value.get("brandName")),
        article=words_of(value.get("supplierArticle")),
    )


def _other(value: object) -> ItemId | None:
    return ItemId(words_of(value)) if words_of(value) else None


def _stars(value: object) -> int:
    """1 to 5; 0 where the platform gave no usable number."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5 else 0
