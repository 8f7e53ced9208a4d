"""Decides what answer of ours stands under an item, by all that Ozon tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Sighting
from feedback_service.domain.feedback import AnswerState, Item, Kind, PublishedAnswer
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.client import OzonClient
from feedback_service.platforms.ozon.notes import Note, Notes
from feedback_service.platforms.ozon.wire import Comment, Entry

LOOKS_AT_ONCE = 6
HIDDEN = PublishedAnswer("", AnswerState.MODERATING, editable=False)
"""An answer that may wait for moderation, whoever's it is: nothing may be written on top of it."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def standing(entry: Entry, comments: Sequence[Comment], note: Note | None) -> PublishedAnswer | None:
    """The answer under the item; None only where nothing points to one.

    Ozon lists a comment when moderation has let it through (since October 2026 it also has fields for those that wait
    or failed), counts comments in `comments_amount`, and marks the review as PROCESSED by the very call that writes
    one. So, in this order:

    1. A comment that this process wrote, found by its id or its text, is the answer, unless it is rejected.
    2. Else a comment of the seller's is: a visible one before a waiting one, the newest of each; then our rejected one.
    3. Else, where this process wrote one that was never listed, and Ozon gave an id for it, or the item became
       PROCESSED, or more comments are counted than listed: it waits for moderation. A write of which the end is not
       known and that left none of these traces did not land.
    4. Else, without a memory of a write (it may be lost with an earlier process): more comments counted than listed,
       or PROCESSED although none of the seller's is listed, means that an answer may wait for moderation. Its text is
       not shown to us, so it is reported as moderated with an empty text: nothing may be written on top of it.
    5. Else a rejected comment of the seller's, which leaves room for another.

    Answers to questions carry no mark of who wrote them: each counts as the seller's, because a second answer of ours
    is worse than none. Not covered: after a restart, a second comment that still waits while a first, rejected one is
    listed, if Ozon does not count the waiting one.
    """
    ours = sorted((one for one in comments if one.ours), key=lambda one: one.at or LONG_AGO, reverse=True)
    known = next((one for one in ours if note is not None and _is(one, note)), None)
    if known is not None and known.state is not AnswerState.REJECTED:
        return _published(known)
    for state in (AnswerState.VISIBLE, AnswerState.MODERATING):
        if found := next((one for one in ours if one.state is state), None):
            return _published(found)
    if known is not None:
        return _published(known)
    hidden = entry.answers > len(comments)
    if note is not None and not note.listed and (note.answer_id or entry.processed or hidden):
        return PublishedAnswer(note.text, AnswerState.MODERATING, editable=False, platform_id=note.answer_id)
    if hidden or (entry.processed and not ours and not (note is not None and note.listed)):
        return HIDDEN
    return _published(ours[0]) if ours else None


def waiting(entry: Entry, item: Item, note: Note | None) -> Item | None:
    """The item of a list of waiting ones as it is to be collected; None where it is answered.

    More comments counted than listed may be a customer's as well. Where nothing else points to an answer of ours the
    item is taken up: the last look before a sending meets the hidden one again, and a person is told if it stays so.
    """
    if item.answer is None or item.answer.state is AnswerState.REJECTED:
        return item
    return replace(item, answer=None) if item.answer == HIDDEN and note is None and not entry.processed else None


def _is(comment: Comment, note: Note) -> bool:
    return comment.id == note.answer_id if note.answer_id else same_text(comment.text, note.text)


def _published(comment: Comment) -> PublishedAnswer:
    return PublishedAnswer(comment.text, comment.state, False, comment.reason, comment.id)


@dataclass(frozen=True, slots=True)
class Look:
    """Re-reads single items: what the item is, then what is listed under it."""

    client: OzonClient
    notes: Notes

    async def at(self, item_id: ItemId, kind: Kind) -> tuple[Entry | None, Sighting]:
        """The item is read before its comments: a comment that comes in between is then listed, not missed."""
        seen_at = self.client.clock.now()
        entry = await (self.client.review(item_id) if kind is Kind.REVIEW else self.client.question(item_id))
        if entry is None:
            return None, Sighting(None, seen_at)
        return entry, Sighting(await self.answered(entry), seen_at)

    async def answered(self, entry: Entry) -> Item:
        """The entry's item with the answer that stands under it."""
        item = entry.item
        comments = await self.listed(entry)
        answer = standing(entry, comments, self.notes.of(item.item_id))
        if answer is not None and answer.platform_id in {one.id for one in comments}:
            self.notes.listed(item.item_id, answer.platform_id)
        return replace(item, answer=answer)

    async def listed(self, entry: Entry) -> Sequence[Comment]:
        if entry.item.kind is Kind.REVIEW:
            return await self.client.comments(entry.item.item_id)
        return await self.client.answers(entry.item.item_id, entry.sku)
