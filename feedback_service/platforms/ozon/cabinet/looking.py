"""Re-reads given items in the cabinet, which knows lists only: newest first, down to the oldest that is wanted."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.cabinet import wire
from feedback_service.platforms.ozon.cabinet.calls import EVERYTHING, Calls, MethodGone, Span
from feedback_service.platforms.ozon.cabinet.forms import Forms
from feedback_service.platforms.ozon.notes import Notes
from feedback_service.platforms.ozon.sighting import standing
from feedback_service.platforms.ozon.wire import Comment, Entry

log = logging.getLogger(__name__)

MOST_PAGES = 60
MARGIN = timedelta(minutes=1)
"""By how much the list's dates may be off from those that were collected."""


class TooDeep(Retryable):
    """Some items lie too far down in the cabinet's list; `found` are the others."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.found: list[Entry] = []


@dataclass(frozen=True, slots=True)
class Looking:
    """One page's re-reads."""

    calls: Calls
    forms: Forms
    notes: Notes

    def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there; an item too far down in its list is left out, as nothing is known of it."""
        found: dict[ItemId, Sighting] = {ref.item_id: Sighting(None, self.calls.now) for ref in refs}
        for kind in Kind:
            wanted = {ref.item_id: ref for ref in refs if ref.kind is kind}
            try:
                entries = self.entries(kind, wanted)
            except TooDeep as problem:
                log.warning("Not looked at: %s", problem, extra={"action": "too_deep"})
                entries = problem.found
                for item_id in wanted.keys() - {one.item.item_id for one in entries}:
                    del found[item_id]
            for entry in entries:
                found[entry.item.item_id] = Sighting(self.answered(entry), self.calls.now)
        return found

    def entries(self, kind: Kind, wanted: Mapping[ItemId, ItemRef]) -> Sequence[Entry]:
        """What the lists hold of the wanted items. Raises TooDeep where that is not known of all."""
        found: dict[ItemId, Entry] = {}
        try:
            if wanted and kind is Kind.REVIEW:
                dates = [ref.created_at for ref in wanted.values()]
                self._read(kind, wanted, found, Span(min(dates) - MARGIN, max(dates) + MARGIN))
            missing = {item_id: ref for item_id, ref in wanted.items() if item_id not in found}
            if missing:  # the span is a guess, so that what it does not show is looked for without one
                self._read(kind, missing, found, None)
        except TooDeep as problem:
            problem.found.extend(found.values())
            raise
        return list(found.values())

    def answered(self, entry: Entry) -> Item:
        """The entry's item with the answer that stands under it; see `sighting.standing`."""
        comments = self.listed(entry)
        answer = standing(entry, comments, self.notes.of(entry.item.item_id))
        if answer is not None and answer.platform_id in {one.id for one in comments}:
            self.notes.listed(entry.item.item_id, answer.platform_id)
        return replace(entry.item, answer=answer)

    def listed(self, entry: Entry) -> Sequence[Comment]:
        """Comments and answers by their call; answers by the question's page where there is no such call."""
        if entry.item.kind is Kind.REVIEW:
            return self.calls.comments(entry.item.item_id)
        try:
            return self.calls.answers(entry.item.item_id)
        except MethodGone:
            return self.forms.answers(entry.item.item_id) if entry.answers or entry.processed else []

    def _read(
        self, kind: Kind, wanted: Mapping[ItemId, ItemRef], found: dict[ItemId, Entry], span: Span | None
    ) -> None:
        oldest = min(ref.created_at for ref in wanted.values()) - MARGIN
        for page in self._pages(kind, span):
            found.update({one.item.item_id: one for one in page.entries if one.item.item_id in wanted})
            passed = bool(page.entries) and all(one.item.created_at < oldest for one in page.entries)
            if passed or wanted.keys() <= found.keys():
                return

    def _pages(self, kind: Kind, span: Span | None) -> Iterator[wire.CabinetPage]:
        onward: Mapping[str, object] = {}
        for _ in range(MOST_PAGES):
            if kind is Kind.REVIEW:
                page = self.calls.reviews(EVERYTHING, onward, span)
            else:
                page = self.calls.questions(EVERYTHING[0], onward)
            yield page
            if page.onward is None or page.onward == onward:
                return
            onward = page.onward
        raise TooDeep(f"an item lies more than {MOST_PAGES} pages deep in the cabinet's list of {kind}s")
