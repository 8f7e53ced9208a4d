"""What `check` reports about the reading of an account of Flamp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_service.platforms.flamp.client import PAGE, FlampClient
from feedback_service.platforms.flamp.login import FILIALS
from feedback_service.platforms.flamp.refusals import NotThere
from feedback_service.ports.facts import told_in_turn
from feedback_service.ports.platform import Fact

MOST_ASKED = 10
"""Filials that are looked at one by one: a person waits."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Two looks, the second only where the first is good: one list, and whether Flamp knows the filials."""

    client: FlampClient
    filials: Sequence[str]

    async def facts(self) -> Sequence[Fact]:
        return await told_in_turn(("reviews", self._reviews), ("filials", self._filials))

    async def _reviews(self) -> Fact:
        for filial in self.filials[:MOST_ASKED]:
            try:
                page = await self.client.reviews(filial)
            except NotThere:
                continue
            waiting = sum(1 for one in page.reviews if one.answer is None)
            more = " or more" if page.rows >= PAGE else ""
            return Fact("reviews", True, f"{waiting}{more} of filial {filial} wait for an answer")
        return Fact("reviews", False, "Flamp knows none of the filials", FILIALS)

    async def _filials(self) -> Fact:
        asked = self.filials[:MOST_ASKED]
        unknown, reviews = [], 0
        for filial in asked:
            try:
                reviews += (await self.client.filial(filial)).reviews or 0
            except NotThere:
                unknown.append(filial)
        if unknown:
            return Fact("filials", False, f"Flamp does not know {', '.join(unknown)}", FILIALS)
        of_how_many = f" (the first of {len(self.filials)})" if len(self.filials) > len(asked) else ""
        return Fact("filials", True, f"Flamp knows {len(asked)}{of_how_many}, with {reviews} reviews")
