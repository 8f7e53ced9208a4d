"""What `check` reports about an account of Google Business Profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_service.platforms.google_business.client import Elsewhere, GoogleBusinessClient
from feedback_service.platforms.google_business.directory import OURS, Directory
from feedback_service.platforms.google_business.refusals import RIGHTS
from feedback_service.ports.facts import told_in_turn
from feedback_service.ports.platform import Fact

TRIED = 3
"""Locations whose reviews are asked for at most: the first ones may be unverified."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Three looks, each of which needs the one before: the consent, the locations, the reviews of one of them."""

    client: GoogleBusinessClient
    directory: Directory

    async def facts(self) -> Sequence[Fact]:
        return await told_in_turn(
            ("consent", self._consent), ("locations", self._locations), ("reviews", self._reviews)
        )

    async def _consent(self) -> Fact:
        await self.client.sign_in()
        return Fact("consent", True, "accepted")

    async def _locations(self) -> Fact:
        known = await self.directory.current(anew=True)
        if not known:
            return Fact("locations", False, "none: nothing can be read", f"add one to the profile; {OURS}")
        lost = len(self.directory.login.locations) - len(known)
        if lost > 0:
            return Fact("locations", False, f"{len(known)}; {lost} of location_ids are not of this login", OURS)
        return Fact("locations", True, f"{len(known)}, the first is {known[0].name} {known[0].title}".strip())

    async def _reviews(self) -> Fact:
        refused: list[str] = []
        for place in (await self.directory.current())[:TRIED]:
            try:
                page = await self.client.reviews(place)
            except Elsewhere as problem:
                refused.append(f"{place.name}: {problem}")
                continue
            count = len(page.listed) if page.total is None else page.total
            return Fact("reviews", True, f"accepted; {count} at {place.name} {place.title}".strip())
        return Fact("reviews", False, f"cannot be read: {'; '.join(refused)}", RIGHTS)
