"""Makes five requests an hour go round: what a basic token was told once is not asked again at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.domain.redelivery import Redelivery
from feedback_service.platforms.wildberries.client import WildberriesClient
from feedback_service.platforms.wildberries.sighting import sight
from feedback_service.ports.platform import PlatformSpec

TURN = timedelta(minutes=12)
"""Between two requests of a basic token. Source: the limit table of every method, 2026-07."""
FRESH = timedelta(minutes=15)
"""How old a sighting may be when its answer is sent at last: one turn, and a little more."""
FRESH_AMONG_MANY = timedelta(hours=3)
"""The same for re-reads of several items, which no write follows: they may need a turn for each."""
LISTS = ((True, False), (False,), ())
"""Which lists a re-read of many items uses (by isAnswered): at first, after it was cut short once, and after that."""
LIST_EVERY = timedelta(hours=1)
"""Each of the two lists takes one of the five requests; three are left for answering."""
ATTEMPTS = 40


@dataclass(slots=True)
class Ration:
    """The memory of one account with a basic token.

    A re-read before a write leaves no request for the write, and a re-read of many items may need two requests. So
    what a re-read showed is kept for the next one where the work was cut short: by a refused write, or by a budget
    that ended between two lists. Nothing is kept of an item that was written to since, and nothing is used twice: the
    looks that decide over a write in doubt are always real ones.
    """

    client: WildberriesClient
    _kept: dict[ItemId, Sighting] = field(default_factory=dict)
    _last: dict[ItemId, Sighting] = field(default_factory=dict)
    _written: dict[ItemId, datetime] = field(default_factory=dict)
    _lists: dict[Kind, tuple[datetime, Sequence[Item]]] = field(default_factory=dict)
    _cut_short: int = 0

    async def sight(self, refs: Sequence[ItemRef]) -> dict[ItemId, Sighting]:
        """As `sighting.sight`, going on where the last one had to stop."""
        found = self._taken(refs)
        try:
            await sight(self.client, refs, found, LISTS[min(self._cut_short, len(LISTS) - 1)])
        except Retryable:
            self._kept.update(found)
            self._cut_short += 1
            raise
        self._last, self._cut_short = found, 0
        return dict(found)

    def refused(self, item_id: ItemId) -> None:
        """The write that the item was just re-read for could not leave: the next attempt may use that re-read."""
        if item_id in self._last:
            self._kept[item_id] = self._last[item_id]

    def wrote(self, item_id: ItemId) -> None:
        """A write left: whatever was seen before it is worth nothing now."""
        self._written[item_id] = self.client.clock.now()
        self._kept.pop(item_id, None)
        self._last.pop(item_id, None)

    def listed(self, kind: Kind) -> Sequence[Item] | None:
        """The last list, less what we answered since; None where it is time to read it again."""
        if kind not in self._lists:
            return None
        read_at, items = self._lists[kind]
        if self.client.clock.now() - read_at >= LIST_EVERY:
            return None
        return [item for item in items if self._written.get(item.item_id, read_at) <= read_at]

    def keep_list(self, kind: Kind, items: Sequence[Item], read_at: datetime) -> None:
        self._lists[kind] = (read_at, items)

    def _taken(self, refs: Sequence[ItemRef]) -> dict[ItemId, Sighting]:
        now = self.client.clock.now()
        taken = {ref.item_id: kept for ref in refs if (kept := self._kept.pop(ref.item_id, None))}
        age = FRESH if len(refs) == 1 else FRESH_AMONG_MANY
        return {item_id: kept for item_id, kept in taken.items() if self._is_good(item_id, kept, now - age)}

    def _is_good(self, item_id: ItemId, kept: Sighting, oldest: datetime) -> bool:
        written = self._written.get(item_id)
        return kept.seen_at >= oldest and (written is None or written < kept.seen_at)


def rationed(spec: PlatformSpec) -> PlatformSpec:
    """The platform as a basic token sees it: one answer at a time, and no wait shorter than a turn.

    A turn lost to another call counts as an attempt, so there are more of them.
    """
    waits = Redelivery(delays=(TURN,), attempts=ATTEMPTS, settle=(TURN, TURN), confirm=(TURN, TURN, 5 * TURN))
    return replace(spec, batch=1, redelivery=waits)
