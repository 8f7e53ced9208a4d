"""Remembers of each review on which page of its filial's list it was seen, so that a look at it is one call."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback_service.domain.identity import ItemId
from feedback_service.platforms.flamp.listing import Step

MOST = 50_000
"""Reviews remembered; the oldest notes go first, and only cost a walk down the list when they are gone."""


@dataclass(slots=True)
class Notes:
    """Those of one account, in this process."""

    _after: dict[ItemId, str] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        for one in step.page.reviews:
            self._after.pop(one.item_id, None)
            self._after[one.item_id] = step.after
        while len(self._after) > MOST:
            del self._after[next(iter(self._after))]

    def after(self, item_id: ItemId) -> str:
        """The review after which its page began; empty for the first page, or where nothing is known."""
        return self._after.get(item_id, "")
