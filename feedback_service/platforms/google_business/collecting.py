"""Finds the reviews that wait for an answer, by few calls though Google cannot be asked for them alone."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.google_business.client import Elsewhere, GoogleBusinessClient
from feedback_service.platforms.google_business.directory import Directory
from feedback_service.platforms.google_business.listing import Listing, groups
from feedback_service.platforms.google_business.names import Place
from feedback_service.platforms.google_business.waiting import Waiting
from feedback_service.platforms.google_business.wire import Listed, Page

log = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(hours=1)
SWEEP_AGAIN = timedelta(minutes=5)
"""After one that was cut short: meanwhile what is new is read as always."""
OVERLAP = timedelta(minutes=10)
"""How much older than the newest known change a list is read on: a review may be shown a little late."""


@dataclass(frozen=True, slots=True)
class Course:
    """How far a list was read: the newest change in it, when all of it is due again, and whether it was in order."""

    newest: datetime | None
    sweep_at: datetime
    in_order: bool

    def ends_with(self, page: Page) -> bool:
        """Whether all that follows the page was seen before."""
        if self.newest is None or not self.in_order or not page.listed or not _in_order(page.listed):
            return False
        return page.listed[-1].updated_at < self.newest - OVERLAP


@dataclass(slots=True)
class Reading:
    """Every pass over the waiting reviews of one account.

    There is no filter for what is unanswered, and an answer moves no review in the list. So the first pass and an
    hourly sweep read all pages; passes in between stop where nothing is new, and name what is known to wait besides.
    Such a pass stops in a list of several locations only where the last sweep showed all of it in one order. What is
    wrong with one group of locations starves no other: the next pass begins after it.
    """

    client: GoogleBusinessClient
    directory: Directory
    waiting: Waiting
    _courses: dict[tuple[str, ...], Course] = field(default_factory=dict)
    _batches: bool = True
    _failed: set[tuple[str, ...]] = field(default_factory=set)
    _start: int = 0
    _empty: bool = False

    async def pages(self) -> AsyncIterator[Sequence[Review]]:
        """The waiting reviews, group by group, oldest first in each. Raises Retryable or AccountFault; pages already
        given are good."""
        places = await self.directory.open()
        self._tell_of_none(places)
        several = groups(places, batches=self._batches)
        start = self._start % len(several) if several else 0
        for step in range(len(several)):
            place = (start + step) % len(several)
            problem = await self._group(several[place])
            if found := self.waiting.of([one for listing in several[place] for one in listing.places]):
                yield found
            if problem is not None:
                self._start = place + 1
                raise problem
        await self.directory.open()
        self._start = 0

    async def _group(self, listings: Sequence[Listing]) -> Retryable | AccountFault | None:
        """Those that failed last come last, so that none of them starves the others of its group."""
        for one in sorted(listings, key=lambda one: one.key in self._failed):
            try:
                await self._list(one)
            except (Retryable, AccountFault) as problem:
                self._failed.add(one.key)
                return problem
            self._failed.discard(one.key)
        return None

    async def _list(self, listing: Listing) -> None:
        try:
            await self._read(listing)
        except Elsewhere as problem:
            if listing.is_batch:
                await self._one_by_one(listing)
            else:
                self.directory.shut(listing.places[0], str(problem))

    async def _one_by_one(self, listing: Listing) -> None:
        """One location that is not verified spoils the call for all: each is read alone, which shows the culprits.

        Where there is none, this login has to do without that call.
        """
        for one in listing.singles:
            await self._list(one)
        still_open = await self.directory.open()
        if all(one in still_open for one in listing.places):
            self._batches = False

    async def _read(self, listing: Listing) -> None:
        """All pages, or those with something new. Raises Elsewhere, Retryable or AccountFault."""
        began, course = self.client.clock.now(), self._courses.get(listing.key)
        sweeps = course is None or began >= course.sweep_at
        if course is not None and sweeps:
            self._courses[listing.key] = Course(course.newest, began + SWEEP_AGAIN, course.in_order)
        read: list[Listed] = []
        async for page in listing.pages(self.client):
            self.waiting.take([one.review for one in page.listed], page.asked_at)
            read += page.listed
            if course is not None and not sweeps and course.ends_with(page):
                break
        self._read_so_far(listing, began, read, sweeps=sweeps)

    def _read_so_far(self, listing: Listing, began: datetime, read: Sequence[Listed], *, sweeps: bool) -> None:
        course = self._courses.get(listing.key)
        changes = [one.updated_at for one in read] + ([course.newest] if course and course.newest else [])
        newest = max(changes, default=None)
        if sweeps or course is None:
            self.waiting.settle(listing.places, _ids(read))
            self._courses[listing.key] = Course(newest, began + SWEEP_EVERY, _in_order(read))
        else:
            self._courses[listing.key] = Course(newest, course.sweep_at, course.in_order)
        for one in listing.places:
            self.directory.opened(one)

    def _tell_of_none(self, places: Sequence[Place]) -> None:
        if not places and not self._empty:
            log.warning("The login has no location whose reviews could be read.", extra={"action": "no_locations"})
        self._empty = not places


def _ids(read: Sequence[Listed]) -> frozenset[ItemId]:
    return frozenset(one.review.item_id for one in read)


def _in_order(read: Sequence[Listed]) -> bool:
    return all(one.updated_at >= next_.updated_at for one, next_ in pairwise(read))
