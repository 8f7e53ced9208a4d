"""Takes an answer of ours off Ozon and lets the item wait again, so that either may fail and be asked for anew."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Dispatch, Sighting
from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.feedback import AnswerState, Kind
from feedback_service.platforms.ozon.client import OzonClient
from feedback_service.platforms.ozon.notes import Note, Notes
from feedback_service.platforms.ozon.sighting import Look
from feedback_service.platforms.ozon.wire import Comment, Entry

log = logging.getLogger(__name__)

STILL_MODERATED = 600.0
"""Seconds until a comment that cannot be named yet may be listed."""
BY_HAND = "an answer of the seller's stands there that reads otherwise, and no id tells whether it is ours"


@dataclass(frozen=True, slots=True)
class Retraction:
    """One retraction. What reads otherwise than ours is known by its id only: a person may have written it."""

    client: OzonClient
    notes: Notes
    dispatch: Dispatch

    async def done(self, entry: Entry, sighting: Sighting) -> None:
        """Raises Retryable, InDoubt, AccountFault, and Refused where only a person can tell what is ours."""
        ref = self.dispatch.ref
        listed = [one for one in await Look(self.client, self.notes).listed(entry) if one.ours]
        ids = self._ours(listed, sighting)
        for answer_id in ids:
            # Until the item waits again our answer counts as standing, so that a failure on the way is met once more.
            self.notes.wrote(ref.item_id, Note(self.dispatch.text, answer_id))
            await self._delete(answer_id, entry.sku)
        if not any(one.id not in ids and one.state is not AnswerState.REJECTED for one in listed):
            await self._reopen(entry, needed=bool(ids))
        for answer_id in ids:
            self.notes.took_away(ref.item_id, answer_id)

    def _ours(self, listed: Sequence[Comment], sighting: Sighting) -> Sequence[str]:
        """The ids to delete: that of the receipt, else of what reads like our text."""
        if self.dispatch.receipt_id:
            return [self.dispatch.receipt_id]
        if same := [one.id for one in listed if same_text(one.text, self.dispatch.text)]:
            return same
        answer = sighting.answer
        if answer is None or answer.state is AnswerState.REJECTED:
            return []
        if answer.text and not same_text(answer.text, self.dispatch.text):
            raise Refused(BY_HAND)
        if not answer.platform_id:
            raise Retryable("the answer waits for moderation, and Ozon does not tell its id yet", STILL_MODERATED)
        return [answer.platform_id]

    async def _delete(self, answer_id: str, sku: int) -> None:
        if self.dispatch.ref.kind is Kind.REVIEW:
            await self.client.delete_comment(answer_id, sku)
        else:
            await self.client.delete_answer(answer_id, sku)

    async def _reopen(self, entry: Entry, *, needed: bool) -> None:
        """Also where nothing was left to delete: an earlier attempt may have come no further than that."""
        if not (needed or entry.processed):
            return
        ref = self.dispatch.ref
        try:
            await self.client.mark_viewed(ref.kind, [ref.item_id])
        except Refused as problem:
            about = {"action": "not_reopened", "item": ref.item_id, "feedback": self.dispatch.feedback_id}
            log.warning("Our answer is off Ozon, but the item stays marked as processed: %s", problem, extra=about)
