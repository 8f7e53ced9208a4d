"""Reads one organisation's reviews, all or down to a day, so that none is lost where the list moves meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.zoon.client import PIECE, ZoonClient
from feedback_service.platforms.zoon.login import Place
from feedback_service.platforms.zoon.naming import Shown, falls, named
from feedback_service.platforms.zoon.refusals import Gone
from feedback_service.platforms.zoon.wire import Rows

log = logging.getLogger(__name__)

MOST_PIECES = 500
"""Pieces of one list that are read at most: 50 000 reviews; a list that never ends must not hold us for ever."""
MOST_STARTS = 3
GONE_FOR = timedelta(hours=1)
"""Time for which a list that is not there is not asked for again."""


class Moved(Exception):
    """Reviews were taken away between two pieces."""


class Ended(Moved):
    """Nothing came where at least the last review has to be shown once more; `rows` are those before."""

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Listing:
    """Reviews, the oldest first; complete from the day `since` on, or wholly where that is None."""

    shown: Sequence[Shown]
    since: date | None = None

    def reaches(self, day: date) -> bool:
        return self.since is None or day >= self.since


@dataclass(slots=True)
class Listings:
    """The lists of one account's organisations; by their pages where the list's call is out of order."""

    client: ZoonClient
    _gone_at: datetime | None = None
    _places: dict[str, Place] = field(default_factory=dict)
    _told: dict[str, tuple[int, int]] = field(default_factory=dict)

    async def read(self, organisation: str, until: date | None = None) -> Listing:
        """All reviews, or at least those from the day `until` on. Raises Retryable or AccountFault.

        An organisation that nobody knows looks like one without reviews.
        """
        now = self.client.clock.now()
        if self._gone_at is not None and now - self._gone_at < GONE_FOR:
            return await self._by_page(organisation, Gone(f"the list was not there at {self._gone_at:%H:%M}"))
        try:
            rows, whole = await self._steady(organisation, until)
        except Retryable as problem:
            if problem.retry_after is not None and not isinstance(problem, Gone):
                raise
            listing = await self._by_page(organisation, problem)
            self._gone_at = now if isinstance(problem, Gone) else None
            return listing
        self._gone_at = None
        return self._listing(organisation, rows, whole=whole)

    async def _steady(self, organisation: str, until: date | None) -> tuple[Rows, bool]:
        """The rows, and whether these are all; where the list ends in nothing each time, a long one may be cut off."""
        ended: Ended | None = None
        for _ in range(MOST_STARTS):
            try:
                return await self._walked(organisation, until)
            except Moved as moved:
                ended = moved if isinstance(moved, Ended) else None
                log.info("The list of %s moved while it was read; begun anew.", organisation)
        if ended is not None:
            told = {"action": "list_cut_off"}
            log.warning("The list of %s ends after %d reviews.", organisation, len(ended.rows), extra=told)
            return ended.rows, len(ended.rows) <= PIECE
        raise Retryable(f"the list of {organisation} does not stand still while it is read")

    async def _walked(self, organisation: str, until: date | None) -> tuple[Rows, bool]:
        """The rows as they come, and whether these are all."""
        rows = await self.client.reviews(organisation, 0)
        for _ in range(MOST_PIECES):
            if until is not None and falls(rows) and _last_day(rows, until) < until:
                return rows, False
            further = await self._further(organisation, rows) if rows else ()
            if not further:
                return rows, True
            rows += further
        raise Retryable(f"the list of {organisation} does not end")

    async def _further(self, organisation: str, rows: Rows) -> Rows:
        """What follows the rows, by a piece that begins with the last of them: so it is seen where the list moved.

        What was added above pushes that row down, and does no harm. What cannot be read may be something that the list
        does not count.
        """
        has_piece = was_met = False
        for skip in dict.fromkeys((len(rows) - 1, max(0, sum(1 for row in rows if row) - 1))):
            for _ in range(MOST_STARTS):
                piece = await self.client.reviews(organisation, skip)
                has_piece, common = has_piece or bool(piece), _common(rows, piece)
                if len(piece) > common > 0 or common == 1:
                    return piece[common:]
                if was_met and not piece:
                    return ()
                was_met = bool(common)
                if not common:
                    break
                skip += common - 1
            else:
                return ()
        raise Moved if has_piece else Ended(rows)

    async def _by_page(self, organisation: str, problem: Retryable) -> Listing:
        """The newest reviews as the organisation's page shows them, and what it leads to. Raises the list's problem."""
        try:
            place = await self._place(organisation)
            if place is None:
                raise problem
            return await self._shown(organisation, place)
        except Gone:
            raise problem from None

    async def _shown(self, organisation: str, place: Place | None) -> Listing:
        rows: Rows = ()
        asked: set[Place] = set()
        has_more = False
        while place is not None and place not in asked and len(asked) < MOST_PIECES:
            asked.add(place)
            page = await self.client.page(place)
            if organisation not in page.owners:
                raise Retryable(f"{place.path} is not the page of {organisation}")
            rows += page.rows
            has_more = page.has_more
            place = self.client.login.sites.place(page.more) if page.more else None
        return self._listing(organisation, rows, whole=not has_more)

    async def _place(self, organisation: str) -> Place | None:
        """The organisation's page; each page that the account was given is asked once whose it is."""
        for place in self.client.login.pages:
            if organisation in self._places:
                break
            if place not in self._places.values():
                self._places |= dict.fromkeys((await self.client.page(place)).owners, place)
        return self._places.get(organisation)

    def _listing(self, organisation: str, rows: Rows, *, whole: bool) -> Listing:
        self._tell(organisation, rows)
        if whole:
            return Listing(named(rows, organisation))
        if not falls(rows):
            raise Retryable(f"only some reviews of {organisation} are shown, and not the newest first")
        cut = _last_day(rows, date.min)
        complete = tuple(row for row in rows if row and row.day > cut)
        return Listing(named(complete, organisation), cut + timedelta(days=1) if any(rows) else date.max)

    def _tell(self, organisation: str, rows: Rows) -> None:
        """What gets no answer of ours: once for each number of them, not in every pass."""
        lost = sum(1 for row in rows if row is None)
        doubtful = sum(1 for row in rows if row and row.is_by_anybody)
        before = self._told.get(organisation, (0, 0))
        if lost > before[0]:
            about = {"action": "rows_left_out"}
            log.warning("%d of %d reviews of %s cannot be read: left out.", lost, len(rows), organisation, extra=about)
        if doubtful > before[1]:
            told = "%d of %d reviews of %s have replies that nothing tells to be the company's: left alone."
            log.warning(told, doubtful, len(rows), organisation, extra={"action": "answered_by_anybody"})
        self._told[organisation] = (lost, doubtful)


def _common(rows: Rows, piece: Rows) -> int:
    """How many rows the piece begins with that are the last ones known; 0 where it begins elsewhere."""
    before, there = _keys(rows), _keys(piece)
    most = min(len(before), len(there))
    return next((number for number in range(1, most + 1) if there[:number] == before[-number:]), 0)


def _keys(rows: Rows) -> Sequence[tuple[object, ...] | None]:
    return [row.key if row else None for row in rows]


def _last_day(rows: Rows, otherwise: date) -> date:
    return next((row.day for row in reversed(rows) if row), otherwise)
