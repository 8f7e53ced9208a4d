"""Reads a whole list of unanswered items although it shrinks while it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import AnswerState, Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.wildberries.client import ListQuery, WildberriesClient

MOST_GAPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How a list may be read: rows per page, rows that two pages share, and the largest offset allowed."""

    take: int
    overlap: int
    deepest: int


@dataclass(slots=True, kw_only=True)
class Reading:
    """One pass over the unanswered items of a kind, oldest first.

    Somebody may answer items while we read (the seller in the cabinet, or our own publishing of earlier pages); those
    leave the list, and all later rows move to smaller offsets, under an offset that we have passed already. So each
    page begins a few rows before the end of the one before it. A row that was seen before proves that there is no gap,
    since everything ahead of a known row is known. Where no such row comes, or the offset would grow too large, the
    list is read on from the date of the last row seen, with the offset at zero.
    """

    client: WildberriesClient
    kind: Kind
    extent: Extent

    async def pages(self) -> AsyncIterator[Sequence[Item]]:
        """The items, each once, page by page. Raises Retryable or AccountFault; pages before it are good."""
        seen: set[ItemId] = set()
        place, latest, gaps = _Place(), None, 0
        while True:
            query = ListQuery(answered=False, take=self.extent.take, skip=place.skip, since=place.since)
            page = await self.client.listed(self.kind, query)
            if place.skip and not any(item.item_id in seen for item in page.items):
                gaps += 1
                place = _from_date(latest, gaps)
                continue
            fresh = [item for item in page.items if item.item_id not in seen]
            seen.update(item.item_id for item in fresh)
            if waiting := [item for item in fresh if _waits(item)]:
                yield waiting
            if page.rows < self.extent.take:
                return
            latest = page.latest or latest
            place = self._next(place, latest)

    def _next(self, place: _Place, latest: datetime | None) -> _Place:
        skip = place.skip + self.extent.take - self.extent.overlap
        if skip <= self.extent.deepest:
            return _Place(skip, place.since)
        onward = _from_date(latest)
        if onward == _Place(0, place.since):
            raise Retryable(f"more {self.kind}s of one second than the list can show")
        return onward


@dataclass(frozen=True, slots=True)
class _Place:
    """An offset, counted from the first row that is not older than `since`."""

    skip: int = 0
    since: int | None = None


def _from_date(latest: datetime | None, gaps: int = 0) -> _Place:
    """Begin at the last date seen, less a second: it is not stated whether dateFrom itself is included."""
    if latest is None or gaps > MOST_GAPS:
        raise Retryable("the list of unanswered items changes faster than it can be read")
    return _Place(0, int(latest.timestamp()) - 1)


def _waits(item: Item) -> bool:
    """An answer that is visible or under moderation may still be listed for a while; a rejected one counts as none."""
    return item.answer is None or item.answer.state is AnswerState.REJECTED
