"""Keeps what was just seen of a review, so that a write that follows at once need not look again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.domain.dispatch import Sighting
from feedback_service.domain.identity import ItemId
from feedback_service.ports.clock import Clock

YOUNG = 5.0
"""Seconds for which a look stands for what is there now: the flow looks just before it writes."""


@dataclass(slots=True)
class Looks:
    clock: Clock
    _seen: dict[ItemId, tuple[float, Sighting]] = field(default_factory=dict)

    def keep(self, found: Mapping[ItemId, Sighting]) -> None:
        """What a look has just shown."""
        now = self.clock.monotonic()
        self._seen = {item_id: seen for item_id, seen in self._seen.items() if now - seen[0] < YOUNG}
        self._seen.update({item_id: (now, sighting) for item_id, sighting in found.items()})

    def young(self, item_id: ItemId) -> Sighting | None:
        """The look, once: whoever takes it writes, and it is worth nothing then."""
        at, sighting = self._seen.pop(item_id, (0.0, None))
        return sighting if self.clock.monotonic() - at < YOUNG else None
