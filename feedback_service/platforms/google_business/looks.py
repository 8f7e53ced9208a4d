"""Keeps what was just seen of a review, so that a write that follows at once need not look again."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback_service.domain.dispatch import Sighting
from feedback_service.domain.identity import ItemId
from feedback_service.ports.clock import Clock

YOUNG = 5.0
"""Seconds for which a look stands for what is there now: the flow looks just before it writes."""
OLD = 10.0
"""Seconds after a look from which no write leaves any more that rests on it: it may have waited for its turn."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What a look showed, and when it came, in monotonic seconds."""

    sighting: Sighting
    at: float

    @property
    def latest(self) -> float:
        """When a write that rests on it has to have left."""
        return self.at + OLD


@dataclass(slots=True)
class Looks:
    clock: Clock
    _seen: dict[ItemId, Glance] = field(default_factory=dict)

    def keep(self, item_id: ItemId, sighting: Sighting) -> None:
        """What a look at this one review has just shown."""
        now = self.clock.monotonic()
        self._seen = {one: seen for one, seen in self._seen.items() if now - seen.at < YOUNG}
        self._seen[item_id] = Glance(sighting, now)

    def young(self, item_id: ItemId) -> Glance | None:
        """The look, once: whoever takes it writes, and it is worth nothing then."""
        glance = self._seen.pop(item_id, None)
        return glance if glance and self.clock.monotonic() - glance.at < YOUNG else None
