"""Re-reads given items by as few calls as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.wildberries.client import ListQuery, WildberriesClient

WORTH_A_LIST = 3
"""From this many items on, lists are tried before single calls: two lists at the least, unanswered and answered."""
WORTH_A_PAGE = 2
"""A list is read on while its pages show this many of the wanted items; fewer cost less one by one."""
PAGE = 1000
UNANSWERED_THEN_ANSWERED = (False, True)
"""The values of isAnswered, in this order: an item that is answered between the two lists is then in the second."""


@dataclass(slots=True)
class Look:
    """One re-read of items of one kind; it fills `found`. `lists`: which lists may be used, by isAnswered."""

    client: WildberriesClient
    kind: Kind
    wanted: Mapping[ItemId, ItemRef]
    found: dict[ItemId, Sighting]
    lists: Sequence[bool]

    async def run(self) -> None:
        """Find every wanted item. Raises Retryable or AccountFault; what was found until then stays found."""
        for answered in self.lists:
            if len(self._missing()) >= WORTH_A_LIST:
                await self._by_list(answered=answered)
        for ref in self._missing():
            seen_at = self.client.clock.now()
            item = await self.client.one(self.kind, ref.item_id)
            self.found[ref.item_id] = Sighting(item, seen_at)

    async def _by_list(self, *, answered: bool) -> None:
        """Page through the span of dates that holds all missing items.

        What slips past because rows move between two pages, or lies in too thin a span, is read singly afterwards.
        """
        dates = [ref.created_at.timestamp() for ref in self._missing()]
        since, until, skip = int(min(dates)) - 1, int(max(dates)) + 2, 0
        while True:
            query = ListQuery(answered=answered, take=PAGE, skip=skip, since=since, until=until)
            rows, hits = await self._page(query)
            skip += rows
            if rows < PAGE or hits < WORTH_A_PAGE or len(self._missing()) < WORTH_A_LIST or skip + PAGE > 10_000:
                return

    async def _page(self, query: ListQuery) -> tuple[int, int]:
        seen_at = self.client.clock.now()
        page = await self.client.listed(self.kind, query)
        hits = [item for item in page.items if item.item_id in self.wanted]
        self.found.update({item.item_id: Sighting(item, seen_at) for item in hits})
        return page.rows, len(hits)

    def _missing(self) -> Sequence[ItemRef]:
        return [ref for item_id, ref in self.wanted.items() if item_id not in self.found]


async def sight(
    client: WildberriesClient,
    refs: Sequence[ItemRef],
    found: dict[ItemId, Sighting],
    lists: Sequence[bool] = UNANSWERED_THEN_ANSWERED,
) -> None:
    """Add to `found` what stands there for each ref that is not in it. Raises Retryable or AccountFault."""
    for kind in Kind:
        wanted = {ref.item_id: ref for ref in refs if ref.kind is kind}
        await Look(client, kind, wanted, found, lists).run()
