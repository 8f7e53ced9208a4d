"""Reads Flamp's pages as a company's representative sees them: what stands beneath a review, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import AnswerState
from feedback_service.platforms.flamp.wire import Place
from feedback_service.ports.browser import Page
from feedback_service.transports.browser.entrance import OBSTACLES, Entrance
from feedback_service.transports.browser.selectors import Sections

UNKNOWN_PENALTY = 60.0
"""Seconds to stay away from a page that says "too often" without a number."""
CLAIM = "become it on the company's page: «Это моя компания»; see that filial_ids are your own company's"
NO_REASON = "no reason given"


@dataclass(frozen=True, slots=True)
class Standing:
    """An official answer as the page shows it."""

    id: str
    text: str
    state: AnswerState


@dataclass(frozen=True, slots=True)
class FlampPages:
    """The pages of one signed-in browser, read in its own tab; every method runs on the browser's thread."""

    origin: str
    sections: Sections
    entrance: Entrance

    def open_filial(self, page: Page, filial: str) -> str:
        """Open a company's page as its representative; what it says against being shown, empty where it is shown.

        Raises as `open_review`.
        """
        said = self._opened(page, self.sections["pages"]["filial"].format(filial=filial))
        self.expect_representative(page)
        return said

    def open_review(self, page: Page, place: Place) -> bool:
        """Open a review's own page, always anew; False where Flamp says that there is none.

        Raises AccountFault or Retryable.
        """
        names = {"filial": place.filial, "review": place.review}
        return not self._opened(page, self.sections["pages"]["review"].format(**names))

    def expect_representative(self, page: Page) -> None:
        """Raises AccountFault where the open page offers to become the company's representative."""
        if page.has(self.mark("problem.claim")):
            raise AccountFault(f"Flamp does not take this login for the company's representative: {page.url}", CLAIM)

    def standing(self, page: Page) -> Sequence[Standing]:
        """The official answers on the open page, in its order."""
        marks = self.sections["answer"]
        rows = page.rows(marks["row"], {name: mark for name, mark in marks.items() if name != "row"})
        return [Standing(row["id"], row["text"], self._state(row["status"])) for row in rows]

    def complaint(self, page: Page, done: str) -> str:
        """What follows a form that was just sent: its complaint, or empty where the page has moved on, to `done` or
        elsewhere. Raises Retryable where the page says that it comes too early.
        """
        marks = {"form": self.mark("problem.form"), "page": self.mark("problem.page_row"), "done": done}
        obstacles = {name: self.entrance.marks[name] for name in OBSTACLES if name in self.entrance.marks}
        shown = page.wait_for({**marks, **obstacles})
        if shown == "page":
            self._heed(self._problem(page))
        if shown != "form":
            return ""
        rows = page.rows(self.mark("problem.form_row"), {"text": self.mark("problem.form")})
        said = " ".join(row["text"] for row in rows if row["text"]) or NO_REASON
        self._heed(said)
        return said

    def mark(self, key: str, answer: str = "") -> str:
        """The selector of a "section.key"; `answer` is put in where it names one."""
        section, _, name = key.partition(".")
        return self.sections[section][name].replace("{id}", answer)

    def changed(self, page: Page, key: str) -> str:
        """The sentence for a page that does not show what it should."""
        return f"{page.url} may have changed: see {key} = {self.mark(key)!r} in the platform's selectors.toml"

    def _opened(self, page: Page, path: str) -> str:
        page.open(f"{self.origin}{path}")
        self.entrance.expect_ready(page)
        said = self._problem(page)
        self._heed(said)
        if said and self.sections["words"]["gone"] not in said:
            raise Retryable(f"{page.url} says: {said}")
        return said

    def _problem(self, page: Page) -> str:
        rows = page.rows(self.mark("problem.page_row"), {"text": self.mark("problem.page")})
        return " ".join(row["text"] or NO_REASON for row in rows)

    def _heed(self, said: str) -> None:
        if self.sections["words"]["too_often"] not in said:
            return
        number = re.search(r"[0-9]{1,6}", said)
        raise Retryable(f"Flamp's page says: {said}", float(number[0]) if number else UNKNOWN_PENALTY)

    def _state(self, said: str) -> AnswerState:
        words = self.sections["words"]
        if words["declined"] in said:
            return AnswerState.REJECTED
        return AnswerState.MODERATING if words["moderated"] in said else AnswerState.VISIBLE
