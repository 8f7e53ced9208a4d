"""Writes an answer where none stands, and takes ours away again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch, Receipt
from feedback_service.domain.errors import AccountFault, MustRetract, Refused, Retryable
from feedback_service.domain.feedback import AnswerState
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis.client import Elsewhere, TwoGisClient
from feedback_service.platforms.twogis.login import NUMBER
from feedback_service.platforms.twogis.notes import Notes
from feedback_service.platforms.twogis.refusals import RIGHTS
from feedback_service.platforms.twogis.wire import Reply
from feedback_service.ports.platform import TextLimit

log = logging.getLogger(__name__)

STALE = timedelta(seconds=50)
"""How long after the look was begun a write may leave: as long as both may wait for their turns, and the look last."""
UNKNOWN = "2GIS does not know the review (any more)"
NOT_OPEN = "2GIS does not open the review to this login"
ANSWERED_MEANWHILE = "an answer stands there by now; nothing was sent"


@dataclass(slots=True)
class Publishing:
    """The writes of one account. `client` repeats nothing: a write has its time.

    A second comment of the company would stand beside the first, so what stands there is read just before each write.
    """

    client: TwoGisClient
    notes: Notes
    limit: TextLimit
    official: bool
    _told: bool = False

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Write once. Raises what the port names."""
        item_id = dispatch.ref.item_id
        self._require_answerable(dispatch)
        latest = self.client.clock.now() + STALE
        standing = await self._standing(item_id)
        ours = next((one for one in standing if same_text(one.text, dispatch.text)), None)
        if ours is not None and ours.state is not AnswerState.REJECTED:
            return Receipt(self.client.clock.now(), ours.id)
        if any(one.state is not AnswerState.REJECTED for one in standing):
            raise Retryable(ANSWERED_MEANWHILE)
        return self._receipt(dispatch, await self._write(dispatch, latest))

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our own comment: that of the receipt, else the one that reads so. Harmless where it is gone."""
        item_id = dispatch.ref.item_id
        if dispatch.action is Action.EDIT:
            raise Refused("2GIS does not let an answer be edited, so none can be put back")
        if not NUMBER.fullmatch(item_id):
            return
        try:
            replies = await self.client.replies(item_id)
        except Elsewhere:
            raise Refused(NOT_OPEN) from None
        if replies is None and dispatch.receipt_id:
            await self.client.delete_reply(item_id, dispatch.receipt_id)
        for one in replies or ():
            if one.id and _is_of(one, dispatch):
                await self.client.delete_reply(item_id, one.id)
                return

    def _require_answerable(self, dispatch: Dispatch) -> None:
        """Raises Refused for what needs no question to 2GIS."""
        self.limit.require_words(dispatch.text)
        if dispatch.action is Action.EDIT:
            raise Refused("2GIS does not let an answer be edited")
        if not NUMBER.fullmatch(dispatch.ref.item_id):
            raise Refused(UNKNOWN)
        if closed := self.notes.of(dispatch.ref.item_id).closed:
            raise Refused(closed)

    async def _standing(self, item_id: ItemId) -> Sequence[Reply]:
        """What the company has written beneath the review. Where its comments are not told, the review itself tells."""
        try:
            replies = await self.client.replies(item_id)
            if replies is not None:
                return replies
            listed = await self.client.review(item_id)
        except Elsewhere:
            raise Refused(NOT_OPEN) from None
        if listed is None:
            raise Refused(UNKNOWN)
        answer = listed.review.answer
        if answer is None:
            return [Reply(id="", text="", state=AnswerState.MODERATING)] if listed.answered else []
        return [Reply(id=answer.platform_id, text=answer.text, state=answer.state)]

    async def _write(self, dispatch: Dispatch, latest: datetime) -> Reply | None:
        item_id = dispatch.ref.item_id
        self.notes.wrote(item_id, dispatch.text)
        try:
            written = await self.client.write_reply(item_id, dispatch.text, official=self.official, latest=latest)
        except Refused as problem:
            if str(problem).startswith("403 ") and self.notes.of(item_id).may_reply:
                # This review may be answered, and yet this login may not answer it: so may it not answer any other.
                raise AccountFault(f"2GIS does not let this login answer ({problem})", RIGHTS) from problem
            raise
        if written is not None:
            self.notes.wrote(item_id, dispatch.text, written.id)
        return written

    def _receipt(self, dispatch: Dispatch, written: Reply | None) -> Receipt:
        now = self.client.clock.now()
        if written is None:
            return Receipt(now)
        if written.text and not same_text(written.text, dispatch.text):
            raise MustRetract("2GIS wrote another text than was sent", written.id)
        if written.official is not None and written.official is not self.official and not self._told:
            self._told = True
            kind = "an official answer" if written.official else "a reply that is not official"
            log.warning("2GIS made %s of an answer, against official_answer.", kind, extra={"action": "official"})
        return Receipt(now, written.id)


def _is_of(reply: Reply, dispatch: Dispatch) -> bool:
    if dispatch.receipt_id:
        return reply.id == dispatch.receipt_id
    return same_text(reply.text, dispatch.text)
