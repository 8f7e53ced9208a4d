"""Reads the JSON by which the site of 2GIS shows reviews to everybody, versions 2.0 and 3.0."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis.fields import flagged, id_of
from feedback_service.platforms.twogis.wire import CATALOG, UNREADABLE, Unreadable, has_words
from feedback_service.transports.documents import Row, count_of, length_of, moment_of, row_of, stars_of, text_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A review as everybody sees it; `hidden`: nobody does now."""

    review: Review
    hidden: bool


@dataclass(frozen=True, slots=True)
class PublicPage:
    """One page: ours, how many rows came, how many there are in all, and the query of the next page."""

    shown: tuple[Shown, ...]
    rows: int
    total: int | None
    following: tuple[tuple[str, str], ...] = ()


def read_public(document: object, branch: str, now: datetime) -> PublicPage:
    """One page in its order. Raises Unreadable where there is no list.

    What was written on Flamp or elsewhere is not ours; a row that is broken beyond use is left out with a warning.
    """
    rows = row_of(document).get("reviews")
    if not isinstance(rows, list):
        raise Unreadable("the list is missing")
    ours = [row for row in rows if text_of(row_of(row).get("provider")).lower() in ("", CATALOG)]
    shown = tuple(one for row in ours if (one := _shown(row_of(row), branch, now)))
    if lost := len(ours) - len(shown):
        log.warning(UNREADABLE, lost, len(ours), "reviews", extra={"action": "rows_left_out"})
    meta = row_of(row_of(document).get("meta"))
    return PublicPage(shown, len(rows), count_of(meta.get("total_count")), _following(meta.get("next_link")))


def _following(link: object) -> tuple[tuple[str, str], ...]:
    """The query of the next page's address alone: its host carries a stray port, and is not ours to trust."""
    try:
        return tuple(parse_qsl(urlsplit(text_of(link)).query))
    except ValueError:
        return ()


def _shown(row: Row, branch: str, now: datetime) -> Shown | None:
    item_id = id_of(row)
    if not item_id or not has_words(row):
        return None
    user, place = row_of(row.get("user")), row_of(row.get("object"))
    review = Review(
        item_id=ItemId(item_id),
        created_at=moment_of(row.get("date_created")) or now,
        rating=stars_of(row.get("rating")),
        text=text_of(row.get("text")),
        author=text_of(user.get("name")) or text_of(user.get("first_name")),
        product=Product(sku=text_of(place.get("id")) or branch, name=text_of(place.get("name"))),
        photos=length_of(row.get("photos")),
        answer=_answer(row.get("official_answer")),
    )
    return Shown(review, flagged(row, "is_hidden", "on_moderation"))


def _answer(value: object) -> PublishedAnswer | None:
    row = row_of(value)
    if not text_of(row.get("id")) and not text_of(row.get("text")):
        return None
    return PublishedAnswer(text_of(row.get("text")), AnswerState.VISIBLE, False, "", text_of(row.get("id")))
