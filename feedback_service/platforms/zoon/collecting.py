"""Finds the reviews without an answer, organisation by organisation, though one may be out of order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_service.domain.feedback import AnswerState, Review
from feedback_service.platforms.zoon.dates import day_of
from feedback_service.platforms.zoon.listing import Listings
from feedback_service.platforms.zoon.notes import Notes

WHOLE_EVERY = timedelta(hours=1)
RECENT = timedelta(days=4)
"""How far back the passes between look: Zoon checks reviews for up to three days, and dates them when they came."""


@dataclass(slots=True)
class Reading:
    """Every pass over the reviews of one account.

    There is no list of those that wait, so an organisation's reviews are read wholly in the first pass and hourly, and
    the newest in between. A pass that one organisation broke off goes on after it the next time.
    """

    listings: Listings
    notes: Notes
    _whole_at: dict[str, datetime] = field(default_factory=dict)
    _start: int = 0

    async def pages(self) -> AsyncIterator[Sequence[Review]]:
        """The waiting reviews of an organisation at a time, oldest first. Raises Retryable or AccountFault."""
        organisations = self.listings.client.login.organisations
        begun = self._start
        for step in range(len(organisations)):
            place = (begun + step) % len(organisations)
            self._start = (place + 1) % len(organisations)
            waiting = await self._waiting(organisations[place])
            if waiting:
                yield waiting
        self._start = begun

    async def _waiting(self, organisation: str) -> Sequence[Review]:
        now = self.listings.client.clock.now()
        whole_at = self._whole_at.get(organisation)
        is_due = whole_at is None or now - whole_at >= WHOLE_EVERY
        listing = await self.listings.read(organisation, None if is_due else day_of(now - RECENT))
        self.notes.take(listing.shown)
        if listing.since is None:
            self._whole_at[organisation] = now
        return [one.review for one in listing.shown if _waits(one.review)]


def _waits(review: Review) -> bool:
    return review.answer is None or review.answer.state is AnswerState.REJECTED
