"""Reads one review out of Zoon's HTML, in each of the three markups that others have seen."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from bs4 import Tag
from bs4.element import NavigableString

from feedback_service.domain.feedback import AnswerState, PublishedAnswer
from feedback_service.platforms.zoon.dates import day_of, moment_of

REPLIES = ".subcomments"
TEXTS = ('[itemprop="text"] .js-comment-content', '[itemprop="text"]', ".js-comment-content", ".comment-text")
DATES = ('[itemprop="datePublished"]', ".gray")
AUTHORS = ('[itemprop="author"]', ".name")
FULL = re.compile(r"(?:^|;)\s*width:\s*(\d+(?:\.\d+)?)%")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
HELD = (("модерац", AnswerState.MODERATING), ("отклон", AnswerState.REJECTED))
"""How a reply might say that customers do not see it: a guess, as nobody has described it."""
ORDER = (AnswerState.VISIBLE, AnswerState.MODERATING, AnswerState.REJECTED)


@dataclass(frozen=True, slots=True)
class Row:
    """A review as it stands in a list. `own_id` is its attribute data-id, which no source is sure of.

    `is_by_anybody`: whether what counts as its answer may as well be another customer's comment.
    """

    own_id: str
    author: str
    moment: datetime
    rating: int
    text: str
    answer: PublishedAnswer | None = None
    is_by_anybody: bool = field(default=False, compare=False)

    @property
    def day(self) -> date:
        return day_of(self.moment)

    @property
    def key(self) -> tuple[object, ...]:
        """What stays the same while a list is read."""
        return (self.own_id, self.author, self.moment, self.rating, self.text)


def row_of(element: Tag, now: datetime) -> Row | None:
    """The review; None where its date cannot be read, or it says nothing at all."""
    one = copy.copy(element)
    replies = [reply for box in one.select(REPLIES) for reply in _replies(box)]
    for box in one.select(REPLIES):
        box.extract()
    moment = _moment(one, now)
    author, rating, text = _author(one), _rating(one), _words(one)
    if moment is None or not (author or rating or text):
        return None
    doubtful = bool(replies) and not any(_is_official(reply) for reply in replies)
    own_id = str(element.get("data-id") or "").strip()
    return Row(own_id, author, moment, rating, text, _answer(replies), doubtful)


def _replies(box: Tag) -> list[Tag]:
    found = list(box.find_all(["li", "div"], recursive=False))
    return found or ([box] if box.get_text(strip=True) else [])


def _answer(replies: list[Tag]) -> PublishedAnswer | None:
    """What stands beneath the review: any reply counts, as nothing known for sure tells the owner's from another's.

    One whose author is a link, or whose data-type is not that of customers' comments, comes first; then what all see.
    """
    told = [(not _is_official(one), _reply(one)) for one in replies]
    return min(told, key=lambda one: (one[0], ORDER.index(one[1].state)))[1] if told else None


def _is_official(reply: Tag) -> bool:
    """By what one source takes for the owner's (with a doubt of its own), and by a guess."""
    kind = str(reply.get("data-type") or "comment")
    return reply.select_one("strong a[href]") is not None or not kind.endswith("comment")


def _reply(element: Tag) -> PublishedAnswer:
    one = copy.copy(element)
    shown = next((found for mark in TEXTS if (found := one.select_one(mark))), None)
    if shown is not None:
        shown.extract()
    around = " ".join(one.get_text(" ").lower().split())
    for mark in (*AUTHORS, *DATES):
        for head in one.select(mark):
            head.extract()
    text = _plain(shown if shown is not None else one).strip()
    state = next((state for word, state in HELD if shown is not None and word in around), AnswerState.VISIBLE)
    return PublishedAnswer(text, state, None, "", str(element.get("data-id") or "").strip())


def _author(one: Tag) -> str:
    told = str(one.get("data-author") or "")
    if not told:
        holder = next((found for mark in AUTHORS if (found := one.select_one(mark))), None)
        told = str(holder.get("content") or holder.get_text()) if holder else ""
    return " ".join(told.split())


def _moment(one: Tag, now: datetime) -> datetime | None:
    for mark in DATES:
        for found in one.select(mark):
            for told in (found.get("content"), found.get("datetime"), found.get_text(" ")):
                if told and (moment := moment_of(str(told), now)):
                    return moment
    return None


def _rating(one: Tag) -> int:
    """1 to 5; 0 where the review has no mark. What is between two numbers is the lower one."""
    if (told := one.select_one(".stars-rating-text")) and (found := NUMBER.search(told.get_text())):
        return _stars(float(found.group().replace(",", ".")))
    widths = (FULL.search(str(star.get("style") or "")) for star in one.select(".star-item > span"))
    return _stars(sum(float(width.group(1)) for width in widths if width) / 100)


def _stars(number: float) -> int:
    return int(number) if 1 <= number < 6 else 0


def _words(one: Tag) -> str:
    """The whole text: a long one comes in two parts with a mark between them."""
    for mark in one.select(".js-comment-splitmarker"):
        mark.extract()
    rest = [found.extract() for found in one.select(".js-comment-additional-text")]
    short = one.select_one(".js-comment-short-text")
    if short is None:
        short = next((found for mark in TEXTS if (found := one.select_one(mark))), None)
    first = short.find("span") or short if short is not None else None
    parts = [part for part in (first, *rest) if isinstance(part, Tag)]
    return "".join(_plain(part).strip("\n\t") for part in parts).strip()


def _plain(one: Tag) -> str:
    """The text with its line breaks; where they are written as <br>, those of the source text are only spaces."""
    marked = one.find("br") is not None
    text = "".join(_pieces(one, marked=marked)).replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r" *\n *", "\n", text) if marked else text


def _pieces(one: Tag, *, marked: bool) -> Iterator[str]:
    for piece in one.descendants:
        if isinstance(piece, NavigableString):
            yield re.sub(r"[ \t]*[\r\n]+[ \t]*", " ", piece) if marked else str(piece)
        elif isinstance(piece, Tag) and piece.name == "br":
            yield "\n"
