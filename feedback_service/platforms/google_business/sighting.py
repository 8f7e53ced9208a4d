"""Re-reads given reviews: few by a call each, many of one location by its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.feedback import Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.google_business.client import Elsewhere, GoogleBusinessClient
from feedback_service.platforms.google_business.directory import Directory
from feedback_service.platforms.google_business.listing import Listing
from feedback_service.platforms.google_business.looks import Looks
from feedback_service.platforms.google_business.names import Place, place_of
from feedback_service.platforms.google_business.waiting import Waiting

WORTH_A_LIST = 3
"""From this many reviews of a location on, its list is read before single calls."""
WORTH_A_PAGE = 2
"""A list is read on while its pages show this many of the wanted reviews; fewer cost less one by one."""


@dataclass(frozen=True, slots=True)
class Sighter:
    """The looks of one account. What they show is told to those who remember."""

    client: GoogleBusinessClient
    directory: Directory
    waiting: Waiting
    looks: Looks

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there now. A review whose location is out of reach is left out.

        One at a location that the login does not have is gone, though Google says no more than that it is forbidden:
        under a strange login everything is. Raises Retryable or AccountFault.
        """
        look = Look(self, {})
        wanted: dict[Place, list[ItemId]] = {}
        for item_id in dict.fromkeys(ref.item_id for ref in refs):
            place = place_of(item_id)
            if place is None:
                look.found[item_id] = Sighting(None, self.client.clock.now())
            else:
                wanted.setdefault(place, []).append(item_id)
        for place, ids in wanted.items():
            await look.run(place, ids)
        return look.found

    def saw(self, reviews: Sequence[Review], asked_at: datetime) -> Mapping[ItemId, Sighting]:
        """Tell who remembers what waits."""
        self.waiting.take(reviews, asked_at)
        return {one.item_id: Sighting(one, asked_at) for one in reviews}


@dataclass(frozen=True, slots=True)
class Look:
    """One re-read; it fills `found`."""

    sighter: Sighter
    found: dict[ItemId, Sighting]

    async def run(self, place: Place, ids: Sequence[ItemId]) -> None:
        """Find the wanted reviews of a location."""
        titled = Place(place.account, place.location, self.sighter.directory.title_of(place))
        if len(ids) >= WORTH_A_LIST:
            await self._by_list(titled, ids)
        for item_id in self._missing(ids):
            await self._one(titled, item_id)

    async def _by_list(self, place: Place, ids: Sequence[ItemId]) -> None:
        try:
            async for page in Listing((place,)).pages(self.sighter.client):
                hits = [one.review for one in page.listed if one.review.item_id in ids]
                self.found.update(self.sighter.saw(hits, page.asked_at))
                if len(hits) < WORTH_A_PAGE or len(self._missing(ids)) < WORTH_A_LIST:
                    return
        except Elsewhere:
            return  # single calls tell what is gone from what is out of reach

    async def _one(self, place: Place, item_id: ItemId) -> None:
        """By itself, which alone is good enough for a write: a list may lag behind."""
        asked_at = self.sighter.client.clock.now()
        try:
            listed = await self.sighter.client.review(item_id, place.title)
        except Elsewhere:
            if await self.sighter.directory.has(place):
                return
            listed = None
        if listed is None:
            self.sighter.waiting.forget(item_id)
            self.found[item_id] = Sighting(None, asked_at)
        else:
            self.found.update(self.sighter.saw([listed.review], asked_at))
            self.sighter.looks.keep(item_id, self.found[item_id])

    def _missing(self, ids: Sequence[ItemId]) -> Sequence[ItemId]:
        return [item_id for item_id in ids if item_id not in self.found]
