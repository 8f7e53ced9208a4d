"""Translates Flamp's JSON to our values, losing no review because of one odd field."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Review
from feedback_service.domain.identity import ItemId
from feedback_service.transports.documents import (
    NOTHING,
    Row,
    count_of,
    length_of,
    moment_of,
    row_of,
    stars_of,
    text_of,
)

log = logging.getLogger(__name__)

OURS = "flamp"
"""Where an entry names a provider, it is this one: what Flamp shows from 2GIS belongs to an account over there."""
STUB = "2"
"""The id of an entry that is no review; seen by one public client, which skips it."""
PLACE = re.compile(r"(?P<filial>[0-9]{1,20})/(?P<review>[0-9]{1,20})")
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Unreadable(ValueError):
    """A document that is not what the call is known to return."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a review stands: the filial's number, and the review's own within Flamp."""

    filial: str
    review: str

    @property
    def item_id(self) -> ItemId:
        """Both, as in Flamp's own short address of a review, flamp.ru/r/FILIAL/REVIEW.

        No call for one review is known, and its page is addressed by both: with its own number alone, a review could
        only be found by reading all filials of the account, of which there may be hundreds.
        """
        return ItemId(f"{self.filial}/{self.review}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a filial's list, newest first: ours, how many rows came, and the ids of which nothing else is known.

    `last` is the number of the last row, `following` the number after which the next page begins by its link; empty
    where there is none. `elsewhere`: the other filials whose reviews stand in the list.
    """

    reviews: tuple[Review, ...]
    rows: int
    spoiled: frozenset[ItemId]
    last: str
    following: str
    elsewhere: frozenset[str] = frozenset()

    @property
    def newest(self) -> datetime | None:
        return max((one.created_at for one in self.reviews), default=None)


@dataclass(frozen=True, slots=True)
class Filial:
    """What Flamp says of one; None where it does not say how many reviews there are."""

    name: str
    reviews: int | None


def place_of(item_id: str) -> Place | None:
    """Where the item stands; None for an id that cannot be Flamp's."""
    found = PLACE.fullmatch(item_id)
    return Place(found["filial"], found["review"]) if found else None


def read_page(document: object, filial: str) -> Page:
    """One page of the filial's list. Raises Unreadable where there is no list.

    A row that is broken beyond use (no number, or no date to find it by) is left out with a warning; one that belongs
    to another filial is read there.
    """
    rows = row_of(document).get("reviews")
    if not isinstance(rows, list):
        raise Unreadable("the list of reviews is missing")
    written_here = [row_of(row) for row in rows if _is_of_flamp(row_of(row))]
    ours = [row for row in written_here if _number(row.get("filial_id")) in ("", filial)]
    read = [_review(row, filial) for row in ours]
    reviews = tuple(one for one in read if one is not None)
    if lost := len(ours) - len(reviews):
        extra = {"action": "rows_left_out", "filial": filial}
        log.warning("Left out %d of %d reviews: they carry no number or no date.", lost, len(ours), extra=extra)
    numbers = [number for row in rows if (number := _number(row_of(row).get("id"))) not in ("", STUB)]
    last = numbers[-1] if numbers else ""
    spoiled = [_number(row.get("id")) for row, one in zip(ours, read, strict=True) if one is None]
    return Page(
        reviews=reviews,
        rows=len(rows),
        spoiled=frozenset(Place(filial, number).item_id for number in spoiled if number),
        last=last,
        following=_following(row_of(document).get("next_link"), last),
        elsewhere=frozenset(_number(row.get("filial_id")) for row in written_here) - {"", filial},
    )


def read_filial(document: object) -> Filial:
    """Raises Unreadable."""
    row = row_of(document).get("filial")
    if not isinstance(row, dict):
        raise Unreadable("the filial is missing")
    return Filial(text_of(row.get("name_primary")), count_of(row.get("reviews_count")))


def complaint(document: object) -> str:
    """What the body says against a call; empty where it says nothing."""
    row = row_of(document)
    nested = row_of(row.get("error"))
    return text_of(row.get("message")) or text_of(nested.get("message")) or text_of(row.get("error"))


def code_of(document: object) -> int | None:
    """The status that the body repeats."""
    return count_of(row_of(document).get("code"))


def _is_of_flamp(row: Row) -> bool:
    provider = row.get("provider")
    return _number(row.get("id")) != STUB and not (isinstance(provider, str) and provider.lower() not in ("", OURS))


def _following(link: object, last: str) -> str:
    """The cursor of the next page's address alone: its host is not ours to trust. A link without one still says that
    there is more, after the `last`.
    """
    if not isinstance(link, str) or not link.strip():
        return ""
    try:
        return _number(dict(parse_qsl(urlsplit(link).query)).get("offset_id")) or last
    except ValueError:
        return last


def _review(row: Row, filial: str) -> Review | None:
    number, written_at = _number(row.get("id")), moment_of(row.get("date_created"))
    if not number or written_at is None:
        return None
    return Review(
        item_id=Place(filial, number).item_id,
        created_at=written_at,
        rating=stars_of(row.get("rating")),
        text=text_of(row.get("text")),
        author=text_of(row_of(row.get("user")).get("name")),
        product=Product(sku=filial),
        photos=length_of(row.get("photos")),
        answer=_answer(row.get("official_answer")),
    )


def _answer(value: object) -> PublishedAnswer | None:
    """The official answer: public code shows an object in one place and a list in another, and nothing is null.

    An address instead of the answer, as `user` is one without its scope, tells that there is one, not what it says.
    """
    several = value if isinstance(value, list) else [value]
    rows = [row_of(one) for one in several]
    told = [row for row in rows if text_of(row.get("text")) or _number(row.get("id"))]
    told = told or [NOTHING for one in several if isinstance(one, str) and one.strip()]
    latest = sorted(told, key=lambda row: moment_of(row.get("date_created")) or LONG_AGO)[-1:]
    return _published(latest[0]) if latest else None


def _published(row: Row) -> PublishedAnswer:
    return PublishedAnswer(text_of(row.get("text")), AnswerState.VISIBLE, None, "", _number(row.get("id")))


def _number(value: object) -> str:
    """The digits of an id, which comes as a number or as text; empty where it is none."""
    text = text_of(value).strip()
    return text if text.isascii() and text.isdigit() and len(text) <= 20 else ""
