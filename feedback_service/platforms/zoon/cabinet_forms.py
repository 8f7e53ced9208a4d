"""Fills the forms beneath a review, once each, and looks afterwards at what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Dispatch
from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, PublishedAnswer
from feedback_service.platforms.zoon.cabinet_page import CabinetPages, Spot
from feedback_service.platforms.zoon.naming import Shown
from feedback_service.ports.browser import Page

ANSWERED_MEANWHILE = "an answer stands there by now; nothing was sent"
SECONDS = re.compile(r"\d{1,5}")
TOO_OFTEN = 60.0
"""Seconds to wait where Zoon asks for a pause without saying how long."""


@dataclass(frozen=True, slots=True)
class CabinetForms:
    """The writes of one account; every method runs on the browser's thread.

    `in_time` says whether whoever waits for the write still does: a script may have to wait for the browser.
    """

    pages: CabinetPages
    now: datetime
    in_time: Callable[[], bool]

    def answer(self, page: Page, shown: Shown, text: str) -> str:
        """Write a new answer where none stands; returns its id. Raises Retryable, InDoubt, Refused or AccountFault."""
        spot = self.pages.find(page, shown, self.now)
        if any(one.state is not AnswerState.REJECTED for one in self.pages.replies(page, spot.key)):
            raise Retryable(ANSWERED_MEANWHILE)
        page.fill(self._require(page, "answer.text", spot.key), text)
        self._send(page, self._require(page, "answer.send", spot.key), self.pages.mark("reply.row", spot.key))
        landed = [one for one in self._beneath(page, shown, spot) if same_text(one.text, text)]
        if not landed:
            raise InDoubt("the form was sent, and the page does not show the text")
        return landed[0].platform_id

    def delete(self, page: Page, shown: Shown, dispatch: Dispatch) -> None:
        """Take our answer away: that of the receipt, else the one that reads so; harmless where it is gone."""
        spot = self.pages.find(page, shown, self.now)
        ours = _ours(self.pages.replies(page, spot.key), dispatch)
        if ours is None:
            return
        button = self._require(page, "delete.send", spot.key, ours.platform_id)
        self._send(page, button, self.pages.mark("marks.ready"))
        if _ours(self._beneath(page, shown, spot), dispatch) is not None:
            raise InDoubt("the page still shows the answer that was deleted")

    def _require(self, page: Page, mark: str, key: str, reply: str = "") -> str:
        selector = self.pages.mark(mark, key, reply)
        if not page.has(selector):
            raise Retryable(self.pages.changed(page, mark))
        return selector

    def _send(self, page: Page, button: str, done: str) -> None:
        """Click once. Only a plain no of the form or of a page after it says that nothing was stored."""
        if not self.in_time():
            raise Retryable("the browser was busy for too long; nothing was sent")
        page.write_begins()
        moved = page.click(button)
        found, said = self.pages.outcome(page, done, moved=moved)
        if found in ("form", "page") and self.pages.sections["words"]["too_often"] in said:
            raise Retryable(f"Zoon says: {said}", _seconds(said))
        if found == "form":
            raise Refused(f"the form says: {said}")

    def _beneath(self, page: Page, shown: Shown, spot: Spot) -> Sequence[PublishedAnswer]:
        """What stands beneath the review on a freshly loaded page; newer reviews can only have pushed it down."""
        try:
            return self.pages.replies(page, self.pages.find(page, shown, self.now, spot.first).key)
        except (Retryable, AccountFault) as problem:
            raise InDoubt(f"after sending: {problem}; it may have been written") from problem


def _ours(replies: Sequence[PublishedAnswer], dispatch: Dispatch) -> PublishedAnswer | None:
    if dispatch.receipt_id:
        return next((one for one in replies if one.platform_id == dispatch.receipt_id), None)
    return next((one for one in replies if same_text(one.text, dispatch.text)), None)


def _seconds(said: str) -> float:
    found = SECONDS.search(said)
    return float(found.group()) if found else TOO_OFTEN
