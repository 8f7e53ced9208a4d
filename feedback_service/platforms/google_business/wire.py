"""Translates between Google's JSON and our values, losing no review because of one odd field."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.google_business.fields import text_of
from feedback_service.platforms.google_business.names import ACCOUNT, LOCATION, Place, place_of, tail
from feedback_service.platforms.google_business.translated import original_of
from feedback_service.transports.documents import Row, amount_of, moment_of, row_of, rows_of

log = logging.getLogger(__name__)

STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
STATES = {
    "": AnswerState.VISIBLE,
    "REVIEW_REPLY_STATE_UNSPECIFIED": AnswerState.VISIBLE,
    "APPROVED": AnswerState.VISIBLE,
    "PENDING": AnswerState.MODERATING,
    "REJECTED": AnswerState.REJECTED,
}
"""Answers made before 2026-04 may lack the state. An unknown word counts as "still being checked": it is looked at
again and never taken for a success. Source: REST reference of accounts.locations.reviews, 2026-07."""


class Unreadable(ValueError):
    """A document that is not what the method is described to return."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A review, and when its customer last changed it."""

    review: Review
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `token` is empty on the last one. `asked_at`: what changed later may be missing."""

    listed: tuple[Listed, ...]
    token: str
    asked_at: datetime
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """One page of accounts or locations: names with their titles."""

    titles: Mapping[str, str]
    token: str


def read_page(document: object, place: Place, now: datetime) -> Page:
    """A location's list in its order. Raises Unreadable where there is none.

    A row that is broken beyond use is left out with a warning. `now` stands in for dates that are missing.
    """
    rows = _rows(document, "reviews")
    listed = [one for row in rows if (one := _listed(row_of(row), place, now)) is not None]
    _tell_of_lost(len(rows) - len(listed), len(rows))
    total = amount_of(row_of(document).get("totalReviewCount"))
    return Page(tuple(listed), _token(document), now, None if total is None else int(total))


def read_batch(document: object, places: Sequence[Place], now: datetime) -> Page:
    """Reviews of several locations, each told by its location's name. Raises Unreadable."""
    by_location = {one.location: one for one in places}
    rows = [row_of(row) for row in _rows(document, "locationReviews")]
    listed = []
    for row in rows:
        found = LOCATION.fullmatch(text_of(row.get("name")))
        place = by_location.get(found[1]) if found else None
        one = _listed(row_of(row.get("review")), place, now) if place else None
        if one is not None:
            listed.append(one)
    _tell_of_lost(len(rows) - len(listed), len(rows))
    return Page(tuple(listed), _token(document), now)


def read_review(document: object, item_id: ItemId, title: str, now: datetime) -> Listed:
    """The one review that was asked for. Raises Unreadable where it is another one or none."""
    place = place_of(item_id)
    row = row_of(document)
    if place is None or not row:
        raise Unreadable("not a review")
    listed = _listed(row, Place(place.account, place.location, title), now)
    if listed is None or listed.review.item_id != item_id:
        raise Unreadable("not the review that was asked for")
    return listed


def read_accounts(document: object) -> Named:
    """Raises Unreadable."""
    rows = [row_of(row) for row in _rows(document, "accounts")]
    named = {text_of(row.get("name")): text_of(row.get("accountName")) for row in rows}
    return Named({name: title for name, title in named.items() if ACCOUNT.fullmatch(name)}, _token(document))


def read_locations(document: object) -> Named:
    """Names like "locations/2", whether or not their account stands before them. Raises Unreadable."""
    named: dict[str, str] = {}
    for row in map(row_of, _rows(document, "locations")):
        if found := LOCATION.fullmatch(text_of(row.get("name"))):
            named[found[1]] = text_of(row.get("title"))
    return Named(named, _token(document))


def read_reply(document: object) -> PublishedAnswer | None:
    """The answer that a write gave back, or that stands beneath a review; None where there is none."""
    reply = row_of(document)
    if not any(reply.get(name) for name in ("comment", "reviewReplyState", "updateTime")):
        return None
    text, word = text_of(reply.get("comment")), text_of(reply.get("reviewReplyState"))
    state = STATES.get(word, AnswerState.MODERATING)
    reason = text_of(reply.get("policyViolation")) if state is AnswerState.REJECTED else ""
    return PublishedAnswer(original_of(text), state, reason=reason)


def reply_body(text: str) -> Row:
    return {"comment": text}


def _listed(row: Row, place: Place, now: datetime) -> Listed | None:
    review_id = text_of(row.get("reviewId")).strip() or tail(text_of(row.get("name")).strip())
    item_id = place.review(review_id)
    if place_of(item_id) is None:
        return None
    created = moment_of(row.get("createTime")) or moment_of(row.get("updateTime")) or now
    reviewer = row_of(row.get("reviewer"))
    media = rows_of(row.get("reviewMediaItems"))
    videos = sum(1 for one in media if text_of(one.get("videoUrl")))
    review = Review(
        item_id=item_id,
        created_at=created,
        rating=STARS.get(text_of(row.get("starRating")), 0),
        text=original_of(text_of(row.get("comment"))),
        author="" if reviewer.get("isAnonymous") is True else text_of(reviewer.get("displayName")),
        product=Product(sku=tail(place.location), name=place.title),
        photos=len(media) - videos,
        videos=videos,
        answer=read_reply(row.get("reviewReply")),
    )
    return Listed(review, moment_of(row.get("updateTime")) or created)


def _rows(document: object, name: str) -> Sequence[object]:
    """The list; Google leaves its key out where it is empty."""
    if not isinstance(document, dict) or "error" in document:
        raise Unreadable("not the list that was asked for")
    rows = document.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise Unreadable(f"{name} is no list")
    return rows


def _token(document: object) -> str:
    return text_of(row_of(document).get("nextPageToken"))


def _tell_of_lost(lost: int, of: int) -> None:
    if lost:
        log.warning("Left out %d of %d reviews: they carry no id.", lost, of, extra={"action": "rows_left_out"})
