"""Remembers which reviews wait for an answer, so that a pass need not read every page to name them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_service.domain.feedback import AnswerState, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.google_business.names import Place, place_of

KEPT = timedelta(hours=2)
"""How long a write is remembered: no list takes longer to read."""


@dataclass(slots=True)
class Waiting:
    """The unanswered reviews of one account, as last seen. What was asked for before a write tells nothing after it."""

    _items: dict[str, dict[ItemId, Review]] = field(default_factory=dict)
    _written: dict[ItemId, datetime] = field(default_factory=dict)

    def take(self, reviews: Iterable[Review], asked_at: datetime) -> None:
        """See these as they stood at that moment or a little later."""
        for one in reviews:
            place = place_of(one.item_id)
            written = self._written.get(one.item_id)
            if place is None or (written is not None and written >= asked_at):
                continue
            mine = self._items.setdefault(place.name, {})
            if _waits(one):
                mine[one.item_id] = one
            else:
                mine.pop(one.item_id, None)

    def forget(self, item_id: ItemId) -> None:
        """Google does not know it any more."""
        if (place := place_of(item_id)) is not None:
            self._items.get(place.name, {}).pop(item_id, None)

    def wrote(self, item_id: ItemId, at: datetime) -> None:
        """A write may have reached it; what it led to is to be seen first."""
        self._written = {one: when for one, when in self._written.items() if at - when < KEPT}
        self._written[item_id] = at
        self.forget(item_id)

    def settle(self, places: Collection[Place], seen: Collection[ItemId]) -> None:
        """All reviews of these locations were read: what was not among them is there no more."""
        for place in places:
            mine = self._items.get(place.name, {})
            self._items[place.name] = {item_id: one for item_id, one in mine.items() if item_id in seen}

    def of(self, places: Collection[Place]) -> Sequence[Review]:
        """Oldest first."""
        found = [one for place in places for one in self._items.get(place.name, {}).values()]
        return sorted(found, key=lambda one: (one.created_at, one.item_id))


def _waits(review: Review) -> bool:
    """A rejected answer counts as none: no customer sees it."""
    return review.answer is None or review.answer.state is AnswerState.REJECTED
