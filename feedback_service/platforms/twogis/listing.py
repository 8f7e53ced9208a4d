"""Walks down the list of one branch from date to date, losing no review that shares its instant with another."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.domain.errors import Retryable
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis.client import PAGE, TwoGisClient
from feedback_service.platforms.twogis.wire import Listed, Page, Place
from feedback_service.transports.documents import moment_of

log = logging.getLogger(__name__)

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
MOST_PAGES = 2000
"""Pages of one list that are read at most: 100 000 reviews; a list that never ends must not hold us for ever."""

MOST_IDLE = 8
"""Pages in a row that may bring nothing new: every step that a border may take, and a few more."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The reviews of one branch, newest first; all of them, or those that wait for an answer.

    The list is cut by a date, `offsetDate`; whether a review of that very instant is left out is not known, and the
    dates are written with six decimals, fewer or none. So the next page begins a second after the last row of a full
    one, and what comes twice is dropped; where that does not lead on, a microsecond after it, then at the row itself.
    """

    client: TwoGisClient
    branch: Place
    unanswered: bool

    async def pages(self, before: datetime | None = None) -> AsyncIterator[Sequence[Listed]]:
        """Each review once. Raises Elsewhere, Retryable or AccountFault; pages already given are good."""
        seen: set[ItemId] = set()
        cursor, idle = before.isoformat() if before else "", 0
        for _ in range(MOST_PAGES):
            page = await self.client.reviews(self.branch, before=cursor, unanswered=self.unanswered)
            fresh = [one for one in page.listed if one.review.item_id not in seen]
            seen.update(one.review.item_id for one in fresh)
            if fresh:
                yield fresh
            idle = 0 if fresh else idle + 1
            following = self._next(page, moment_of(cursor), moved=bool(fresh))
            if following is None:
                return
            if idle > MOST_IDLE:
                break
            cursor = following
        raise Retryable(f"the list of branch {self.branch.id} does not lead on")

    def _next(self, page: Page, limit: datetime | None, *, moved: bool) -> str | None:
        """Where the page after this one, which was asked for up to `limit`, begins; None where there is none."""
        last, is_full = moment_of(page.last), page.rows >= PAGE
        if last is None:
            if is_full:
                raise Retryable(f"the list of branch {self.branch.id} carries no dates to go on from")
            return None
        if not is_full:
            is_end = not moved and limit is not None and limit <= last
            return None if is_end else page.last
        overlapping = next((one for one in (last + SECOND, last + TICK) if limit is None or one < limit), None)
        if overlapping is not None:
            return overlapping.isoformat()
        self._tell_if_crowded(page, last)
        if limit is None or last < limit:
            return page.last
        return (min(last, limit) - (SECOND if last > limit else TICK)).isoformat()

    def _tell_if_crowded(self, page: Page, last: datetime) -> None:
        if all(one.review.created_at == last for one in page.listed):
            log.warning(
                "Branch %s may have more than %d reviews of one instant (%s): no date reaches the others.",
                *(self.branch.id, PAGE, last.isoformat()),
                extra={"action": "instant_too_full"},
            )
