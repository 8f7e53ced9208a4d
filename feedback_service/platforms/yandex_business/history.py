"""Reads what customers wrote in a span of time, organisation by organisation."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from feedback_service.domain.errors import Refused
from feedback_service.domain.feedback import Product, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.listing import ROUNDS, Listing
from feedback_service.platforms.yandex_business.organisations import Organisations
from feedback_service.platforms.yandex_business.refusals import Closed
from feedback_service.ports.platform import HistoryPage, Span

log = logging.getLogger(__name__)

MARK = re.compile(r"organisation/(?P<number>[0-9]{1,19})")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One account's past, as far as it can be seen: the cabinet shows the last 600 reviews of an organisation.

    An organisation is one page, as its list is short, numbers its pages, and moves while it is read; then it is read
    again. Organisations come in the order of their numbers, and a cursor names the last one that was read: it keeps
    its meaning when others come or go.
    """

    client: YandexBusinessClient
    organisations: Organisations
    homes: dict[ItemId, str]
    span: Span

    async def pages(self, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """Raises Retryable, and AccountFault also where no organisation is open; Refused for a foreign cursor.

        An organisation that is not open to the login is left out.
        """
        read = _number(cursor) if cursor else 0
        places = sorted(await self.organisations.all(), key=lambda one: int(one.sku))
        closed: list[Closed] = []
        for number, place in enumerate(places, 1):
            if int(place.sku) <= read:
                continue
            reviews: Sequence[Review] = ()
            try:
                reviews = await self._followed(place, places)
            except Closed as problem:
                closed.append(problem)
                about = {"action": "organisation_closed"}
                log.warning("Organisation %s is left out: %s", place.sku, problem, extra=about)
            yield HistoryPage(reviews, f"organisation/{place.sku}", number / len(places))
        if len(closed) == len(places):
            raise closed[0]

    async def _followed(self, place: Product, places: Sequence[Product]) -> Sequence[Review]:
        """The organisation's reviews, by its present number where the one that the account names has been replaced."""
        try:
            return await self._of(place)
        except Closed:
            if not await self.organisations.follow(place.sku):
                raise
        known = {one.sku for one in places}
        moved = [one for one in await self.organisations.all() if one.sku not in known]
        return [review for one in moved for review in await self._of(one)]

    async def _of(self, place: Product) -> Sequence[Review]:
        """Newest first."""
        found: dict[ItemId, Review] = {}
        for _ in range(ROUNDS):
            listing = Listing(self.client, place)
            async with aclosing(listing.pages()) as pages:
                async for page in pages:
                    reviews = [row.review for row in page.rows if self.span.holds(row.review.created_at)]
                    found |= {one.item_id: one for one in reviews}
                    if listing.passes(self.span.since):
                        break
            if not listing.moved:
                break
        self.homes.update(dict.fromkeys(found, place.sku))
        return sorted(found.values(), key=lambda one: one.created_at, reverse=True)


def _number(cursor: str) -> int:
    """Raises Refused for a text that `History` did not give."""
    found = MARK.fullmatch(cursor)
    if found is None:
        raise Refused(f"{cursor[:60]!r} is no place in a history of Yandex Maps: begin anew")
    return int(found["number"])
