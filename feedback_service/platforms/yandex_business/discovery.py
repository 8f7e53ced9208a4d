"""Reads which organisations a login sees in the cabinet: those of its own list, and the branches of its chains."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from feedback_service.domain.feedback import Product
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.companies import Companies
from feedback_service.platforms.yandex_business.refusals import Closed

log = logging.getLogger(__name__)

MOST_PAGES = 200
"""Pages that are read at most, of all lists together: 4 000 organisations, in more than three minutes."""


@dataclass(slots=True)
class Discovery:
    """One reading of all lists. `is_partial`: one of them did not open, or not all could be read."""

    client: YandexBusinessClient
    is_partial: bool = False
    _pages: list[Companies] = field(default_factory=list)
    _asked: int = 0

    async def read(self) -> None:
        """Raises Retryable, or AccountFault for what is wrong with the whole login."""
        await self._list(self.client.companies)
        for chain in dict.fromkeys(chain for page in self._pages for chain in page.chains):
            await self._list(partial(self.client.branches, chain))
        if self._asked >= MOST_PAGES:
            self.is_partial = True
            about = {"action": "too_many_organisations"}
            log.warning("There are more than are read: %d organisations.", len(self.organisations()), extra=about)

    def organisations(self) -> tuple[Product, ...]:
        """Those that are open to the login, each once."""
        found: dict[str, Product] = {}
        for one in (one for page in self._pages for one in page.organisations):
            found.setdefault(one.sku, one)
        return tuple(found.values())

    def closed(self) -> Sequence[str]:
        """The numbers of those that are not."""
        return [one for page in self._pages for one in page.closed]

    async def _list(self, read: Callable[[int], Awaitable[Companies]]) -> None:
        """Every page of one list; one that is not open to the login has none."""
        pages: list[Companies] = []
        try:
            while self._asked < MOST_PAGES:
                self._asked += 1
                page = await read(len(pages) + 1)
                if not page.came or page in pages:
                    break
                pages.append(page)
                if page.total is not None and sum(one.came for one in pages) >= page.total:
                    break
        except Closed as problem:
            self.is_partial = True
            log.warning("A list of organisations is left alone: %s", problem, extra={"action": "list_closed"})
        self._pages += pages
