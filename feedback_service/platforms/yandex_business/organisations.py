"""Knows the organisations of an account: those that it names, else all that its login may open."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import Product
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.companies import Companies
from feedback_service.platforms.yandex_business.refusals import ACCESS, Closed

log = logging.getLogger(__name__)

READ_EVERY = timedelta(hours=1)
READ_AGAIN = timedelta(minutes=5)
"""After a failure, as long as the list read before is used on."""
MOST_PAGES = 200
"""Pages of one list that are read at most: 4 000 organisations."""


@dataclass(slots=True)
class Organisations:
    """The organisations, each once, as products: `sku` is the permanent id.

    A login's list is read anew hourly: branches come and go, and a permanent id may change. Where the account names
    its organisations, one whose id has changed is found by its old page, see `follow`. `hides_some`: the login's list
    names organisations, or leads to a list of them, that the login may not open now.
    """

    client: YandexBusinessClient
    named: tuple[str, ...]
    hides_some: bool = False
    _read: tuple[Product, ...] = ()
    _read_on: datetime | None = None
    _told: set[str] = field(default_factory=set)
    _shut: bool = False
    _moved: dict[str, str] = field(default_factory=dict)

    async def all(self) -> Sequence[Product]:
        """At least one. Raises Retryable, or AccountFault where the login has none."""
        if self.named:
            return [Product(sku=one) for one in dict.fromkeys(self._moved.get(one, one) for one in self.named)]
        now = self.client.clock.now()
        if self._read_on is None or now >= self._read_on:
            try:
                self._read, self._read_on = await self._discovered(), now + READ_EVERY
            except Retryable:
                if not self._read:
                    raise
                self._read_on = now + READ_AGAIN
        if not self._read:
            raise AccountFault("the login has no organisation in the cabinet", ACCESS)
        return self._read

    async def follow(self, sku: str) -> bool:
        """Whether a named organisation that does not open any more has another id now; it is used from now on.

        Raises Retryable or AccountFault.
        """
        if sku not in (self._moved.get(one, one) for one in self.named):
            return False
        if current := await self.client.current_id(sku):
            self._moved |= {one: current for one in self.named if self._moved.get(one, one) == sku}
            about = {"action": "organisation_moved"}
            log.warning("Organisation %s has the number %s now: put that into permanent_id.", sku, current, extra=about)
        return bool(current)

    async def _discovered(self) -> tuple[Product, ...]:
        """The login's own list, then the branches of its chains."""
        self._shut = False
        pages = await self._pages(self.client.companies)
        for chain in dict.fromkeys(chain for page in pages for chain in page.chains):
            pages += await self._pages(partial(self.client.branches, chain))
        closed = [one for page in pages for one in page.closed]
        self.hides_some = self._shut or bool(closed)
        self._tell(closed)
        found: dict[str, Product] = {}
        for one in (one for page in pages for one in page.organisations):
            found.setdefault(one.sku, one)
        return tuple(found.values())

    async def _pages(self, read: Callable[[int], Awaitable[Companies]]) -> list[Companies]:
        """Every page of one list; one that is not open to the login has none."""
        pages: list[Companies] = []
        try:
            while len(pages) < MOST_PAGES:
                page = await read(len(pages) + 1)
                if not page.came or page in pages:
                    break
                pages.append(page)
                if page.total is not None and sum(one.came for one in pages) >= page.total:
                    break
        except Closed as problem:
            self._shut = True
            log.warning("A list of organisations is left alone: %s", problem, extra={"action": "list_closed"})
        return pages

    def _tell(self, closed: Sequence[str]) -> None:
        fresh = [one for one in dict.fromkeys(closed) if one and one not in self._told]
        self._told.update(fresh)
        if fresh:
            about = {"action": "organisations_closed"}
            log.warning("Left alone, as the login may not open them: %s.", ", ".join(fresh), extra=about)
