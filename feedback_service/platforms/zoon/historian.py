"""Reads what customers wrote long ago, an organisation after another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.feedback import Review
from feedback_service.platforms.zoon.dates import day_of
from feedback_service.platforms.zoon.listing import Listings
from feedback_service.ports.platform import HistoryPage, Span

LARGEST = 500
"""Reviews of one page."""
LATER = 600.0
"""Seconds until it is worth trying again where only the newest reviews are shown."""


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The reviews of one account, each organisation's from the oldest on.

    A cursor names the organisation and when the last review given of it was written; nothing, where all were given.
    """

    listings: Listings

    async def pages(self, span: Span, cursor: str) -> AsyncIterator[HistoryPage]:
        """What follows the cursor. Raises Retryable, AccountFault, or Refused for a cursor of another account."""
        organisations = self.listings.client.login.organisations
        current, since = self._place(cursor, organisations)
        for number, organisation in enumerate(organisations):
            if number < current:
                continue
            items = await self._written(organisation, span)
            if number == current and since is not None:
                items = [one for one in items if one.created_at >= since]
            for start in range(0, max(1, len(items)), LARGEST):
                part, is_end = items[start : start + LARGEST], start + LARGEST >= len(items)
                done = 1.0 if is_end else (start + LARGEST) / len(items)
                place = f"{organisation}/{'' if is_end else part[-1].created_at.isoformat()}"
                yield HistoryPage(part, place, (number + done) / len(organisations))

    @staticmethod
    def _place(cursor: str, organisations: Sequence[str]) -> tuple[int, datetime | None]:
        """The number of the organisation to go on with, and from when on; a moment is read twice, so none is missed."""
        if not cursor:
            return 0, None
        current, _, last = cursor.partition("/")
        try:
            place = organisations.index(current)
            return (place, datetime.fromisoformat(last)) if last else (place + 1, None)
        except ValueError:
            raise Refused(f"{cursor[:40]!r} is no place in this account's history: begin the reading anew") from None

    async def _written(self, organisation: str, span: Span) -> Sequence[Review]:
        since = day_of(span.since)
        listing = await self.listings.read(organisation, since)
        if not listing.reaches(since):
            raise Retryable(f"Zoon shows only the newest reviews of {organisation} now", LATER)
        written = [one.review for one in listing.shown if span.holds(one.review.created_at)]
        return sorted(written, key=lambda one: one.created_at)  # within a day the list may be in another order
