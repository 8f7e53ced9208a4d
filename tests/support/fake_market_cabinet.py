"""Yandex.Market's cabinet in memory, behind the ports Browser and Page: what it shows depends on the selectors file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef
from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.platforms.yandex_market import SPEC
from feedback_service.platforms.yandex_market.cabinet import YandexMarketCabinet
from feedback_service.ports.browser import Page, PageAnswer, PageCall, lost
from feedback_service.ports.platform import Access
from feedback_service.transports.browser.selectors import load
from tests.support.sandbox import HandClock

T = TypeVar("T")

URL = "https://cabinet.test"
BUSINESS = "77"
PER_PAGE = 3
PLACE = re.compile(
    r"/business/(?P<business>\d+)/(?P<section>reviews|questions)"
    r"(?:/(?P<item>\d+)|\?status=(?P<status>\w+)&page=(?P<page>\d+))"
)
SELECTORS = load("feedback_service.platforms.yandex_market", "selectors", None)

NOW = datetime(2026, 3, 10, tzinfo=UTC)
TEXT = "Спасибо за отзыв!"

Row = dict[str, str]


def keys_of(selector: str) -> Mapping[str, str]:
    """The names that the selectors file gives to what is read from the rows of a selector."""
    of_rows = {"card": ("card", "list"), "thread": ("thread",), "problem": ("problem",)}
    section = next(name for name in of_rows if selector in SELECTORS[name].values())
    return {mark: name for part in of_rows[section] for name, mark in SELECTORS[part].items()}


@dataclass
class FakeCabinet:
    """Items by id, their comments, and what goes wrong.

    `hidden` selectors are not on any page; a form that was sent leads to a freshly loaded one where it `moves`; scripts
    wait `late` seconds for the browser.
    """

    items: dict[str, Row] = field(default_factory=dict)
    comments: dict[str, list[Row]] = field(default_factory=dict)
    obstacle: str = ""
    problem: str = ""
    form_error: str = ""
    swallows: bool = False
    moves: bool = False
    hidden: set[str] = field(default_factory=set)
    late: float = 0.0
    on_send: Callable[[], None] = lambda: None
    opened: list[str] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    clock: HandClock = field(default_factory=HandClock)
    url: str = "about:blank"
    typed: dict[str, str] = field(default_factory=dict)
    complaint: str = ""
    writing: bool = False

    def review(self, number: int, text: str = "Хорошая кружка", **more: str) -> Row:
        """Let a customer write; a higher number is younger."""
        self.items[str(number)] = row = {
            "id": str(number),
            "section": "reviews",
            "created_at": f"2026-03-0{1 + number % 9}T12:00:00+03:00",
            "rating": "4",
            "review": text,
            "waits": "yes",
            **more,
        }
        return row

    def comment(self, item: int, text: str, number: int = 500, **more: str) -> Row:
        row = {"id": str(number), "author": "BUSINESS", "status": "PUBLISHED", "text": text, **more}
        self.comments.setdefault(str(item), []).append(row)
        return row

    def connector(self) -> YandexMarketCabinet:
        access = Access(
            label="berezka/market",
            base_url="",
            cabinet_url=URL,
            credentials={"business_id": BUSINESS},
            clock=self.clock,
            browser=self,
        )
        return YandexMarketCabinet.open(SPEC, access)

    async def run(self, script: Callable[[Page], T], seconds: float) -> T:
        self.writing = False
        self.clock.advance(self.late)
        return script(self)

    async def close(self) -> None: ...

    def open(self, url: str) -> None:
        self.url, self.complaint, self.typed = url, "", {}
        self.opened.append(url.removeprefix(URL))

    def fetch(self, call: PageCall) -> PageAnswer:
        raise AssertionError("the cabinet's calls are not known")

    def wait_for(self, marks: Mapping[str, str], seconds: float | None = None) -> str:
        for name, selector in marks.items():
            if self.has(selector):
                return name
        raise lost(f"none of {', '.join(marks)} is there", writing=self.writing)

    def has(self, selector: str) -> bool:
        if selector in self.hidden:
            return False
        marks = SELECTORS["marks"]
        if selector in marks.values():
            return selector == marks[self.obstacle or "ready"]
        if selector == SELECTORS["problem"]["form"]:
            return bool(self.complaint)
        if selector == SELECTORS["problem"]["page_row"]:
            return bool(self._trouble())
        if selector == SELECTORS["list"]["next"]:
            return self._has_next()
        if selector == SELECTORS["reply"]["done"]:
            return any(one["author"] == "BUSINESS" for one in self._thread())
        return self._form(selector) is not None

    def rows(self, selector: str, fields: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
        found = [] if selector in self.hidden else self._rows(selector)
        keys = keys_of(selector)
        return [{name: one.get(keys[mark], "") for name, mark in fields.items()} for one in found]

    def fill(self, selector: str, text: str) -> None:
        assert self.has(selector)
        self.typed[selector] = text

    def click(self, selector: str) -> bool:
        form = self._form(selector)
        assert form is not None
        self.sent.append(form)
        action, comment = form
        if self.form_error:
            self.complaint = self.form_error
        elif not self.swallows:
            self._store(action, comment)
        self.on_send()
        return self.moves

    def write_begins(self) -> None:
        self.writing = True

    def _store(self, action: str, comment: str) -> None:
        item = self._place()["item"]
        text = next(iter(self.typed.values()), "")
        if action == "reply":
            self.comment(int(item), text, 900 + len(self.sent))
            return
        kept = [one for one in self.comments[item] if one["id"] != comment or action == "edit"]
        self.comments[item] = [{**one, "text": text} if one["id"] == comment else one for one in kept]

    def _rows(self, selector: str) -> Sequence[Row]:
        if selector == SELECTORS["thread"]["row"]:
            return self._thread()
        if selector == SELECTORS["problem"]["form_row"]:
            return [{"form": self.complaint}]
        if selector == SELECTORS["problem"]["page_row"]:
            return [{"page": text}] if (text := self._trouble()) else []
        assert selector == SELECTORS["card"]["row"]
        return self._listed() if not self._place()["item"] else [self.items[self._place()["item"]]]

    def _listed(self) -> Sequence[Row]:
        start = (int(self._place()["page"]) - 1) * PER_PAGE
        return [self._card(one) for one in self._all()[start : start + PER_PAGE]]

    def _has_next(self) -> bool:
        return int(self._place()["page"]) * PER_PAGE < len(self._all())

    def _all(self) -> Sequence[Row]:
        place = self._place()
        found = [one for one in self.items.values() if one["section"] == place["section"]]
        waiting = [one for one in found if place["status"] == "all" or one.get("waits")]
        return sorted(waiting, key=lambda one: int(one["id"]), reverse=True)

    def _card(self, item: Row) -> Row:
        own = next((one for one in self.comments.get(item["id"], []) if one["author"] == "BUSINESS"), None)
        return item if own is None else {**item, **{f"answer_{name}": own[name] for name in ("id", "status", "text")}}

    def _thread(self) -> Sequence[Row]:
        return self.comments.get(self._place()["item"] or "", [])

    def _trouble(self) -> str:
        place = self._place()
        if self.problem or place["business"] != BUSINESS:
            return self.problem or "Нет доступа к этому кабинету"
        return "Такой страницы нет" if place["item"] and place["item"] not in self.items else ""

    def _form(self, selector: str) -> tuple[str, str] | None:
        """The form that the selector belongs to: its action, and the comment that it names."""
        for action in ("reply", "edit", "delete"):
            for comment in ["", *(one["id"] for one in self._thread())]:
                if selector in {one.replace("{id}", comment) for one in SELECTORS[action].values()}:
                    return (action, comment)
        return None

    def _place(self) -> Mapping[str, str]:
        found = PLACE.fullmatch(self.url.removeprefix(URL))
        if found is None:
            raise Retryable(f"no such page: {self.url}")
        return found.groupdict()


def dispatch(item: str = "1", text: str = TEXT, **more: object) -> Dispatch:
    blank = Dispatch(
        id=DispatchId(1),
        feedback_id=FeedbackId(1),
        account_id=AccountId(1),
        ref=ref(item),
        action=Action.ANSWER,
        text=text,
        fingerprint="",
        status=DispatchStatus.SENDING,
        revision=1,
    )
    return replace(blank, **more)  # type: ignore[arg-type]  # free


def ref(item: str, kind: Kind = Kind.REVIEW) -> ItemRef:
    return ItemRef(ItemId(item), kind, NOW)
