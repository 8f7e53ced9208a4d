"""Remembers what offers are called, since reviews and questions name them by the seller's own id only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.domain.feedback import Item
from feedback_service.platforms.yandex_market.bodies import MOST_IDS
from feedback_service.platforms.yandex_market.client import YandexMarketClient

log = logging.getLogger(__name__)

MOST_NAMES = 20_000
PAUSE = timedelta(hours=1)
"""After a failure: a token for reviews alone may not read the offers, and nothing depends on their names."""


@dataclass(slots=True)
class OfferNames:
    """The names of one account's offers; without them an item is as good, and never late."""

    client: YandexMarketClient
    _names: dict[str, str] = field(default_factory=dict)
    _not_before: datetime | None = None

    def known(self, item: Item) -> Item:
        """The item with its product's name where it is remembered."""
        name = self._names.get(item.product.sku, "")
        return replace(item, product=replace(item.product, name=name)) if name else item

    async def named(self, items: Sequence[Item]) -> Sequence[Item]:
        """The items with the names of their products, as far as they can be had. Never raises for that."""
        unknown = list(dict.fromkeys(item.product.sku for item in items if item.product.sku not in self._names))
        wanted = [sku for sku in unknown if sku]
        now = self.client.clock.now()
        if wanted and (self._not_before is None or now >= self._not_before):
            try:
                await self._read(wanted)
            except FeedbackServiceError as problem:
                self._not_before = now + PAUSE
                log.info("Product names cannot be read now: %s", problem, extra={"action": "names_away"})
        return [self.known(item) for item in items]

    async def _read(self, wanted: Sequence[str]) -> None:
        """An offer without a name is remembered as such, so that it is not asked for in every pass."""
        if len(self._names) + len(wanted) > MOST_NAMES:
            self._names.clear()
        for start in range(0, len(wanted), MOST_IDS):
            part = wanted[start : start + MOST_IDS]
            self._names.update(dict.fromkeys(part, "") | dict(await self.client.offer_names(part)))
