"""Reads the pages of the seller's cabinet: which items they show, and what stands beneath one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import AnswerState, Item, Kind, Product, PublishedAnswer, Question, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_market import wire
from feedback_service.platforms.yandex_market.refusals import BUSINESS
from feedback_service.ports.browser import Page
from feedback_service.transports.browser.entrance import OBSTACLES, Entrance
from feedback_service.transports.browser.selectors import Sections
from feedback_service.transports.documents import instant_of

Fields = Mapping[str, str]

SECTIONS = {Kind.REVIEW: "reviews", Kind.QUESTION: "questions"}


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment or answer beneath an item; `own` where our cabinet wrote it."""

    id: str
    own: bool
    answer: PublishedAnswer


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list: `status` need_reaction or all, `number` from 1 on."""

    status: str
    number: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """The items of one page of a list, with our own answers as far as the list shows them."""

    items: tuple[Item, ...]
    has_next: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetPages:
    """The pages of one cabinet, read in its own tab; every method runs on the browser's thread."""

    origin: str
    business: int
    sections: Sections
    entrance: Entrance

    def list_page(self, page: Page, kind: Kind, listing: Listing, now: datetime) -> ListPage:
        """Open and read one page of a list. Raises AccountFault or Retryable."""
        names = {"business": self.business, "section": SECTIONS[kind], "status": listing.status, "page": listing.number}
        self._enter(page, self.sections["pages"]["list"].format(**names))
        if trouble := self._trouble(page):
            raise Retryable(f"the cabinet's list of {SECTIONS[kind]} says: {trouble}")
        rows = page.rows(self.mark("card.row"), {**self._card(kind), **self._own_in_list()})
        items = tuple(item for row in rows if (item := self._item(row, kind, now)))
        if len(items) < len(rows):
            raise Retryable(self.changed(page, "card.id"))
        return ListPage(items, page.has(self.mark("list.next")))

    def item(self, page: Page, kind: Kind, item_id: ItemId, now: datetime) -> Item | None:
        """Open an item's own page and read it with our answer; None where there is none. Raises as `list_page`."""
        if not self.open_item(page, kind, item_id):
            return None
        found = [self._item(row, kind, now) for row in page.rows(self.mark("card.row"), self._card(kind))]
        item = next((one for one in found if one is not None and one.item_id == item_id), None)
        if item is None:
            raise Retryable(self.changed(page, "card.row"))
        own = self.own(page)
        return with_answer(item, own.answer if own else None)

    def is_at(self, page: Page, kind: Kind, item_id: ItemId) -> bool:
        """Whether the item's own page is open, however old it is."""
        return page.url == f"{self.origin}{self._path(kind, item_id)}"

    def open_item(self, page: Page, kind: Kind, item_id: ItemId) -> bool:
        """Open an item's own page; False where the cabinet says that there is none. Raises as `list_page`."""
        self._enter(page, self._path(kind, item_id))
        trouble = self._trouble(page)
        if trouble and self.sections["words"]["gone"] not in trouble:
            raise Retryable(f"the cabinet's page of {item_id} says: {trouble}")
        return not trouble

    def thread(self, page: Page) -> Sequence[Comment]:
        """The comments on the open page that answer the item itself, less the deleted ones, in their order."""
        marks, words = self.sections["thread"], self.sections["words"]
        rows = page.rows(marks["row"], {name: mark for name, mark in marks.items() if name != "row"})
        return [
            Comment(row["id"], row["author"] == words["own"], self._answer(row, row["id"]))
            for row in rows
            if not row["parent"] and row["status"] != words["deleted"]
        ]

    def own(self, page: Page) -> Comment | None:
        """Our own answer on the open page: of several the one that customers see, then the latest."""
        own = [one for one in self.thread(page) if one.own]
        order = (AnswerState.REJECTED, AnswerState.MODERATING, AnswerState.VISIBLE)
        return max(own, key=lambda one: (order.index(one.answer.state), len(one.id), one.id), default=None)

    def complaint(self, page: Page, done: str) -> str:
        """What a form that was just sent says against it; empty where the page has moved on, to `done` or elsewhere."""
        marks = {"form": self.mark("problem.form"), "page": self.mark("problem.page_row"), "done": done}
        if page.wait_for({**marks, **{name: self.entrance.marks[name] for name in OBSTACLES}}) != "form":
            return ""
        rows = page.rows(self.mark("problem.form_row"), {"text": self.mark("problem.form")})
        return " ".join(row["text"] for row in rows if row["text"]) or "no reason given"

    def mark(self, key: str, comment: str = "") -> str:
        """The selector of a "section.key"; `comment` is put in where it names one of our comments."""
        section, _, name = key.partition(".")
        return self.sections[section][name].replace("{id}", comment)

    def changed(self, page: Page, key: str) -> str:
        """The sentence for a page that does not show what it should."""
        return f"{page.url} may have changed: see {key} = {self.mark(key)!r} in the platform's selectors.toml"

    def _path(self, kind: Kind, item_id: ItemId) -> str:
        names = {"business": self.business, "section": SECTIONS[kind], "item": item_id}
        return self.sections["pages"]["item"].format(**names)

    def _enter(self, page: Page, path: str) -> None:
        """Always loaded anew: the page that is open may be older than what stands there now."""
        page.open(f"{self.origin}{path}")
        self.entrance.expect_ready(page)

    def _trouble(self, page: Page) -> str:
        """What a page that is none says; empty for a good one. Raises AccountFault for another's cabinet."""
        rows = page.rows(self.mark("problem.page_row"), {"text": self.mark("problem.page")})
        text = " ".join(row["text"] or "no reason given" for row in rows)
        if self.sections["words"]["no_access"] in text:
            raise AccountFault(f"the cabinet {self.business} is not open to this session ({text})", BUSINESS)
        return text

    def _card(self, kind: Kind) -> Fields:
        marks = self.sections["card"]
        texts = {"text": marks["review" if kind is Kind.REVIEW else "question"]}
        return texts | {name: mark for name, mark in marks.items() if name not in {"row", "review", "question"}}

    def _own_in_list(self) -> Fields:
        return {name: mark for name, mark in self.sections["list"].items() if name != "next"}

    def _item(self, row: Fields, kind: Kind, now: datetime) -> Item | None:
        if wire.number_of(row["id"]) is None:
            return None
        own = self._own(row)
        if kind is Kind.QUESTION:
            return with_answer(_question(row, now), own)
        return with_answer(_review(row, now), own)

    def _own(self, row: Fields) -> PublishedAnswer | None:
        """Our answer as a card of a list shows it; a page of one item shows it in the thread instead."""
        if not row.get("answer_id") or row["answer_status"] == self.sections["words"]["deleted"]:
            return None
        told = {"text": row["answer_text"], "status": row["answer_status"]}
        return self._answer(told, row["answer_id"])

    def _answer(self, row: Fields, answer_id: str) -> PublishedAnswer:
        words = self.sections["words"]
        states = {words["published"]: AnswerState.VISIBLE, words["banned"]: AnswerState.REJECTED}
        state = states.get(row["status"], AnswerState.MODERATING)
        return PublishedAnswer(row["text"], state, None, row.get("reason", ""), answer_id)


def with_answer(item: Item, answer: PublishedAnswer | None) -> Item:
    return item if answer is None else replace(item, answer=answer)


def _review(row: Fields, now: datetime) -> Review:
    stars = row["rating"]
    return Review(
        item_id=ItemId(row["id"]),
        created_at=instant_of(row["created_at"]) or now,
        rating=int(stars) if stars in {"1", "2", "3", "4", "5"} else 0,
        text=row["text"],
        pros=row["pros"],
        cons=row["cons"],
        author=row["author"],
        product=_product(row),
        photos=wire.number_of(row["photos"]) or 0,
    )


def _question(row: Fields, now: datetime) -> Question:
    return Question(
        item_id=ItemId(row["id"]),
        created_at=instant_of(row["created_at"]) or now,
        text=row["text"],
        author=row["author"],
        product=_product(row),
    )


def _product(row: Fields) -> Product:
    return Product(sku=row["sku"], name=row["product"], article=row["sku"])
