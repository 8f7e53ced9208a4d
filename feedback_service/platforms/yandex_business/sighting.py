"""Finds given reviews again in the lists of their organisations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from feedback_service.domain.dispatch import ItemRef
from feedback_service.domain.feedback import Product
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.listing import ROUNDS, Listing
from feedback_service.platforms.yandex_business.organisations import Organisations
from feedback_service.platforms.yandex_business.refusals import Closed
from feedback_service.platforms.yandex_business.wire import Row

SEARCHED = 60
"""Organisations through which reviews without a home are searched in one look: about a minute for short lists."""

Wanted = Mapping[ItemId, ItemRef]


@dataclass(frozen=True, slots=True)
class Glance:
    """A row of a list, as it was at `seen_at`."""

    row: Row
    seen_at: datetime


Glances = dict[ItemId, Glance | None]


@dataclass(slots=True)
class Sighter:
    """Looks at reviews of one account; a review is named by its own id alone.

    The organisation is no part of that name, because its permanent id may change, and one review must not get two
    names. `homes` remembers where each review was seen, by this class or while collecting; what has no home yet (after
    a restart) is searched in all organisations, some of them in each look.
    """

    client: YandexBusinessClient
    organisations: Organisations
    homes: dict[ItemId, str]
    _next: int = 0
    _absences: dict[ItemId, set[str]] = field(default_factory=dict)

    async def glances(self, refs: Sequence[ItemRef]) -> Glances:
        """What stands there; None: surely in no list. Left out: too far down, or not yet searched for everywhere.

        Raises Retryable; AccountFault where no organisation could be looked at.
        """
        places = {one.sku: one for one in await self.organisations.all()}
        wanted = {ref.item_id: ref for ref in refs}
        found: Glances = {}
        visits: list[Closed | None] = []
        for home in dict.fromkeys(self.homes.get(item_id, "") for item_id in wanted):
            if home in places:
                mine = {item_id: ref for item_id, ref in wanted.items() if self.homes.get(item_id) == home}
                visits.append(await self._visit(places[home], mine, found))
                found |= {item_id: None for item_id in mine if home in self._absences.pop(item_id, ())}
        strangers = {item_id: ref for item_id, ref in wanted.items() if self.homes.get(item_id) not in places}
        visits += await self._search(list(places.values()), strangers, found)
        if visits and all(visits):
            raise next(one for one in visits if one is not None)
        return found

    async def _search(self, places: Sequence[Product], strangers: Wanted, found: Glances) -> Sequence[Closed | None]:
        """Look through the next organisations in turn; what is in none of them all is nowhere."""
        visits: list[Closed | None] = []
        start = self._next
        for number in range(start, start + min(SEARCHED, len(places))):
            missing = {item_id: ref for item_id, ref in strangers.items() if item_id not in found}
            if not missing:
                break
            visits.append(await self._visit(places[number % len(places)], missing, found))
            self._next = (number + 1) % len(places)
        everywhere = {one.sku for one in places}
        nowhere = [one for one in strangers if one not in found and self._absences.get(one, set()) >= everywhere]
        for item_id in nowhere:
            found[item_id] = None
            del self._absences[item_id]
        return visits

    async def _visit(self, place: Product, wanted: Wanted, found: Glances) -> Closed | None:
        """Add what is in the organisation's list, and note what is not; its refusal where it is not open."""
        try:
            absent = await self._looked(place, wanted, found)
        except Closed as problem:
            return problem
        for item_id in absent:
            self._absences.setdefault(item_id, set()).add(place.sku)
        return None

    async def _looked(self, place: Product, wanted: Wanted, found: Glances) -> Collection[ItemId]:
        """Those that are surely not in the list; none where it did not stand still."""
        missing: Wanted = {}
        for _ in range(ROUNDS):
            listing = Listing(self.client, place)
            await self._read(listing, wanted, found)
            missing = {item_id: ref for item_id, ref in wanted.items() if item_id not in found}
            if not missing or not listing.moved:
                return [item_id for item_id, ref in missing.items() if listing.passes(ref.created_at)]
        return []

    async def _read(self, listing: Listing, wanted: Wanted, found: Glances) -> None:
        """Read down to the oldest date of what is missing, or to what was missing last."""
        seen_at = self.client.clock.now()
        async with aclosing(listing.pages()) as pages:
            async for page in pages:
                for row in page.rows:
                    item_id = row.review.item_id
                    self.homes[item_id] = listing.organisation.sku
                    if item_id in wanted:
                        self._absences.pop(item_id, None)
                        found.setdefault(item_id, Glance(row, seen_at))
                missing = [ref.created_at for item_id, ref in wanted.items() if item_id not in found]
                if not missing or listing.passes(min(missing)):
                    return
                seen_at = self.client.clock.now()
