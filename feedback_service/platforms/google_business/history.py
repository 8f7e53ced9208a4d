"""Reads what customers wrote in a span of time, location by location, from where an earlier reading broke off."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.errors import Refused
from feedback_service.platforms.google_business.client import Elsewhere, GoogleBusinessClient, Stale
from feedback_service.platforms.google_business.directory import Directory
from feedback_service.platforms.google_business.fields import text_of
from feedback_service.platforms.google_business.listing import Listing
from feedback_service.platforms.google_business.names import Place, named
from feedback_service.platforms.google_business.wire import Page
from feedback_service.ports.platform import HistoryPage, Span
from feedback_service.transports.documents import json_of, row_of


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The location whose page was read last, and the token of the page that follows; empty: nothing follows there."""

    place: Place
    token: str = ""

    @property
    def text(self) -> str:
        return json.dumps({"location": self.place.name, "page": self.token})


@dataclass(frozen=True, slots=True)
class History:
    """One account's past. A list begins with what changed last, and nothing changes before it was written: so it is
    read down to the first page that ends before the span, and its reviews from before or after the span are left out.
    """

    client: GoogleBusinessClient
    directory: Directory
    span: Span

    async def pages(self, cursor: str) -> AsyncIterator[HistoryPage]:
        """Raises Retryable or AccountFault, and Refused for a cursor that is none."""
        mark = read_bookmark(cursor) if cursor else None
        places = await self.directory.open()
        for number, place in enumerate(places):
            if mark is not None and (place.order < mark.place.order or (_is(place, mark) and not mark.token)):
                continue
            token = mark.token if mark is not None and _is(place, mark) else ""
            async for page in self._of(place, token):
                yield _shown(page, self.span, Bookmark(place, page.token), _share(page, self.span, number, places))

    async def _of(self, place: Place, token: str) -> AsyncIterator[Page]:
        """A location's pages; an empty one where it is out of reach. A token that is too old begins it anew."""
        try:
            async for page in self._read(place, token):
                yield page
        except Elsewhere as problem:
            self.directory.shut(place, str(problem))
            yield Page((), "", self.client.clock.now())
        except Stale:
            if not token:
                raise
            async for page in self._of(place, ""):
                yield page

    async def _read(self, place: Place, token: str) -> AsyncIterator[Page]:
        async for page in Listing((place,)).pages(self.client, token):
            if page.token and self._is_before(page):
                yield Page(page.listed, "", page.asked_at)
                return
            yield page

    def _is_before(self, page: Page) -> bool:
        """Whether all that follows the page is older than the span."""
        return bool(page.listed) and page.listed[-1].updated_at < self.span.since


def read_bookmark(cursor: str) -> Bookmark:
    """Raises Refused for a text that `history` did not give."""
    document = row_of(json_of(cursor))
    place = named(text_of(document.get("location")))
    if place is None or not isinstance(document.get("page"), str):
        raise Refused(f"{cursor[:60]!r} is no place in a history of Google's reviews")
    return Bookmark(place, text_of(document["page"]))


def _is(place: Place, mark: Bookmark) -> bool:
    return place.name == mark.place.name


def _shown(page: Page, span: Span, mark: Bookmark, share: float) -> HistoryPage:
    return HistoryPage([one.review for one in page.listed if span.holds(one.review.created_at)], mark.text, share)


def _share(page: Page, span: Span, number: int, places: Sequence[Place]) -> float:
    """Locations read, and of the one at hand the time that its list has gone back."""
    within = _gone_back(page.listed[-1].updated_at, span) if page.token and page.listed else 1.0
    return (number + within) / len(places)


def _gone_back(reached: datetime, span: Span) -> float:
    whole = (span.until - span.since).total_seconds()
    return min(max((span.until - reached).total_seconds() / whole, 0.0), 1.0) if whole > 0 else 1.0
