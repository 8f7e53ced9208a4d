"""Translates between the cabinet's JSON of reviews and our values, losing no review because of one odd field."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Review
from feedback_service.domain.identity import ItemId
from feedback_service.transports.documents import count_of, length_of, row_of, stars_of, text_of

log = logging.getLogger(__name__)

Json = Mapping[str, object]

MILLISECONDS = 10**11
"""Times from here on are milliseconds: as seconds it would be the year 5138. Both units were seen in this field."""
LONGEST_ID = 200
"""Characters of an id, which names a row of ours; those that were seen are far shorter."""
REFUSALS = ("reject", "declin", "ban")
UNREADABLE_ANSWER = PublishedAnswer("", AnswerState.MODERATING)
"""Something stands there, but not what we can read: as long as it does, nothing of ours may take its place."""


class Unreadable(ValueError):
    """A document that is not what the call was seen to return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the cabinet wants back with an answer: the token of the list, and that of the review in it."""

    of_list: str = field(default="", repr=False)
    of_review: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    review: Review
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list.

    `came`: rows that came, readable or not. `total`: of the whole list, as the cabinet says. `next_token` is empty at
    the end of a list that is read by tokens.
    """

    rows: tuple[Row, ...]
    came: int
    total: int | None
    next_token: str


def read_page(document: object, product: Product, date: datetime) -> Page:
    """The page of an organisation's list, in its order. Raises Unreadable where there is no list.

    A row without an id, or with one of no sane length, is left out with one warning. A row without a date gets that of
    the row before it (`date` for the first one): it stands right behind that one in a list by time, and is found again
    there.
    """
    listed = _object(_object(document, "not a JSON object").get("list"), "the list is missing")
    pager, rows = row_of(listed.get("pager")), listed.get("items")
    total = count_of(pager.get("total"))
    if rows is None and total == 0:
        rows = []
    if not isinstance(rows, list):
        raise Unreadable("the list's items are missing")
    found = tuple(_rows(rows, text_of(listed.get("csrf_token")), product, date))
    if len(found) < len(rows):
        about = {"action": "rows_left_out"}
        log.warning("Left out %d of %d reviews: they carry no id.", len(rows) - len(found), len(rows), extra=about)
    return Page(rows=found, came=len(rows), total=total, next_token=text_of(pager.get("continue_token")))


def business_answer(review: ItemId, text: str, tokens: Tokens) -> Json:
    """The body that writes or overwrites the answer; an empty text deletes it.

    Where no token was shown the body is the one that the cabinet's newer pages were seen to send.
    """
    answer = {"answerCsrfToken": tokens.of_review} if tokens.of_review else {}
    return {"reviewId": review, "text": text, "reviewsCsrfToken": tokens.of_list, **answer}


def _rows(rows: list[object], list_token: str, product: Product, date: datetime) -> Iterator[Row]:
    for row in rows:
        if not isinstance(row, dict):
            continue
        item_id = text_of(row.get("id")) or text_of(row.get("cmnt_entity_id"))
        if not item_id.strip() or len(item_id) > LONGEST_ID:
            continue
        date = _moment(row.get("time_created")) or date
        tokens = Tokens(of_list=list_token, of_review=text_of(row.get("business_answer_csrf_token")))
        yield Row(_review(row, ItemId(item_id), product, date), tokens)


def _review(row: Json, item_id: ItemId, product: Product, date: datetime) -> Review:
    return Review(
        item_id=item_id,
        created_at=date,
        rating=stars_of(row.get("rating")),
        text=text_of(row.get("full_text")) or text_of(row.get("snippet")),
        author=text_of(row_of(row.get("author")).get("user")),
        product=product,
        photos=length_of(row.get("photos")),
        answer=_answer(row.get("owner_comment")),
    )


def _answer(value: object) -> PublishedAnswer | None:
    if not value:
        return None
    if not isinstance(value, dict):
        return UNREADABLE_ANSWER
    text, state, reason = text_of(value.get("text")), *_state(value.get("moderation_status"))
    if text.strip():
        return PublishedAnswer(text, state, reason=reason)
    is_deleted = state is AnswerState.VISIBLE and not value.get("text")
    return None if is_deleted else UNREADABLE_ANSWER


def _state(status: object) -> tuple[AnswerState, str]:
    """None and "approved" are the only values seen (ya_business_api 4.1.1); the other words are our guess.

    What is not known counts as "still being checked": it is looked at again and never taken for a success.
    """
    word = text_of(status).strip().lower()
    if status is None or word == "approved":
        return AnswerState.VISIBLE, ""
    if any(part in word for part in REFUSALS):
        return AnswerState.REJECTED, f"the cabinet calls it {word[:40]!r}"
    return AnswerState.MODERATING, ""


def _moment(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    number = int(value) if isinstance(value, float) and 0 < value < 10**15 else count_of(value)
    if not number:
        return None
    try:
        return datetime.fromtimestamp(number / 1000 if number >= MILLISECONDS else number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _object(value: object, complaint: str) -> Json:
    if not isinstance(value, dict):
        raise Unreadable(complaint)
    return value
