"""What is done on one page in one go: look at items, write an answer and see it stand there, take one away."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import AccountFault, FeedbackServiceError, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.cabinet.calls import Calls, MethodGone
from feedback_service.platforms.ozon.cabinet.forms import Forms
from feedback_service.platforms.ozon.cabinet.looking import Looking
from feedback_service.platforms.ozon.notes import Note, Notes
from feedback_service.platforms.ozon.wire import Comment, Entry

log = logging.getLogger(__name__)

NOT_OURS = "an answer of the seller's stands there that reads otherwise: if it is ours, take it away by hand"
ANSWERED_MEANWHILE = "an answer stands there meanwhile: it is looked at again before anything is sent"
BY_HAND = "the cabinet has no call that takes an answer away (any more): do it there by hand"


@dataclass(frozen=True, slots=True)
class Desk:
    """One page at work. `gone`: kinds whose call for writing does not exist, for which the form is filled."""

    calls: Calls
    forms: Forms
    notes: Notes
    gone: set[Kind]

    def enter(self, kind: Kind) -> None:
        """Be signed in on the page of that kind."""
        self.calls.entrance.enter(self.calls.page, self.forms.list_page(kind))

    def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        self.enter(refs[0].kind)
        return self._looking().sight(refs)

    def publish(self, dispatch: Dispatch) -> Receipt:
        """Look at what stands there, write once and re-read.

        The look before is for the minutes that the other answers of a batch take: Ozon shows a second one beside.

        A yes is believed though the answer is not to be seen: moderation may hide it, so that a second one must not
        follow by itself; where it never shows, a person is told. Without a yes that is in doubt.
        """
        ref = dispatch.ref
        self.enter(ref.kind)
        if any(one.ours and one.state is not AnswerState.REJECTED for one in self._standing_now(ref)):
            raise Retryable(ANSWERED_MEANWHILE)
        before = self.notes.of(ref.item_id)
        self.notes.wrote(ref.item_id, Note(dispatch.text))
        try:
            accepted = self._send(dispatch)
        except (Retryable, Refused, AccountFault):
            self.notes.restore(ref.item_id, before)
            raise
        except InDoubt as problem:
            return self._proof(dispatch, f"{problem}; it is not to be seen yet")
        try:
            return self._proof(dispatch, "the cabinet did not say yes to the answer, and does not show it")
        except InDoubt as problem:
            if not accepted:
                raise
            log.warning(
                "The cabinet took an answer that is not to be seen yet: %s", problem, extra=_about(dispatch, "unseen")
            )
            return Receipt(self.calls.now)

    def retract(self, dispatch: Dispatch) -> None:
        ref = dispatch.ref
        self.enter(ref.kind)
        entry = self._entry(ref)
        ids = self._ours(dispatch, entry) if entry else []
        if not ids:
            return
        self.calls.page.write_begins()
        try:
            for answer_id in ids:
                self._delete(ref, answer_id)
        except MethodGone:
            raise Refused(BY_HAND) from None
        self.notes.took_away(ref.item_id, ids[0])
        if ref.kind is Kind.REVIEW:
            with suppress(FeedbackServiceError, MethodGone):
                self.calls.mark(ref.item_id, "VIEWED")

    def _send(self, dispatch: Dispatch) -> bool:
        """Whether the cabinet says yes. A call is only gone where the item is not: 404 may mean either."""
        kind, item_id = dispatch.ref.kind, dispatch.ref.item_id
        if kind not in self.gone:
            self.calls.page.write_begins()
            try:
                return self._call(kind, item_id, dispatch.text)
            except MethodGone:
                if self._entry(dispatch.ref) is None:
                    raise Refused("the cabinet does not list the item (any more)") from None
                self.gone.add(kind)
        self.forms.reply(kind, item_id, dispatch.text)
        return True

    def _standing_now(self, ref: ItemRef) -> Sequence[Comment]:
        """By the cabinet's own call; where answers to a question have none, by the list and the question's page."""
        if ref.kind is Kind.REVIEW:
            return self.calls.comments(ref.item_id)
        try:
            return self.calls.answers(ref.item_id)
        except MethodGone:
            entry = self._entry(ref)
            return self._looking().listed(entry) if entry else []

    def _call(self, kind: Kind, item_id: ItemId, text: str) -> bool:
        return (self.calls.comment if kind is Kind.REVIEW else self.calls.answer)(item_id, text)

    def _proof(self, dispatch: Dispatch, unseen: str) -> Receipt:
        """The answer as the cabinet shows it; InDoubt where it cannot be seen, whatever the cabinet said before."""
        try:
            entry = self._entry(dispatch.ref)
            answer = self._looking().answered(entry).answer if entry else None
        except (Retryable, AccountFault) as problem:
            raise InDoubt(f"written, but it cannot be re-read: {problem}") from problem
        if entry is None or answer is None or not same_text(answer.text, dispatch.text):
            raise InDoubt(unseen)
        number = self._only_one(dispatch, entry) or answer.platform_id
        if dispatch.ref.kind is Kind.REVIEW and not entry.processed:
            with suppress(FeedbackServiceError, MethodGone):
                self.calls.mark(dispatch.ref.item_id, "PROCESSED")
        return Receipt(self.calls.now, number)

    def _only_one(self, dispatch: Dispatch, entry: Entry) -> str:
        """Leave one answer of this text standing; its id, or "" where there are not several.

        A browser itself sends a POST again where the connection that it had in use breaks before an answer comes
        (Chromium does, fetch() and forms alike), and Ozon takes the second one for another comment.
        """
        try:
            ids = [one for one in self._standing(dispatch, entry) if one]
            for surplus in ids[1:]:
                self._delete(dispatch.ref, surplus)
        except (FeedbackServiceError, MethodGone) as problem:
            log.error("An answer may stand twice, see the cabinet: %s", problem, extra=_about(dispatch))
            return ""
        if len(ids) < 2:
            return ""
        log.warning("The browser sent an answer %d times; one is left.", len(ids), extra=_about(dispatch))
        self.notes.wrote(dispatch.ref.item_id, Note(dispatch.text, ids[0]))
        return ids[0]

    def _delete(self, ref: ItemRef, answer_id: str) -> None:
        if ref.kind is Kind.REVIEW:
            self.calls.delete_comment(ref.item_id, answer_id)
        else:
            self.calls.delete_answer(ref.item_id, answer_id)

    def _ours(self, dispatch: Dispatch, entry: Entry) -> Sequence[str]:
        """The id of the receipt, else of what reads like our text. Raises Refused where only a person can tell."""
        if dispatch.receipt_id:
            return [dispatch.receipt_id]
        ids = self._standing(dispatch, entry)
        if not all(ids):
            raise Refused("the cabinet's page names no id for our answer: take it away there by hand")
        if not ids and any(one.ours and one.state is not AnswerState.REJECTED for one in self._looking().listed(entry)):
            raise Refused(NOT_OURS)
        return ids

    def _standing(self, dispatch: Dispatch, entry: Entry) -> Sequence[str]:
        """The ids of what reads like our text, the oldest first; rejected ones do not count."""
        listed = [one for one in self._looking().listed(entry) if one.ours and same_text(one.text, dispatch.text)]
        return [one.id for one in listed if one.state is not AnswerState.REJECTED]

    def _entry(self, ref: ItemRef) -> Entry | None:
        return next(iter(self._looking().entries(ref.kind, {ref.item_id: ref})), None)

    def _looking(self) -> Looking:
        return Looking(self.calls, self.forms, self.notes)


def _about(dispatch: Dispatch, action: str = "sent_twice") -> dict[str, object]:
    return {"action": action, "item": dispatch.ref.item_id, "feedback": dispatch.feedback_id}
