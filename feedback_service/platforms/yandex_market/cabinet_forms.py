"""Fills the forms of the seller's cabinet, once each, and looks afterwards at what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Dispatch
from feedback_service.domain.errors import AccountFault, FeedbackServiceError, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_market.cabinet_page import CabinetPages, Comment
from feedback_service.platforms.yandex_market.owning import ours_among
from feedback_service.ports.browser import Page

log = logging.getLogger(__name__)

ANSWERED_MEANWHILE = "an answer of the cabinet stands there meanwhile: it is looked at again before anything is sent"

DONE = {"reply": "reply.done"}
"""The mark by which a form is seen to have gone through; a correction leaves the same marks as before."""


@dataclass(frozen=True, slots=True)
class CabinetForms:
    """The writes of one cabinet; every method runs on the browser's thread.

    `in_time` says whether whoever waits for the write still does: a script may have to wait for the browser, and
    nothing may be sent for somebody who has given up and might look already whether it arrived. `looked_at` is the item
    whose page was opened a moment ago for a last look, so that it need not be opened again.
    """

    pages: CabinetPages
    in_time: Callable[[], bool]
    looked_at: ItemId | None = None

    def answer(self, page: Page, dispatch: Dispatch) -> str:
        """Write a new answer; returns its id. Raises Retryable, InDoubt, Refused or AccountFault."""
        if not self._is_open(page, dispatch):
            self._open(page, dispatch)
        own = self.pages.own(page)
        if own is not None and own.answer.state is not AnswerState.REJECTED:
            raise Retryable(ANSWERED_MEANWHILE)
        self._fill(page, "reply", "", dispatch.text)
        written = self._answered(page, dispatch)
        self._take_away_copies(page, dispatch, written[1:])
        return written[0].id

    def _is_open(self, page: Page, dispatch: Dispatch) -> bool:
        return self.looked_at == dispatch.ref.item_id and self.pages.is_at(
            page, dispatch.ref.kind, dispatch.ref.item_id
        )

    def _answered(self, page: Page, dispatch: Dispatch) -> list[Comment]:
        """Send the form; our answer with its copies. The page that it leads to is fresh, and as good as one opened."""
        if self._click(page, "reply", "") and (written := self._written(page, dispatch.text)):
            return written
        self._reopen(page, dispatch)
        return self._landed(page, dispatch.text)

    def edit(self, page: Page, dispatch: Dispatch, before: str, after: str) -> str:
        """Put `after` in the place of our answer, of several the one that reads `before`; returns its id."""
        self._open(page, dispatch)
        return self._replace(page, dispatch, before, after)

    def _replace(self, page: Page, dispatch: Dispatch, before: str, after: str) -> str:
        own = self._ours(page, dispatch, before)
        if own is None:
            raise Refused("there is no answer of ours that could be edited")
        if same_text(own.answer.text, after):
            return own.id
        self._fill(page, "edit", own.id, after)
        self._send(page, dispatch, "edit", own.id)
        return self._landed(page, after)[0].id

    def restore(self, page: Page, dispatch: Dispatch, before: str, after: str) -> None:
        """As `edit`; harmless where our answer is gone."""
        if self._is_there(page, dispatch) and self._ours(page, dispatch, before) is not None:
            self._replace(page, dispatch, before, after)

    def delete(self, page: Page, dispatch: Dispatch) -> None:
        """Take our answer away; harmless where it is gone."""
        own = self._ours(page, dispatch, dispatch.text) if self._is_there(page, dispatch) else None
        if own is None:
            return
        self._require(page, "delete.send", own.id)
        self._send(page, dispatch, "delete", own.id)
        if any(one.id == own.id for one in self.pages.thread(page)):
            raise InDoubt("the cabinet still shows the answer that was deleted")

    def _open(self, page: Page, dispatch: Dispatch) -> None:
        if not self._is_there(page, dispatch):
            raise Refused(f"the cabinet has no page of {dispatch.ref.item_id}")

    def _is_there(self, page: Page, dispatch: Dispatch) -> bool:
        return self.pages.open_item(page, dispatch.ref.kind, dispatch.ref.item_id)

    def _ours(self, page: Page, dispatch: Dispatch, text: str) -> Comment | None:
        own = [one for one in self.pages.thread(page) if one.own]
        if dispatch.receipt_id:
            return next((one for one in own if one.id == dispatch.receipt_id), None)
        ours = ours_among(own, dispatch, text, lambda one: (one.answer.text, one.answer.state))
        return next(iter(ours), None)

    def _fill(self, page: Page, form: str, comment: str, text: str) -> None:
        page.fill(self._require(page, f"{form}.text", comment), text)
        self._require(page, f"{form}.send", comment)

    def _require(self, page: Page, key: str, comment: str) -> str:
        selector = self.pages.mark(key, comment)
        if not page.has(selector):
            raise Retryable(self.pages.changed(page, key))
        return selector

    def _send(self, page: Page, dispatch: Dispatch, form: str, comment: str) -> None:
        """Click once, wait for what follows, and open the item's page anew."""
        self._click(page, form, comment)
        self._reopen(page, dispatch)

    def _click(self, page: Page, form: str, comment: str) -> bool:
        """Click once, and wait for what follows; whether that is another page.

        Whatever follows but the form's own complaint leaves it open whether the cabinet has stored the text.
        """
        if not self.in_time():
            raise Retryable("the browser was busy for too long; nothing was sent")
        page.write_begins()
        moved = page.click(self.pages.mark(f"{form}.send", comment))
        if complaint := self.pages.complaint(page, self.pages.mark(DONE.get(form, "marks.ready"))):
            raise Refused(f"the cabinet's form says: {complaint}")
        return moved

    def _reopen(self, page: Page, dispatch: Dispatch) -> None:
        try:
            self._is_there(page, dispatch)
        except (Retryable, AccountFault) as problem:
            raise InDoubt(f"after sending: {problem}; it may have been written") from problem

    def _take_away_copies(self, page: Page, dispatch: Dispatch, copies: Sequence[Comment]) -> None:
        """Delete what a form that was sent twice left beside our answer.

        Chromium repeats a form's request by itself where a kept connection breaks before the answer's first byte. The
        answer stands either way, so trouble here is told and spoils nothing.
        """
        for copy in (one.id for one in copies):
            extra = {"action": "copy_removed", "item": dispatch.ref.item_id}
            try:
                self._require(page, "delete.send", copy)
                self._send(page, dispatch, "delete", copy)
                log.warning("The browser sent an answer twice; the copy was deleted.", extra=extra)
            except FeedbackServiceError as problem:
                log.error("The browser sent an answer twice, and the copy stands: %s", problem, extra=extra)
                return

    def _written(self, page: Page, text: str) -> list[Comment]:
        return [one for one in self.pages.thread(page) if one.own and same_text(one.answer.text, text)]

    def _landed(self, page: Page, text: str) -> list[Comment]:
        written = self._written(page, text)
        if not written:
            raise InDoubt("the cabinet took the form, and its page does not show the text")
        return written
