"""Finds in the archive what has no answer and is in no other list: left for a month, or without a word."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count

from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.wildberries.client import ListQuery, WildberriesClient
from feedback_service.platforms.wildberries.collecting import Extent
from feedback_service.platforms.wildberries.wire import Page
from feedback_service.ports.platform import Span

log = logging.getLogger(__name__)

CUT_OFF = {"action": "archive_cut_off"}
Place = tuple[int, int]
"""Every row from this Unix second on has been read; the rest begins about this offset."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive, newest first, down to the beginning of a span.

    It takes no dates, so it is read by offsets. What comes into it moves the rest to larger ones, so rows are known by
    their seconds and come twice at most; what leaves it moves the rest to smaller ones, so a page begins a few rows
    before the end of the one before, and earlier still where it does not begin with a second that was read.
    """

    client: WildberriesClient
    extent: Extent
    span: Span

    async def page(self, place: Place) -> tuple[Sequence[Item], Place | None]:
        """Unanswered reviews of the span that no other list shows, and where to go on; None at the end.

        Raises Retryable or AccountFault.
        """
        rows, onward = await self._rows(place)
        waiting = [one for one in rows if one.answer is None and self.span.holds(one.created_at)]
        shown = await self._shown(waiting) if waiting else ()
        return [one for one in waiting if one.item_id not in shown], onward

    async def _rows(self, place: Place) -> tuple[Sequence[Item], Place | None]:
        """Rows of whole seconds: the last second of a page may go on on the next one, and is left to it."""
        second, (begin, page) = place[0], await self._first(place)
        rows = list(page.items)
        for offset in count(begin + self.extent.take, self.extent.take):
            last = second if page.latest is None else int(page.latest.timestamp())
            fresh = [one for one in rows if second_of(one) < second]
            if page.rows < self.extent.take or last < int(self.span.since.timestamp()):
                return fresh, None
            onward = min(second, last + 1), begin + sum(1 for one in rows if second_of(one) > last)
            if onward[0] < second or onward[1] > place[1]:
                return [one for one in fresh if second_of(one) > last], onward
            if offset > self.extent.deepest:
                break
            page = await self.client.archived(self.extent.take, offset)
            rows += page.items
        log.warning("The archive shows no more: older reviews without an answer are left out.", extra=CUT_OFF)
        return fresh, None

    async def _first(self, place: Place) -> tuple[int, Page]:
        """A page before which nothing unread stands, and its offset."""
        second, offset = place[0], min(max(0, place[1] - self.extent.overlap), self.extent.deepest)
        while True:
            page = await self.client.archived(self.extent.take, offset)
            if not offset or (page.items and second_of(page.items[0]) >= second):
                return offset, page
            offset = max(0, offset - self.extent.take)

    async def _shown(self, rows: Sequence[Item]) -> Collection[ItemId]:
        """Those of the rows that the list without answers shows as well."""
        wanted = {one.item_id for one in rows}
        dates = [second_of(one) for one in rows]
        found: set[ItemId] = set()
        for skip in range(0, self.extent.deepest + 1, self.extent.take):
            query = ListQuery(
                answered=False, take=self.extent.take, skip=skip, since=min(dates) - 1, until=max(dates) + 1
            )
            page = await self.client.listed(Kind.REVIEW, query)
            found |= wanted & {one.item_id for one in page.items}
            if page.rows < self.extent.take or found == wanted:
                break
        return found


def second_of(item: Item) -> int:
    return int(item.created_at.timestamp())
