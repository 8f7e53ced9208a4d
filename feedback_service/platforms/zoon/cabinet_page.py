"""Reads the pages on which an organisation answers its reviews: which reviews they show, what stands beneath one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import AnswerState, PublishedAnswer
from feedback_service.platforms.zoon.dates import day_of, moment_of
from feedback_service.platforms.zoon.naming import Shown, folded
from feedback_service.ports.browser import Page
from feedback_service.transports.browser.entrance import OBSTACLES, Entrance
from feedback_service.transports.browser.selectors import Sections

Fields = Mapping[str, str]

RIGHTS = "see that this login may answer for the organisation, and that organization_ids is right"
CHANGED = "the page does not show the review as the list does; nothing was sent"
UNSURE = "several reviews read like this one and were left other marks; nothing was sent"
MOST_PAGES = 50
OUTCOMES = ("form", "page", "done", "ready")
"""What a form may lead to, besides the obstacles; what says no comes first."""


@dataclass(frozen=True, slots=True)
class Card:
    """A review as the page shows it; `key` is what tells its forms from the others'."""

    key: str
    own_id: str
    author: str
    moment: datetime | None
    text: str

    @property
    def day(self) -> date | None:
        return day_of(self.moment) if self.moment else None

    def is_of(self, shown: Shown) -> bool:
        """By its id where both tell one; its writer and day else; its words in any case."""
        if self.own_id and shown.own_id:
            same = self.own_id == shown.own_id
        else:
            same = folded(self.author) == folded(shown.review.author) and self.day == shown.day
        return same and same_text(self.text, shown.review.text)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a review stands: its key on the open page, and the first page that shows it or its like."""

    key: str
    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetPages:
    """The pages of one account, in its own tab; every method runs on the browser's thread."""

    origin: str
    sections: Sections
    entrance: Entrance

    def open(self, page: Page, organisation: str, number: int = 1) -> None:
        """Open a page of an organisation's reviews, always loaded anew. Raises AccountFault or Retryable."""
        path = self.sections["pages"]["reviews"].format(organization=organisation, page=number)
        page.open(f"{self.origin}{path}")
        if (trouble := self._trouble(page)) is not None:
            raise trouble
        self.entrance.expect_ready(page)
        owners = [row["owner"] for row in page.rows(self.mark("list.owner"), {"owner": "@data-owner-id"})]
        if organisation not in owners:
            raise Retryable(f"{page.url} is not the page of {organisation}: see pages.reviews in selectors.toml")

    def find(self, page: Page, shown: Shown, now: datetime, first: int = 1) -> Spot:
        """Open the page that shows the review, looked for from the page `first` on.

        Raises Retryable where it is not there or may be another. Reviews that say the same on the same day are told by
        their minutes, or by their order, if the pages show as many as the list.
        """
        found: list[tuple[int, Card]] = []
        for number in range(first, first + MOST_PAGES):
            self.open(page, shown.organisation, number)
            cards = self._cards(page, now)
            found += [(number, card) for card in cards if card.is_of(shown)]
            is_below = bool(cards) and (cards[-1].day or shown.day) < shown.day
            if _is_sure(found, shown) or is_below or not page.has(self.mark("list.next")):
                break
        return self._settled(page, shown, found, number)

    def replies(self, page: Page, key: str) -> Sequence[PublishedAnswer]:
        """What the open page shows beneath the review."""
        marks = self.sections["reply"]
        rows = page.rows(self.mark("reply.row", key), {name: marks[name] for name in ("id", "text", "status")})
        return [PublishedAnswer(row["text"], self._state(row), None, row["status"], row["id"]) for row in rows]

    def outcome(self, page: Page, done: str, *, moved: bool) -> tuple[str, str]:
        """What a form that was just sent led to: "form" or "page" with their words against it, or something else.

        A mark that stood there before proves nothing, unless another page was loaded.
        """
        marks = {
            "form": self.mark("problem.form"),
            "page": self.mark("problem.page"),
            "done": done,
            "ready": self.mark("marks.ready"),
        }
        wanted = {name: marks[name] for name in OUTCOMES if moved or name != "ready"}
        found = page.wait_for({**wanted, **{name: self.entrance.marks[name] for name in OBSTACLES}})
        return found, self._said(page, marks[found]) if found in ("form", "page") else ""

    def mark(self, key: str, row: str = "", reply: str = "") -> str:
        """The selector of a "section.key"; {key} is put in for the review's own part of the page, {id} for a reply."""
        section, _, name = key.partition(".")
        return self.sections[section][name].replace("{key}", _quoted(row)).replace("{id}", _quoted(reply))

    def changed(self, page: Page, key: str) -> str:
        """The sentence for a page that does not show what it should."""
        return f"{page.url} may have changed: see {key} = {self.mark(key)!r} in the platform's selectors.toml"

    def _cards(self, page: Page, now: datetime) -> Sequence[Card]:
        marks = self.sections["card"]
        rows = page.rows(marks["row"], {name: mark for name, mark in marks.items() if name != "row"})
        return [_card(row, now) for row in rows]

    def _settled(self, page: Page, shown: Shown, found: Sequence[tuple[int, Card]], at: int) -> Spot:
        keys = {card.key for _, card in found}
        if not _is_sure(found, shown) and len(found) != shown.twins:
            raise Retryable(CHANGED)
        if "" in keys or len(keys) < len(found):
            raise Retryable(self.changed(page, "card.key"))
        number, card = found[0] if len(found) == 1 else _twin(found, shown)
        if number != at:
            self.open(page, shown.organisation, number)
        return Spot(card.key, min(number for number, _ in found))

    def _trouble(self, page: Page) -> AccountFault | Retryable | None:
        """What a page that is none says. An error of another kind is left to the entrance."""
        if not page.has(self.mark("problem.page")):
            return None
        said = self._said(page, self.mark("problem.page"))
        if self.sections["words"]["no_access"] in said:
            return AccountFault(f"Zoon does not let this login answer ({said})", RIGHTS)
        return Retryable(f"{page.url} says: {said}")

    def _said(self, page: Page, selector: str) -> str:
        return " ".join(" ".join(row["text"].split()) for row in page.rows(selector, {"text": ""})) or "no reason given"

    def _state(self, row: Fields) -> AnswerState:
        words, status = self.sections["words"], row["status"].lower()
        if words["moderated"] in status:
            return AnswerState.MODERATING
        return AnswerState.REJECTED if words["rejected"] in status else AnswerState.VISIBLE


def _card(row: Fields, now: datetime) -> Card:
    return Card(row["key"], row["id"].strip(), row["author"], moment_of(row["date"], now), row["text"])


def _is_sure(found: Sequence[tuple[int, Card]], shown: Shown) -> bool:
    """Whether it is the one by the number that both sides tell."""
    return len(found) == 1 and bool(found[0][1].own_id) and found[0][1].own_id == shown.own_id


def _twin(found: Sequence[tuple[int, Card]], shown: Shown) -> tuple[int, Card]:
    """The one of the shown minute, where both sides tell it; else by its place, where none was left another mark.

    How the pages order the reviews of a day is not known, and a card does not tell its mark.
    """
    wanted = _minute(shown.review.created_at)
    same = [one for one in found if one[1].moment and _minute(one[1].moment) == wanted]
    if shown.is_timed and len(same) == 1:
        return same[0]
    if not shown.alike:
        raise Retryable(UNSURE)
    return found[-1 - shown.twin]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _quoted(text: str) -> str:
    """As the inside of a string of CSS."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
