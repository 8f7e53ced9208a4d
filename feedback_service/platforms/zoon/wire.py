"""Zoon's list of reviews, by its call and by the organisation's page, as rows in the order in which they came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bs4 import Tag

from feedback_service.platforms.zoon.bounds import TooMuch
from feedback_service.platforms.zoon.markup import REPLIES, Row, row_of
from feedback_service.platforms.zoon.unwrapping import parsed, unwrapped

ON_A_PAGE = ('.js-comment[data-type="comment"]', ".js-comment-container-wrapper", "li[data-author]")
"""The newest markup seen first."""
MORE = ".js-show-more-box, .js-show-more"

Rows = tuple[Row | None, ...]
"""None where a review cannot be read: it still counts where the list is cut into pieces."""


class Unreadable(Exception):
    """This is not the list that was asked for."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """An organisation's page: whose it is, what it shows, whether there is more, and where if that is a link."""

    owners: frozenset[str]
    rows: Rows
    has_more: bool
    more: str


def read_list(document: object, now: datetime) -> Rows:
    """One piece of the list; empty at its end. Raises Unreadable."""
    html = document.get("list") if isinstance(document, dict) else None
    if not isinstance(html, str):
        raise Unreadable("the list is missing")
    try:
        soup = unwrapped(html)
    except TooMuch as problem:
        raise Unreadable(str(problem)) from None
    return _readable([row_of(one, now) for one in _outermost(soup.select("li, .js-comment"))], html)


def read_page(html: str, now: datetime) -> ShownPage:
    """An organisation's page. Raises Unreadable where it is something else."""
    try:
        soup = parsed(html)
    except TooMuch as problem:
        raise Unreadable(str(problem)) from None
    owners = frozenset(str(one["data-owner-id"]) for one in soup.select("[data-owner-id]"))
    if not owners:
        raise Unreadable("it is no page of an organisation")
    found = next((there for mark in ON_A_PAGE if (there := _outermost(soup.select(mark)))), [])
    more = soup.select(MORE)
    links = [str(one.get("href") or "") for box in more for one in (box, *box.select("a"))]
    rows = _readable([row_of(one, now) for one in found], html if found else "")
    return ShownPage(owners, rows, bool(more), next((link for link in links if _leads_on(link)), ""))


def _leads_on(link: str) -> bool:
    return bool(link) and not link.startswith(("#", "javascript:"))


def _outermost(elements: Iterable[Tag]) -> list[Tag]:
    """Those that lie in none of the others, and in no reply."""
    found: list[Tag] = []
    inside: set[int] = set()
    for one in elements:
        if id(one) in inside or one.find_parent(class_=REPLIES[1:]):
            continue
        found.append(one)
        inside.update(id(inner) for inner in one.descendants)
    return found


def _readable(rows: list[Row | None], html: str) -> Rows:
    if html.strip() and not any(rows):
        raise Unreadable(f"none of its {len(rows)} reviews can be read")
    return tuple(rows)
