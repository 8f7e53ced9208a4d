"""Re-reads given reviews: many of one branch by its list, others one by one, with what stands beneath them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis.branches import Branches
from feedback_service.platforms.twogis.client import Elsewhere, TwoGisClient
from feedback_service.platforms.twogis.listing import Listing
from feedback_service.platforms.twogis.login import NUMBER
from feedback_service.platforms.twogis.notes import Notes
from feedback_service.platforms.twogis.standing import with_answer
from feedback_service.platforms.twogis.wire import Listed, Place

log = logging.getLogger(__name__)

WORTH_A_LIST = 3
"""From this many items of one branch on, its list is tried before single calls."""
WORTH_A_PAGE = 2
"""A list is read on while its pages show this many of the wanted items; fewer cost less one by one."""
SLACK = timedelta(seconds=2)
"""By which a list begins above the newest of the wanted: dates are cut to fewer decimals in places."""
MOST_BRANCHES = 20
"""Branches whose lists are searched for one review of which nobody tells the branch."""


@dataclass(frozen=True, slots=True)
class Sighter:
    """Looks at reviews of one account."""

    client: TwoGisClient
    branches: Branches
    notes: Notes

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What stands there for every ref but those out of reach. Raises Retryable or AccountFault.

        An id that is no number names nothing.
        """
        seen_at = self.client.clock.now()
        found = {ref.item_id: Sighting(None, seen_at) for ref in refs}
        wanted = {ref.item_id: ref for ref in refs if NUMBER.fullmatch(ref.item_id)}
        listed: dict[ItemId, Listed | None] = {}
        for branch, mine in (await self._by_branch(list(wanted.values()))).items():
            if len(mine) >= WORTH_A_LIST:
                listed |= await self._by_list(Place(branch), mine)
        for ref in wanted.values():
            if ref.item_id not in listed:
                listed |= await self._one(ref)
        for item_id in wanted:
            if item_id not in listed:
                del found[item_id]
            elif (one := listed[item_id]) is not None:
                self.notes.take([one])
                review = await with_answer(self.client, one, self.notes.written(item_id))
                found[item_id] = Sighting(review, seen_at)
        return found

    async def _by_branch(self, refs: Sequence[ItemRef]) -> Mapping[str, Sequence[ItemRef]]:
        """The refs by their branches, as far as those are known; where there is one only, it is its."""
        if len(refs) < WORTH_A_LIST:
            return {}
        branches = await self.branches.current()
        usual = branches[0].id if len(branches) == 1 else ""
        groups: dict[str, list[ItemRef]] = {}
        for ref in refs:
            if branch := self.notes.of(ref.item_id).branch or usual:
                groups.setdefault(branch, []).append(ref)
        return groups

    async def _by_list(self, branch: Place, refs: Sequence[ItemRef]) -> Mapping[ItemId, Listed]:
        """Those that the branch's list shows; what slips past is looked at singly afterwards."""
        missing = {ref.item_id: ref for ref in refs}
        found: dict[ItemId, Listed] = {}
        newest = max(ref.created_at for ref in refs) + SLACK
        with suppress(Elsewhere):
            async for page in Listing(self.client, branch, unanswered=False).pages(newest):
                hits = {one.review.item_id: one for one in page if one.review.item_id in missing}
                found |= hits
                missing = {item_id: ref for item_id, ref in missing.items() if item_id not in hits}
                if len(hits) < WORTH_A_PAGE or len(missing) < WORTH_A_LIST:
                    break
        return found

    async def _one(self, ref: ItemRef) -> Mapping[ItemId, Listed | None]:
        """The review by its id; nothing where it is there and out of reach."""
        try:
            one = await self.client.review(ref.item_id)
        except Elsewhere:
            return self._out_of_reach(ref)
        if one is None or one.is_whole:
            return {ref.item_id: one}
        for branch in await self._places(one):
            if ref.item_id in (found := await self._by_list(branch, [ref])):
                return found
        return self._out_of_reach(ref)

    async def _places(self, one: Listed) -> Sequence[Place]:
        """Where to look for a review whose own call leaves out what the customer wrote."""
        if branch := one.branch or self.notes.of(one.review.item_id).branch:
            return [Place(branch)]
        branches = await self.branches.current()
        return branches if len(branches) <= MOST_BRANCHES else ()

    def _out_of_reach(self, ref: ItemRef) -> Mapping[ItemId, Listed | None]:
        extra = {"action": "out_of_reach", "item": ref.item_id}
        log.warning("Review %s is on 2GIS, but its words are out of our reach.", ref.item_id, extra=extra)
        return {}
