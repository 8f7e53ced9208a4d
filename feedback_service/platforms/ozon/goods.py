"""Remembers which product an item is about, and what the products are called."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.domain.feedback import Item
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.client import OzonClient
from feedback_service.platforms.ozon.wire import Entry

log = logging.getLogger(__name__)

K = TypeVar("K")
V = TypeVar("V")

MOST = 20_000
AT_ONCE = 1000
REST = timedelta(minutes=30)
"""After names could not be read (the key may lack the role for products): reviews go on without them."""


@dataclass(slots=True)
class Goods:
    """One account's products, bounded, in memory. A name that cannot be read stays empty and harms nothing."""

    client: OzonClient
    _skus: OrderedDict[ItemId, int] = field(default_factory=OrderedDict)
    _names: OrderedDict[int, str] = field(default_factory=OrderedDict)
    _rests_until: datetime | None = None

    def learn(self, entry: Entry) -> None:
        _keep(self._skus, entry.item.item_id, entry.sku)

    def sku_of(self, item_id: ItemId) -> int:
        """0 where it is not known."""
        return self._skus.get(item_id, 0)

    async def look_up(self, entries: Sequence[Entry]) -> None:
        """Read the names that are missing; a product without one is remembered as such."""
        missing = list({one.sku for one in entries if one.sku and one.sku not in self._names})
        now = self.client.clock.now()
        if not missing or (self._rests_until is not None and now < self._rests_until):
            return
        try:
            for first in range(0, len(missing), AT_ONCE):
                chunk = missing[first : first + AT_ONCE]
                names = await self.client.titles(chunk)
                for sku in chunk:
                    _keep(self._names, sku, names.get(sku, ""))
        except FeedbackServiceError as problem:
            self._rests_until = now + REST
            log.info("Products stay without names: %s", problem, extra={"action": "no_product_names"})

    def named(self, entry: Entry, item: Item) -> Item:
        name = self._names.get(entry.sku, "")
        return replace(item, product=replace(item.product, name=name)) if name else item


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST:
        kept.popitem(last=False)
