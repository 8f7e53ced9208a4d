"""Judges what became of items that wait in our books and that the platform no longer lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from feedback_service.domain.confirmation import BY_HAND, same_text
from feedback_service.domain.dispatch import Action, Dispatch, Sighting
from feedback_service.domain.feedback import AnswerState, Feedback, FeedbackStatus, Kind, PublishedAnswer
from feedback_service.domain.identity import ItemId
from feedback_service.ports.platform import Collector
from feedback_service.ports.storage import Change, SupplierStorage, ref

Looked = Sequence[tuple[Feedback, Sighting]]


@dataclass(slots=True)
class Vanished:
    """`passes`: how many passes ago an unlisted item was looked at; archived ones stay unlisted for ever.

    By kind, as nothing says that a review and a question never share a number.
    """

    connector: Collector
    storage: SupplierStorage
    passes: dict[Kind, dict[ItemId, int]] = field(default_factory=dict)

    LOOK_EVERY = 30

    async def look(self, kind: Kind, waiting: Sequence[Feedback], listed: Collection[ItemId]) -> Looked:
        """What stands there for the kind's unlisted items whose turn it is. Raises Retryable or AccountFault."""
        absent = [one for one in waiting if one.item.item_id not in listed]
        before = self.passes.get(kind, {})
        passes = self.passes[kind] = {item: before.get(item, 0) for item in (one.item.item_id for one in absent)}
        due = [one for one in absent if not passes[one.item.item_id]]
        sightings = await self.connector.sight([ref(one.item) for one in due]) if due else {}
        self.passes[kind] = {item: (count + 1) % self.LOOK_EVERY for item, count in passes.items()}
        return [(one, sightings[one.item.item_id]) for one in due if one.item.item_id in sightings]

    def look_again(self, looked: Looked) -> None:
        """At the next pass: nothing could be made of what was seen."""
        self._forget([one for one, _ in looked])

    async def close(self, looked: Looked) -> int:
        """Close what a person answered on the platform itself, or what its customer took away; return how many."""
        changes = []
        for one, sighting in looked:
            sent = await self.storage.outbox.of(one.id) if sighting.answer else ()
            if because := closed_by(one, sighting, sent):
                changes.append(Change(feedback=one, to=FeedbackStatus.CLOSED, because=because))
        lost = await self.storage.feedback.apply(changes) if changes else []
        self._forget([change.feedback for change in changes])
        return len(changes) - len(lost)

    def _forget(self, several: Sequence[Feedback]) -> None:
        for one in several:
            self.passes.get(one.item.kind, {}).pop(one.item.item_id, None)


def closed_by(feedback: Feedback, sighting: Sighting, sent: Sequence[Dispatch]) -> str:
    """Why an item that is no longer listed needs no answer; empty where it still does.

    An answer that stood there before we took the item up (again) is no news: a correction of it that was refused, or
    an edit of the customer's beneath it, still waits for a person. Nor is one that we could not take away, or one that
    moderation hides: it may be ours, and may yet be rejected.
    """
    answer = sighting.answer
    if sighting.item is None:
        return "the platform does not show it any more"
    if answer is None or answer.state is AnswerState.REJECTED:
        return ""
    if answer.state is AnswerState.MODERATING and not answer.text:
        return ""
    last = sent[-1] if sent else None
    before = [feedback.item.answer.text] if feedback.item.answer else []
    if last is not None and last.action is Action.EDIT:
        before.append(last.previous_text)
    if any(same_text(answer.text, text) for text in before):
        return ""
    if last is not None and last.note.startswith(BY_HAND) and _is_of(answer, last):
        return ""
    if last is not None and same_text(answer.text, last.text):
        return "our answer is shown after all" if answer.state is AnswerState.VISIBLE else ""
    return "answered outside this service"


def _is_of(answer: PublishedAnswer, last: Dispatch) -> bool:
    """Whether the answer is what the dispatch wrote, by its id where both are known, else by its text."""
    if last.receipt_id and answer.platform_id:
        return answer.platform_id == last.receipt_id
    return same_text(answer.text, last.text)
