"""Flamp's pages in memory, behind the ports Browser and Page: what they show depends on the selectors file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.flamp import SPEC
from feedback_service.platforms.flamp.cabinet import FlampCabinet
from feedback_service.ports.browser import Page, PageAnswer, PageCall, lost
from feedback_service.ports.platform import Access
from feedback_service.transports.browser.selectors import load
from tests.support.fake_flamp import FILIAL
from tests.support.sandbox import HandClock

T = TypeVar("T")

URL = "https://flamp.test"
SELECTORS = load("feedback_service.platforms.flamp", "selectors", None)
Row = dict[str, str]


@dataclass
class FakePages:
    """The official answers beneath each review, and what goes wrong.

    `hidden` selectors are not on any page; a form that was sent leads to a freshly loaded page where it `moves`;
    scripts wait `late` seconds for the browser; `on_send` runs when a form was sent.
    """

    answers: dict[str, list[Row]] = field(default_factory=lambda: {f"{FILIAL}/1": []})
    obstacle: str = ""
    problem: str = ""
    claim: bool = False
    after_sending: str = ""
    form_error: str = ""
    swallows: bool = False
    moves: bool = True
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

    def answer(self, text: str, number: int = 500, item: str = f"{FILIAL}/1", status: str = "") -> Row:
        row = {"id": str(number), "text": text, "status": status}
        self.answers[item].append(row)
        return row

    def texts(self, item: str = f"{FILIAL}/1") -> list[str]:
        return [one["text"] for one in self.answers[item]]

    def connector(self, filials: str = FILIAL) -> FlampCabinet:
        access = Access(
            label="berezka/flamp",
            base_url="",
            cabinet_url=URL,
            credentials={"filial_ids": filials},
            clock=self.clock,
            browser=self,
        )
        return FlampCabinet.open(SPEC, access)

    async def run(self, script: Callable[[Page], T], seconds: float) -> T:
        self.writing = False
        self.clock.advance(self.late)
        return script(self)

    async def close(self) -> None: ...

    def open(self, url: str) -> None:
        self.url, self.complaint, self.typed = url, "", {}
        self.opened.append(url.removeprefix(URL))

    def fetch(self, call: PageCall) -> PageAnswer:
        raise AssertionError("no call of Flamp's pages is known")

    def wait_for(self, marks: Mapping[str, str], seconds: float | None = None) -> str:
        for name, selector in marks.items():
            if self.has(selector):
                return name
        raise lost(f"none of {', '.join(marks)} is there", writing=self.writing)

    def has(self, selector: str) -> bool:
        if selector in self.hidden:
            return False
        if selector in SELECTORS["marks"].values():
            return selector == SELECTORS["marks"][self.obstacle or "ready"]
        if selector == SELECTORS["problem"]["form"]:
            return bool(self.complaint)
        if selector == SELECTORS["problem"]["page_row"]:
            return bool(self._trouble())
        if selector == SELECTORS["problem"]["claim"]:
            return self.claim
        if selector == SELECTORS["reply"]["done"]:
            return bool(self._standing())
        return self._form(selector) is not None

    def rows(self, selector: str, fields: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
        if selector == SELECTORS["problem"]["form_row"]:
            return [dict.fromkeys(fields, self.complaint)]
        if selector == SELECTORS["problem"]["page_row"]:
            return [dict.fromkeys(fields, text)] if (text := self._trouble()) else []
        assert selector == SELECTORS["answer"]["row"]
        names = {mark: name for name, mark in SELECTORS["answer"].items()}
        found = [] if selector in self.hidden else self._standing()
        return [{name: one[names[mark]] for name, mark in fields.items()} for one in found]

    def fill(self, selector: str, text: str) -> None:
        assert self.has(selector)
        self.typed[selector] = text

    def click(self, selector: str) -> bool:
        form = self._form(selector)
        assert form is not None
        assert self.writing, "a click that may write was not announced"
        self.sent.append(form)
        if self.form_error:
            self.complaint = self.form_error
        elif self.after_sending:
            self.problem = self.after_sending
        elif not self.swallows:
            self._store(*form)
        self.on_send()
        return self.moves

    def write_begins(self) -> None:
        self.writing = True

    def _store(self, action: str, answer: str) -> None:
        if action == "reply":
            self.answer(next(iter(self.typed.values())), 900 + len(self.sent), self._item())
        else:
            self.answers[self._item()] = [one for one in self._standing() if one["id"] != answer]

    def _standing(self) -> list[Row]:
        return self.answers.get(self._item(), [])

    def _trouble(self) -> str:
        return self.problem or ("" if self._item() in self.answers or "/firm/" in self.url else "Отзыв не найден")

    def _form(self, selector: str) -> tuple[str, str] | None:
        """The form that the selector belongs to: its action, and the answer that it names."""
        for action in ("reply", "delete"):
            for answer in ["", *(one["id"] for one in self._standing())]:
                if selector in {one.replace("{id}", answer) for one in SELECTORS[action].values()}:
                    return (action, answer)
        return None

    def _item(self) -> str:
        found = re.search(r"([0-9]+)/([0-9]+)$", self.url)
        if found is None and "/firm/" not in self.url:
            raise Retryable(f"no such page: {self.url}")
        return found[0] if found else ""
