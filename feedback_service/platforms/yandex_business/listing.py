"""Reads an organisation's reviews page by page, newest first, and knows what it has not seen."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Product
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.wire import Page

VISIBLE = 600
"""Reviews that the cabinet shows at most, the last ones. Source: Yandex Business help, "Отзывы"."""
PAGE = 20
MOST_PAGES = VISIBLE // PAGE + 5
"""Short pages may make a list a little longer; one that never ends must not hold us for ever."""
SLACK = timedelta(hours=1)
"""An item counts as passed only where the list is older than its date by so much."""
ROUNDS = 3
"""Readings of a list that changes while it is read, after which the rest waits for another time."""


@dataclass(slots=True)
class Listing:
    """One reading of the list.

    `moved`: the list changed while it was read, so that a review may have slipped past. One that is taken away pulls
    the later ones up, and the total falls. One that is edited may jump to the top, and pushes others down, as a new
    one does: the next page shows a row twice.
    """

    client: YandexBusinessClient
    organisation: Product
    moved: bool = False
    complete: bool = False
    _ordered: bool = True
    _oldest: datetime | None = None
    _total: int | None = None
    _seen: set[ItemId] = field(default_factory=set)

    async def pages(self) -> AsyncGenerator[Page, None]:
        """The pages down to the last visible review. Raises Retryable or AccountFault; pages before are good."""
        came = 0
        for number in range(1, MOST_PAGES + 1):
            page = await self.client.reviews(self.organisation, number, self._oldest or self.client.clock.now())
            came += page.came
            is_fresh = self._note(page)
            if page.came and not is_fresh:
                raise Retryable(f"page {number} of the reviews of {self.organisation.sku} shows nothing new")
            is_last = page.came < PAGE if page.total is None else came >= page.total or not page.came
            if is_last or came >= VISIBLE:
                self.complete = came < VISIBLE and came >= (page.total or 0)
                yield page
                return
            yield page

    def passes(self, moment: datetime) -> bool:
        """Whether a review of that moment, had it not been seen, would have been by now."""
        return self.complete or (self._ordered and self._oldest is not None and self._oldest < moment - SLACK)

    def _note(self, page: Page) -> bool:
        """Take the page down; False where nothing on it is new."""
        if page.total is not None:
            self.moved = self.moved or (self._total is not None and page.total < self._total)
            self._total = page.total
        fresh = [row.review for row in page.rows if row.review.item_id not in self._seen]
        self.moved = self.moved or len(fresh) < len(page.rows)
        for review in fresh:
            self._ordered = self._ordered and (self._oldest is None or review.created_at <= self._oldest)
            self._oldest = review.created_at
        self._seen.update(review.item_id for review in fresh)
        return bool(fresh) or not page.rows
