"""Divides an account's locations into lists that one call reads page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.google_business.client import GoogleBusinessClient
from feedback_service.platforms.google_business.names import Place
from feedback_service.platforms.google_business.wire import Page

FEW = 3
"""Up to this many locations are read one by one; of more, up to MOST by one call."""
MOST = 50
"""Locations that batchGetReviews takes. Source: REST reference of accounts.locations.batchGetReviews."""
MOST_PAGES = 5000
"""Pages of 50 reviews; a list that never ends must not hold us for ever."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: of a single location, or of several of one account."""

    places: tuple[Place, ...]

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.places)

    @property
    def is_batch(self) -> bool:
        return len(self.places) > 1

    @property
    def singles(self) -> Sequence[Listing]:
        return [Listing((one,)) for one in self.places]

    async def pages(self, client: GoogleBusinessClient, token: str = "") -> AsyncIterator[Page]:
        """What changed last comes first, within each location. Raises Elsewhere, Retryable or AccountFault.

        A review that its author takes away while the list is read may push another over the edge of a page, unseen;
        the next sweep finds it.
        """
        async for page in _followed(self._reader(client), token):
            yield page

    def _reader(self, client: GoogleBusinessClient) -> Callable[[str], Awaitable[Page]]:
        if self.is_batch:
            return lambda token: client.reviews_of(self.places, token)
        return lambda token: client.reviews(self.places[0], token)


def groups(places: Sequence[Place], *, batches: bool) -> Sequence[Sequence[Listing]]:
    """Lists whose reviews are given together, oldest first: few locations all at once, many by fifty."""
    if len(places) <= FEW:
        return [[Listing((one,)) for one in places]] if places else []
    found: list[Sequence[Listing]] = []
    for _, several in groupby(places, key=lambda one: one.account):
        mine = list(several)
        for start in range(0, len(mine), MOST):
            part = Listing(tuple(mine[start : start + MOST]))
            found.append([part] if batches and len(part.places) > FEW else part.singles)
    return found


async def _followed(read: Callable[[str], Awaitable[Page]], token: str) -> AsyncIterator[Page]:
    begun: set[str] = set()
    while token not in begun and len(begun) < MOST_PAGES:
        begun.add(token)
        page = await read(token)
        yield page
        if not page.token:
            return
        token = page.token
    raise Retryable("a list of reviews does not end")
