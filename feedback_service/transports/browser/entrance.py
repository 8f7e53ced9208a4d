"""Tells, when a cabinet's page is entered, whether it is the cabinet or something that a person must deal with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.ports.browser import Page

READY = "ready"
OBSTACLES: Mapping[str, str] = {
    "captcha": "the cabinet shows a captcha",
    "code": "the cabinet asks for a confirmation code",
    "blocked": "the cabinet has blocked this browser",
    "sign_in": "the session has ended: the cabinet asks to sign in",
}
"""The marks of a page that only a person gets past. They come before `ready`: a captcha often lies over the cabinet."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """`label` is "supplier/account"; `marks` is the selectors file's section [marks]: `ready` and any of OBSTACLES."""

    label: str
    marks: Mapping[str, str]

    def enter(self, page: Page, url: str) -> None:
        """Be on the cabinet's page `url`, signed in.

        Raises AccountFault with what a person must do, and Retryable where the page shows none of the marks.
        """
        if urldefrag(page.url).url != urldefrag(url).url:
            page.open(url)
        self.expect_ready(page)

    def expect_ready(self, page: Page) -> None:
        """Wait for a mark on the page that is open; raises like `enter`."""
        marks = {name: self.marks[name] for name in (*OBSTACLES, READY) if name in self.marks}
        try:
            found = page.wait_for(marks)
        except Retryable as problem:
            raise Retryable(self._unknown(problem, page)) from problem
        if found != READY:
            raise AccountFault(OBSTACLES[found], self._remedy())

    def _remedy(self) -> str:
        return f"run: feedback-service login {self.label}"

    def _unknown(self, problem: Retryable, page: Page) -> str:
        selector = self.marks.get(READY, "")
        return (
            f"{problem}; {page.url} may have changed: see marks.{READY} = {selector!r} in the platform's selectors.toml"
        )
