"""Translates between the cabinet's JSON and our values, losing no review because of one odd field."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis.fields import claimed, flagged, id_of
from feedback_service.transports.documents import (
    Row,
    count_of,
    length_of,
    moment_of,
    row_of,
    stars_of,
    text_of,
    truth_of,
)

log = logging.getLogger(__name__)

T = TypeVar("T")
CATALOG = "2gis"
"""Reviews of other catalogues (Flamp's) are seen here as well: they belong to an account over there."""
UNREADABLE = "Left out %d of %d %s: they carry no id, or nothing that could be read."
PENDING_BRANCH = "branch_"
"""Begins the id of a branch that 2GIS itself has not let through yet."""


class Unreadable(ValueError):
    """A document that is not what the call is known to return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A review with what its entry says besides; None where it says nothing.

    `comments` counts everybody's. `closed` is why it cannot be answered, empty where it can. `is_whole`: the entry
    holds the customer's words; the call for one review may leave them out.
    """

    review: Review
    branch: str
    answered: bool
    comments: int | None
    may_reply: bool | None
    closed: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a branch's list: ours, how many rows came, and the date of the last row as it was written."""

    listed: tuple[Listed, ...]
    rows: int
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A company's comment to a review."""

    id: str
    text: str
    state: AnswerState
    reason: str = ""
    official: bool | None = None

    @property
    def answer(self) -> PublishedAnswer:
        """As the flow knows it; no call that changes one is known."""
        return PublishedAnswer(self.text, self.state, False, self.reason, self.id)


UNREADABLE_REPLY = Reply(id="", text="", state=AnswerState.MODERATING)
"""Something of the company stands there; as long as nobody can read it, nothing of ours may stand beside it."""


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation or a branch."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """One page of organisations or branches: those that are there, how many rows came, how many wait for 2GIS."""

    known: tuple[Place, ...]
    rows: int
    pending: int


def read_token(document: object) -> str:
    """The token of a sign-in; empty where nobody was signed in. Raises Unreadable."""
    return text_of(_result(document).get("access_token")).strip()


def read_user(document: object) -> str:
    """By what name the login is known. Raises Unreadable."""
    user = _result(document)
    return text_of(user.get("name")) or text_of(user.get("email"))


def read_places(document: object) -> Places:
    """Organisations or branches. Raises Unreadable."""
    rows = _rows(_result(document), "items", "orgs")
    ids = [text_of(row_of(row).get("id")).strip() for row in rows]
    found = [
        # Some lists of 2GIS give an id with a hash behind "_".
        Place(name.split("_")[0], text_of(row_of(row).get("name")))
        for name, row in zip(ids, rows, strict=True)
        if name and not name.startswith(PENDING_BRANCH)
    ]
    return Places(tuple(found), len(rows), sum(1 for name in ids if name.startswith(PENDING_BRANCH)))


def read_page(document: object, branch: Place, now: datetime) -> Page:
    """A branch's list in its order. Raises Unreadable where there is no list.

    A row that is broken beyond use is left out with a warning; one of another catalogue is not ours. `now` stands in
    for a date that is missing.
    """
    rows = _rows(_result(document), "items")
    ours = [row for row in rows if _is_ours(row)]
    listed = _each(ours, lambda row: _listed(row, branch, now) if has_words(row) else None, "reviews")
    dates = [one for row in reversed(rows) if moment_of(one := text_of(row_of(row).get("dateCreated")))]
    return Page(tuple(listed), len(rows), dates[0] if dates else "")


def read_one(document: object, item_id: ItemId, now: datetime) -> Listed | None:
    """The one review that was asked for; None where it is another catalogue's. Raises Unreadable."""
    row = _result(document)
    if not _is_ours(row):
        return None
    listed = _listed({**row, "id": row.get("id") or item_id}, Place(""), now)
    if listed is None or listed.review.item_id != item_id:
        raise Unreadable("not the review that was asked for")
    return listed


def read_replies(document: object) -> Sequence[Reply] | None:
    """The company's comments among all comments of a review; None where there is no list.

    No source shows this body, so one without a list is not a failure: the review itself tells of an answer as well.
    Raises Unreadable.
    """
    if not isinstance(document, dict):
        raise Unreadable("not a JSON object")
    inner = document.get("result")
    try:
        rows = inner if isinstance(inner, list) else _rows(row_of(inner), "items", "comments")
    except Unreadable:
        return None
    return [_reply(row) or UNREADABLE_REPLY for row in rows if _is_company(row)]


def read_written(document: object) -> Reply | None:
    """What the platform says that it has written; None where it does not say."""
    row = row_of(row_of(document).get("result"))
    return _reply(row)


def complaint(document: object) -> str:
    """The reason in an error document: {"meta": {"errors": [{"message"}]}}; empty where there is none."""
    meta = row_of(row_of(document).get("meta"))
    errors = meta.get("errors")
    named = [text_of(row_of(one).get("message")) for one in errors] if isinstance(errors, list) else []
    line = "; ".join(one for one in (*named, text_of(row_of(meta.get("error")).get("message"))) if one)
    return "".join(sign if sign.isprintable() else " " for sign in line)[:200]


def has_words(row: Row) -> bool:
    """Whether what the customer wrote can be read, be it nothing: nobody answers words that he does not know."""
    return row.get("text") is None or isinstance(row["text"], str)


def answer_body(text: str, *, official: bool) -> Row:
    return {"text": text, "catalog": CATALOG, "isOfficialAnswer": official}


def _listed(row: Row, branch: Place, now: datetime) -> Listed | None:
    item_id = id_of(row)
    if not item_id:
        return None
    allowed = truth_of(row_of(row.get("allowedActions")).get("reply"))
    first = _first_answer(row.get("firstAnswer"))
    place = _branch(row.get("branch"), branch)
    review = Review(
        item_id=ItemId(item_id),
        created_at=moment_of(row.get("dateCreated")) or now,
        rating=stars_of(row.get("rating")),
        text=text_of(row.get("text")),
        author=text_of(row_of(row.get("user")).get("name")),
        product=Product(sku=place.id, name=place.name),
        photos=length_of(row.get("photos")),
        answer=first.answer if first else None,
    )
    return Listed(
        review=review,
        branch=place.id,
        answered=claimed(row.get("firstAnswer")) or claimed(row.get("hasCompanyComment")),
        comments=count_of(row.get("commentsCount")),
        may_reply=allowed,
        closed=_closed(row, allowed),
        is_whole="text" in row and "rating" in row and has_words(row),
    )


def _closed(row: Row, allowed: bool | None) -> str:
    if row.get("readonly") is True:
        return "2GIS shows this review for reading only"
    return "2GIS does not let this review be answered" if allowed is False else ""


def _branch(value: object, known: Place) -> Place:
    there = row_of(value)
    return Place(text_of(there.get("id")) or known.id, text_of(there.get("name")) or known.name)


def _first_answer(value: object) -> Reply | None:
    return _reply(value) if isinstance(value, dict) else None


def _reply(value: object) -> Reply | None:
    """None where there is neither an id nor a text; one without a text cannot be judged yet."""
    row = row_of(value)
    reply_id, text = text_of(row.get("id")), text_of(row.get("text"))
    if not reply_id and not text:
        return None
    state, reason = _state(row)
    if not text.strip() and state is AnswerState.VISIBLE:
        text, state = "", AnswerState.MODERATING
    return Reply(
        id=reply_id,
        text=text,
        state=state,
        reason=reason,
        official=truth_of(row.get("isOfficialAnswer")),
    )


def _state(row: Row) -> tuple[AnswerState, str]:
    """No state of a reply is described; the marks that 2GIS has on reviews are heeded where a reply carries them."""
    if flagged(row, "onModeration", "on_moderation", "isOnModeration"):
        return AnswerState.MODERATING, ""
    if flagged(row, "isHidden", "is_hidden"):
        why = text_of(row.get("hidingReason")) or text_of(row.get("hiding_reason"))
        return AnswerState.REJECTED, why or "2GIS hides the answer"
    return AnswerState.VISIBLE, ""


def _is_company(value: object) -> bool:
    """A reply of the company has type "reply" and an organisation; a comment that names a customer alone is none."""
    row = row_of(value)
    kind = row.get("type")
    has_org = isinstance(row.get("org"), dict) or row.get("isOfficialAnswer") is True
    if isinstance(kind, str) and kind:
        return kind == "reply" and (has_org or not isinstance(row.get("user"), dict))
    return has_org


def _is_ours(value: object) -> bool:
    """A row that names no catalogue is ours: the list was asked for ours alone."""
    catalog = row_of(value).get("catalog")
    name = text_of(row_of(catalog).get("id")) if isinstance(catalog, dict) else text_of(catalog)
    return name.lower() in ("", CATALOG)


def _result(document: object) -> Row:
    if not isinstance(document, dict):
        raise Unreadable("not a JSON object")
    result = document.get("result")
    if not isinstance(result, dict):
        raise Unreadable(complaint(document) or "the field result is missing")
    return result


def _rows(result: Row, *names: str) -> Sequence[object]:
    found = next((result[name] for name in names if isinstance(result.get(name), list)), None)
    if not isinstance(found, list):
        raise Unreadable("the list is missing")
    return found


def _each(rows: Sequence[object], read: Callable[[Row], T | None], what: str) -> Sequence[T]:
    found = [one for row in rows if isinstance(row, dict) and (one := read(row)) is not None]
    if lost := len(rows) - len(found):
        log.warning(UNREADABLE, lost, len(rows), what, extra={"action": "rows_left_out"})
    return found
