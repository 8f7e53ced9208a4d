"""Reads a whole list of waiting items by its cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon import wire
from feedback_service.platforms.ozon.client import OzonClient

WAITING = {Kind.REVIEW: ("NEW", "VIEWED"), Kind.QUESTION: ("NEW", "VIEWED", "UNPROCESSED")}
"""In this order: an item that somebody opens while we read moves from the first list to the second, and is met there.

Whether UNPROCESSED is more than the other two together is not stated for questions.
"""


@dataclass(slots=True, kw_only=True)
class Listing:
    """One pass over the items of a kind that wait, each once, page by page and list by list.

    The cursor is the last item of a page, not an offset, so items that leave the list meanwhile move nothing.
    """

    client: OzonClient
    kind: Kind
    seen: set[ItemId] = field(default_factory=set)

    async def pages(self) -> AsyncIterator[Sequence[wire.Entry]]:
        """Raises Retryable or AccountFault; pages before it are good."""
        for status in WAITING[self.kind]:
            async for page in walked(partial(self._page, status)):
                fresh = [one for one in page.entries if one.item.item_id not in self.seen and not one.processed]
                self.seen.update(one.item.item_id for one in fresh)
                if fresh:
                    yield fresh

    async def _page(self, status: str, last_id: str) -> wire.Page:
        if self.kind is Kind.REVIEW:
            return await self.client.reviews(status, last_id)
        return await self.client.questions(status, last_id)


async def walked(read: Callable[[str], Awaitable[wire.Page]], last_id: str = "") -> AsyncIterator[wire.Page]:
    """The pages of a list after the item `last_id`, to its end, as `read` gives them by the last item before each.

    Where an answer does not say whether more comes, only an empty page or a cursor that stands still is the end: pages
    may be shorter than was asked for (questions: ten at most by the older description). Raises Retryable where a list
    that promises more does not move on.
    """
    passed = {"", last_id}
    while True:
        page = await read(last_id)
        is_end = page.has_next is None and (not page.rows or page.last_id in passed)
        yield replace(page, has_next=False) if is_end else page
        if page.has_next is False or is_end:
            return
        if page.last_id in passed:
            raise Retryable("a list promises more but does not move on")
        last_id = page.last_id
        passed.add(last_id)
