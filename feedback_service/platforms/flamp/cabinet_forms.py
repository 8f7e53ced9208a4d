"""Fills the forms of a review's page, once each, and looks afterwards at what came of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Dispatch
from feedback_service.domain.errors import AccountFault, FeedbackServiceError, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState
from feedback_service.platforms.flamp.cabinet_page import FlampPages, Standing
from feedback_service.platforms.flamp.wire import Place
from feedback_service.ports.browser import Page

log = logging.getLogger(__name__)

NUMBER = re.compile(r"[\w-]{1,64}")
"""What an answer is chosen by among the others must not say anything else in a selector."""
ANSWERED_MEANWHILE = "an official answer stands there meanwhile: it is looked at again before anything is sent"
ANOTHER = "an official answer stands there that reads otherwise: if it is ours, take it away there by hand"


@dataclass(frozen=True, slots=True)
class FlampForms:
    """The writes beneath one review; every method runs on the browser's thread.

    `in_time` says whether whoever waits for the write still does: a script may have to wait for the browser, and
    nothing may be sent for somebody who has given up and might look already whether it arrived.
    """

    pages: FlampPages
    place: Place
    in_time: Callable[[], bool]

    def answer(self, page: Page, text: str) -> None:
        """Write a new answer where none stands. Raises Retryable, InDoubt, Refused or AccountFault.

        The page is looked at first, as a second answer would stand beside the first, for all that is known. One that
        waits for moderation is seen here alone: whether the API shows it is not known.
        """
        if not self._is_there(page):
            raise Refused(f"Flamp has no page of review {self.place.item_id}")
        if any(one.state is not AnswerState.REJECTED for one in self.pages.standing(page)):
            raise Retryable(ANSWERED_MEANWHILE)
        self.pages.expect_representative(page)
        page.fill(self._required(page, "reply.text"), text)
        self._required(page, "reply.send")
        written = self._of(page, text) if self._click(page, "reply.send", "", "reply.done") else []
        if not written:
            self._reopen(page)
            written = self._of(page, text)
        if not written:
            raise InDoubt("Flamp took the form, and its page does not show the text")
        self._take_away_copies(page, written[1:])

    def delete(self, page: Page, dispatch: Dispatch) -> None:
        """Take our answer away; harmless where it is gone. Raises Refused where only another's stands."""
        if not self._is_there(page):
            return
        standing = self.pages.standing(page)
        numbered = [one for one in standing if one.id and one.id == dispatch.receipt_id]
        worded = [one for one in standing if same_text(one.text, dispatch.text)]
        ours = numbered or sorted(worded, key=lambda one: one.state is AnswerState.REJECTED)
        if not ours:
            if any(one.state is not AnswerState.REJECTED for one in standing):
                raise Refused(ANOTHER)
            return
        self._delete(page, ours[0].id)

    def _delete(self, page: Page, answer: str) -> None:
        if not NUMBER.fullmatch(answer):
            raise Retryable(self.pages.changed(page, "answer.id"))
        self._required(page, "delete.send", answer)
        self._click(page, "delete.send", answer, "marks.ready")
        self._reopen(page)
        if any(one.id == answer for one in self.pages.standing(page)):
            raise InDoubt("Flamp still shows the answer that was deleted")

    def _is_there(self, page: Page) -> bool:
        return self.pages.open_review(page, self.place)

    def _required(self, page: Page, key: str, answer: str = "") -> str:
        selector = self.pages.mark(key, answer)
        if not page.has(selector):
            raise Retryable(self.pages.changed(page, key))
        return selector

    def _click(self, page: Page, key: str, answer: str, done: str) -> bool:
        """Click once, and wait for what follows; whether that is another page.

        Whatever follows but the form's own complaint, or the word that it came too early, leaves it open whether Flamp
        has stored the text.
        """
        if not self.in_time():
            raise Retryable("the browser was busy for too long; nothing was sent")
        page.write_begins()
        moved = page.click(self.pages.mark(key, answer))
        if complaint := self.pages.complaint(page, self.pages.mark(done)):
            raise Refused(f"Flamp's form says: {complaint}")
        return moved

    def _reopen(self, page: Page) -> None:
        try:
            self._is_there(page)
        except (Retryable, AccountFault) as problem:
            raise InDoubt(f"after sending: {problem}; it may have been written") from problem

    def _of(self, page: Page, text: str) -> Sequence[Standing]:
        """The answers of these words; a declined one was there before, and customers see none."""
        standing = [one for one in self.pages.standing(page) if one.state is not AnswerState.REJECTED]
        return [one for one in standing if same_text(one.text, text)]

    def _take_away_copies(self, page: Page, copies: Sequence[Standing]) -> None:
        """Delete what a form that was sent twice left beside our answer: Chromium may repeat a request by itself where
        a kept connection breaks. The answer stands either way, so trouble here is told and spoils nothing.
        """
        for copy in copies:
            extra = {"action": "copy_removed", "item": self.place.item_id}
            try:
                self._delete(page, copy.id)
                log.warning("The browser sent an answer twice; the copy was deleted.", extra=extra)
            except FeedbackServiceError as problem:
                log.error("The browser sent an answer twice, and the copy stands: %s", problem, extra=extra)
                return
