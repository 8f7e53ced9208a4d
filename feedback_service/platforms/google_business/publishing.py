"""Writes an answer where none stands, and takes ours away again."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch, Receipt, Sighting
from feedback_service.domain.errors import MustRetract, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, PublishedAnswer
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.google_business.client import Elsewhere, GoogleBusinessClient
from feedback_service.platforms.google_business.looks import Glance, Looks
from feedback_service.platforms.google_business.names import place_of
from feedback_service.platforms.google_business.refusals import RIGHTS
from feedback_service.platforms.google_business.waiting import Waiting
from feedback_service.ports.platform import TextLimit

UNKNOWN = "Google does not know the review (any more)"
ANSWERED_MEANWHILE = "an answer stands there by now; nothing was sent"
NOTHING_TO_EDIT = "the answer to be edited is not there, or reads otherwise by now"
NOT_OURS = "an answer stands there that reads otherwise: if it is ours, change it there by hand"


class Gone(Refused):
    """The review is not there any more."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """The writes of one account. `client` repeats nothing: a write has its time.

    One call both answers and replaces an answer, whosever it is. So what stands there is read just before each write,
    or was read by the flow a few seconds ago; a write whose turn comes too long after that is not sent.
    """

    client: GoogleBusinessClient
    waiting: Waiting
    looks: Looks
    limit: TextLimit

    async def publish(self, dispatch: Dispatch) -> Receipt:
        """Write once. Raises what the port names."""
        self._require_answerable(dispatch)
        item_id = dispatch.ref.item_id
        glance = self.looks.young(item_id) or await self._look(item_id)
        standing = _answer(glance)
        if standing is not None and standing.state is not AnswerState.REJECTED and _reads(standing, dispatch.text):
            return Receipt(self.client.clock.now())
        _require_room(dispatch, standing)
        written = await self._write(item_id, dispatch.text, glance.latest)
        if written is not None and written.text and not _reads(written, dispatch.text):
            raise MustRetract("Google wrote another text than was sent")
        return Receipt(self.client.clock.now())

    async def retract(self, dispatch: Dispatch) -> None:
        """Delete our answer, or put back the text before an edit; what is gone already is left so.

        Google gives answers no id, so ours is known by its words only: another one is a person's matter.
        """
        item_id = dispatch.ref.item_id
        if place_of(item_id) is None:
            return
        try:
            glance = await self._look(item_id)
            standing = _answer(glance)
        except Gone:
            return
        is_edit = dispatch.action is Action.EDIT
        if standing is None or (is_edit and _reads(standing, dispatch.previous_text)):
            return
        if not _reads(standing, dispatch.text):
            raise Refused(NOT_OURS)
        if is_edit:
            await self._write(item_id, dispatch.previous_text, glance.latest)
        else:
            await self._delete(item_id, glance.latest)

    def _require_answerable(self, dispatch: Dispatch) -> None:
        """Raises Refused for what needs no question to Google."""
        self.limit.require_words(dispatch.text)
        if place_of(dispatch.ref.item_id) is None:
            raise Refused(f"{dispatch.ref.item_id[:60]!r} is no review of Google")

    async def _look(self, item_id: ItemId) -> Glance:
        """What stands there now. Raises Refused where the review is out of reach."""
        asked_at = self.client.clock.now()
        try:
            listed = await self.client.review(item_id)
        except Elsewhere as problem:
            raise Refused(f"{problem}: {RIGHTS}") from problem
        return Glance(Sighting(listed.review if listed else None, asked_at), self.client.clock.monotonic())

    async def _write(self, item_id: ItemId, text: str, latest: float) -> PublishedAnswer | None:
        try:
            return await self.client.write_reply(item_id, text, latest)
        finally:
            self.waiting.wrote(item_id, self.client.clock.now())

    async def _delete(self, item_id: ItemId, latest: float) -> None:
        try:
            await self.client.delete_reply(item_id, latest)
        finally:
            self.waiting.wrote(item_id, self.client.clock.now())


def _answer(glance: Glance) -> PublishedAnswer | None:
    """The answer beneath the review. Raises Gone."""
    if glance.sighting.item is None:
        raise Gone(UNKNOWN)
    return glance.sighting.answer


def _require_room(dispatch: Dispatch, standing: PublishedAnswer | None) -> None:
    """Raises Retryable or Refused where the write would replace what it must not; a rejected answer nobody sees."""
    if dispatch.action is Action.EDIT:
        if standing is None or not (_reads(standing, dispatch.previous_text) or _reads(standing, dispatch.text)):
            raise Refused(NOTHING_TO_EDIT)
    elif standing is not None and standing.state is not AnswerState.REJECTED:
        raise Retryable(ANSWERED_MEANWHILE)


def _reads(answer: PublishedAnswer, text: str) -> bool:
    return same_text(answer.text, text)
