"""Remembers of each review to which organisation it belongs, as its id does not tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from feedback_service.domain.identity import ItemId
from feedback_service.platforms.zoon.naming import Shown

MOST = 50_000
"""Reviews remembered; the oldest notes go first, and only cost calls when they are gone."""


@dataclass(slots=True)
class Notes:
    """Those of one account, in this process."""

    _of: dict[ItemId, str] = field(default_factory=dict)

    def take(self, shown: Iterable[Shown]) -> None:
        for one in shown:
            for name in one.names:
                self._of.pop(name, None)
                self._of[name] = one.organisation
        while len(self._of) > MOST:
            del self._of[next(iter(self._of))]

    def among(self, item_id: ItemId, organisations: Sequence[str]) -> Sequence[str]:
        """Where to look for the review: in its organisation, or in all of them."""
        known = self._of.get(item_id)
        return (known,) if known in organisations and known is not None else organisations
