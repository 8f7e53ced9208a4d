"""Walks down the list of one filial from page to page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from feedback_service.domain.errors import Retryable
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.flamp.client import PAGE, FlampClient
from feedback_service.platforms.flamp.wire import Page

MOST_PAGES = 2000
"""Pages of one list that are read at most: 100 000 reviews; a list that never ends must not hold us for ever."""


@dataclass(frozen=True, slots=True)
class Step:
    """A page with where it begins and where the next one does: the number of a review, empty at either end."""

    page: Page
    after: str
    following: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The reviews of one filial, newest first."""

    client: FlampClient
    filial: str

    async def steps(self, after: str = "") -> AsyncIterator[Step]:
        """Each review once. Raises NotThere, Retryable or AccountFault; pages already given are good."""
        seen: set[ItemId] = set()
        begun: set[str] = set()
        while after not in begun and len(begun) < MOST_PAGES:
            begun.add(after)
            page = await self.client.reviews(self.filial, after)
            following = _following(page, after)
            fresh = tuple(one for one in page.reviews if one.item_id not in seen)
            seen.update(one.item_id for one in fresh)
            yield Step(replace(page, reviews=fresh), after, following)
            if not following:
                return
            after = following
        raise Retryable(f"the list of filial {self.filial} does not end")


def _following(page: Page, after: str) -> str:
    """Where the page after this one, which begins at `after`, does; empty where there is none.

    Half of the public clients follow the link, half go on until a page is empty: so a full page without a link, or with
    one to itself, is not taken for the last.
    """
    if not page.rows:
        return ""
    if page.following and page.following != after:
        return page.following
    return page.last if page.rows >= PAGE else ""
