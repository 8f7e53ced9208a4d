"""Finds given reviews again in the lists of their organisations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from feedback_service.domain.dispatch import ItemRef
from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Product
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.listing import ROUNDS, Listing
from feedback_service.platforms.yandex_business.organisations import Organisations
from feedback_service.platforms.yandex_business.refusals import Closed
from feedback_service.platforms.yandex_business.wire import Row

SEARCHED = 60
"""Organisations through which reviews without a home are searched in one look: about a minute for short lists."""

TROUBLED = 2
"""Organisations that may fail in one look: more failures say something of the cabinet, not of them."""

Wanted = Mapping[ItemId, ItemRef]
Failure = Closed | Retryable


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
        """What stands there; None: surely in no list. Left out: too far down, not yet searched for everywhere, or of an
        organisation that cannot be looked at.

        Raises Retryable; AccountFault where no organisation could be looked at.
        """
        places = {one.sku: one for one in await self.organisations.all()}
        wanted = {ref.item_id: ref for ref in refs}
        found: Glances = {}
        visits: list[Failure | None] = []
        for home in dict.fromkeys(self.homes.get(item_id, "") for item_id in wanted):
            if home in places:
                mine = {item_id: ref for item_id, ref in wanted.items() if self.homes.get(item_id) == home}
                visits.append(await self._visit(places[home], mine, found))
                _give_up(visits)
                found |= {item_id: None for item_id in mine if home in self._absences.pop(item_id, ())}
        strangers = {item_id: ref for item_id, ref in wanted.items() if self.homes.get(item_id) not in places}
        await self._search(list(places.values()), strangers, found, visits)
        if visits and all(visits):
            raise next((one for one in visits if isinstance(one, Retryable)), None) or next(filter(None, visits))
        return found

    async def _search(
        self, places: Sequence[Product], strangers: Wanted, found: Glances, visits: list[Failure | None]
    ) -> None:
        """Look through the next organisations in turn; what is in none of them all is nowhere.

        A review whose home left the login's list, or that may be in one that does not open, is out of reach instead.
        """
        start = self._next
        for number in range(start, start + min(SEARCHED, len(places))):
            missing = {item_id: ref for item_id, ref in strangers.items() if item_id not in found}
            if not missing:
                break
            visits.append(await self._visit(places[number % len(places)], missing, found))
            self._next = (number + 1) % len(places)
            _give_up(visits)
        everywhere = {one.sku for one in places}
        nowhere = [one for one in strangers if one not in found and self._absences.get(one, set()) >= everywhere]
        for item_id in nowhere:
            del self._absences[item_id]
            if item_id not in self.homes and not self.organisations.hides_some:
                found[item_id] = None

    async def _visit(self, place: Product, wanted: Wanted, found: Glances) -> Failure | None:
        """Add what is in the organisation's list, and note what is not; what kept us from it where it failed."""
        try:
            absent = await self._looked(place, wanted, found)
        except (Closed, Retryable) as problem:
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


def _give_up(visits: Sequence[Failure | None]) -> None:
    """Raises the last failure where too many organisations failed otherwise than by being closed."""
    failed = [one for one in visits if isinstance(one, Retryable)]
    if len(failed) > TROUBLED:
        raise failed[-1]
