"""Re-reads given reviews by the lists of their filials, as no call for one review is known."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.feedback import Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.flamp.client import FlampClient
from feedback_service.platforms.flamp.listing import Listing
from feedback_service.platforms.flamp.notes import Notes
from feedback_service.platforms.flamp.refusals import NotThere
from feedback_service.platforms.flamp.wire import Page, place_of

log = logging.getLogger(__name__)

SLACK = timedelta(minutes=1)
"""By how much a list is read further down than the oldest of the wanted."""

Found = dict[ItemId, Review | None]
"""None: it is there, and cannot be read."""


@dataclass(frozen=True, slots=True)
class Sighter:
    """Looks at reviews of one account."""

    client: FlampClient
    notes: Notes

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there for every ref but those that are there and unreadable. Raises Retryable or AccountFault."""
        seen_at = self.client.site.clock.now()
        sightings = {ref.item_id: Sighting(None, seen_at) for ref in refs}
        for filial, mine in _by_filial(refs).items():
            for item_id, review in (await self._of(filial, mine)).items():
                if review is not None:
                    sightings[item_id] = Sighting(review, seen_at)
                else:
                    extra = {"action": "out_of_reach", "item": item_id}
                    log.warning("Review %s is on Flamp, but cannot be read.", item_id, extra=extra)
                    del sightings[item_id]
        return sightings

    async def _of(self, filial: str, refs: Sequence[ItemRef]) -> Found:
        """By the pages on which they were seen last; what is not there (any more) by a walk from the top."""
        missing = {ref.item_id: ref for ref in refs}
        found: Found = {}
        with suppress(NotThere):
            for after in dict.fromkeys(self.notes.after(item_id) for item_id in missing):
                if after and any(self.notes.after(item_id) == after for item_id in missing):
                    _pick(await self.client.reviews(filial, after), missing, found)
            if missing:
                await self._walk(Listing(self.client, filial), missing, found)
        return found

    async def _walk(self, listing: Listing, missing: dict[ItemId, ItemRef], found: Found) -> None:
        """Down to below the oldest of the missing: what was not met by then is gone."""
        async for step in listing.steps():
            self.notes.take(step)
            _pick(step.page, missing, found)
            oldest = min((ref.created_at for ref in missing.values()), default=None)
            newest = step.page.newest
            if oldest is None or (newest is not None and newest + SLACK < oldest):
                return


def _pick(page: Page, missing: dict[ItemId, ItemRef], found: Found) -> None:
    """Move what the page shows from the missing to the found."""
    shown: Found = {one.item_id: one for one in page.reviews}
    for item_id in missing.keys() & (shown.keys() | page.spoiled):
        del missing[item_id]
        found[item_id] = shown.get(item_id)


def _by_filial(refs: Sequence[ItemRef]) -> Mapping[str, Sequence[ItemRef]]:
    """An id that is none names nothing."""
    groups: dict[str, list[ItemRef]] = {}
    for ref in refs:
        if place := place_of(ref.item_id):
            groups.setdefault(place.filial, []).append(ref)
    return groups
