"""Re-reads given reviews as everybody sees them, each organisation's list down to the oldest of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.zoon.dates import day_of
from feedback_service.platforms.zoon.listing import Listings
from feedback_service.platforms.zoon.naming import Shown, stem_of, untimed
from feedback_service.platforms.zoon.notes import Notes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sighter:
    """Looks at reviews of one account."""

    listings: Listings
    notes: Notes

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there for every ref but those out of reach. Raises Retryable or AccountFault."""
        seen_at = self.listings.client.clock.now()
        found = await self.find(refs)
        return {
            item_id: Sighting(replace(one.review, item_id=item_id) if one else None, seen_at)
            for item_id, one in found.items()
        }

    async def find(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Shown | None]:
        """The reviews by the names that they are asked for by; None: gone. Those out of reach are left out.

        The lists are read down to the days that the reviews had: they get no older. Where no time is told, the only
        review of an author on a day is the one, and of several nobody knows which.
        """
        known = self.listings.client.login.organisations
        missing = {ref.item_id: ref for ref in refs}
        found: dict[ItemId, Shown | None] = {ref.item_id: None for ref in refs}
        for organisation in known if any(ref.kind is Kind.REVIEW for ref in refs) else ():
            mine = [one for one in missing.values() if organisation in self.notes.among(one.item_id, known)]
            if not mine:
                continue
            oldest = min(day_of(ref.created_at) for ref in mine)
            listing = await self.listings.read(organisation, oldest)
            self.notes.take(listing.shown)
            by_name = {name: one for one in listing.shown for name in one.names}
            loose = untimed(listing.shown)
            for ref in mine:
                like = loose.get(stem_of(ref.item_id), ())
                if (hit := by_name.get(ref.item_id) or (like[0] if len(like) == 1 else None)) is not None:
                    found[ref.item_id] = hit
                    del missing[ref.item_id]
                elif like or not listing.reaches(day_of(ref.created_at)):
                    found.pop(ref.item_id, None)
                    log.warning("Review %s is out of reach.", ref.item_id, extra={"action": "out_of_reach"})
        return found
