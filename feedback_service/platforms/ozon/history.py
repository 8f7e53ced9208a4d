"""Reads what customers wrote in a span of time, newest first, with the answer that stands under each item."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.errors import Refused
from feedback_service.domain.feedback import Item, Kind
from feedback_service.platforms.ozon import wire
from feedback_service.platforms.ozon.client import OzonClient
from feedback_service.platforms.ozon.goods import Goods
from feedback_service.platforms.ozon.listing import walked
from feedback_service.platforms.ozon.notes import Notes
from feedback_service.platforms.ozon.sighting import LOOKS_AT_ONCE, Look, standing, waiting
from feedback_service.platforms.ozon.wire import Entry
from feedback_service.ports.platform import HistoryPage, Span

PLACE = re.compile(r"after:(?P<kind>[a-z]+)/(?P<item>\S{1,200})")
END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One account's past of a kind. A cursor is "after:KIND/ID": the item after which the next page begins.

    The deprecated list of reviews takes no dates, so every list is read from its newest item down to the first page
    that ends before the span. An answer is looked up, by one call, only where comments or answers are counted.
    """

    client: OzonClient
    goods: Goods
    notes: Notes
    kind: Kind
    span: Span

    async def pages(self, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """Raises Retryable, Unavailable or another AccountFault; Refused for a cursor that is none of this kind's."""
        after = self._place(cursor)
        if after is None:
            return
        async for page in walked(self._page, after):
            within = [entry for entry in page.entries if self.span.holds(entry.item.created_at)]
            await self.goods.look_up(within)
            items = await self._answered(within)
            is_last = page.has_next is False or self._is_below(page)
            yield HistoryPage(
                items, self._cursor("" if is_last else page.last_id), 1.0 if is_last else self._depth(page)
            )
            if is_last:
                return

    async def _page(self, last_id: str) -> wire.Page:
        if self.kind is Kind.REVIEW:
            return await self.client.reviews_of(self.span, last_id)
        return await self.client.questions_of(self.span, last_id)

    async def _answered(self, entries: Sequence[Entry]) -> Sequence[Item]:
        """The items in their order, a few looks at a time; a failure ends all."""
        gate = asyncio.Semaphore(LOOKS_AT_ONCE)

        async def one(entry: Entry) -> Item:
            async with gate:
                return await self._one(entry)

        found = await asyncio.gather(*(one(entry) for entry in entries), return_exceptions=True)
        items: list[Item] = []
        for item in found:
            if isinstance(item, BaseException):
                raise item
            items.append(item)
        return items

    async def _one(self, entry: Entry) -> Item:
        """As `unanswered` takes an item; one that is marked as done without a comment counts as answered there."""
        self.goods.learn(entry)
        note = self.notes.of(entry.item.item_id)
        if entry.answers:
            item = await Look(self.client, self.notes).answered(entry)
        else:
            item = replace(entry.item, answer=standing(entry, (), note))
        return self.goods.named(entry, waiting(entry, item, note) or item)

    def _is_below(self, page: wire.Page) -> bool:
        return bool(page.entries) and page.entries[-1].item.created_at < self.span.since

    def _depth(self, page: wire.Page) -> float:
        """How far down the span the page is, by its dates."""
        if not page.entries:
            return 0.0
        gone = (self.span.until - page.entries[-1].item.created_at) / (self.span.until - self.span.since)
        return min(max(gone, 0.0), 1.0)

    def _cursor(self, last_id: str) -> str:
        return f"after:{self.kind}/{last_id or END}"

    def _place(self, cursor: str) -> str | None:
        """After which item the reading goes on; None where nothing follows. Raises Refused."""
        if not cursor:
            return ""
        found = PLACE.fullmatch(cursor)
        if found is None or found["kind"] != self.kind:
            raise Refused(f"{cursor[:60]!r} is no place in a history of {self.kind}s on Ozon: begin anew")
        return None if found["item"] == END else found["item"]
