"""Knows the organisations of an account: those that it names, else all that its login may open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import Product
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.discovery import Discovery
from feedback_service.platforms.yandex_business.refusals import ACCESS

log = logging.getLogger(__name__)

READ_EVERY = timedelta(hours=1)
READ_AGAIN = timedelta(minutes=5)
"""After a failure, as long as the list read before is used on."""


@dataclass(slots=True)
class Organisations:
    """The organisations, each once, as products: `sku` is the permanent id.

    A login's list is read anew hourly: branches come and go, and a permanent id may change. Where the account names
    its organisations, one whose id has changed is found by its old page, see `follow`. `hides_some`: the login's list
    names organisations, or leads to a list of them, that the login may not open now, or that were too many.
    """

    client: YandexBusinessClient
    named: tuple[str, ...]
    hides_some: bool = False
    _read: tuple[Product, ...] = ()
    _read_on: datetime | None = None
    _told: set[str] = field(default_factory=set)
    _moved: dict[str, str] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def all(self) -> Sequence[Product]:
        """At least one. Raises Retryable, or AccountFault where the login has none."""
        if self.named:
            return [Product(sku=one) for one in dict.fromkeys(self._moved.get(one, one) for one in self.named)]
        async with self._turn:
            await self._refresh()
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

    async def _refresh(self) -> None:
        now = self.client.clock.now()
        if self._read_on is not None and now < self._read_on:
            return
        try:
            self._read, self._read_on = await self._discovered(), now + READ_EVERY
        except Retryable:
            if not self._read:
                raise
            self._read_on = now + READ_AGAIN

    async def _discovered(self) -> tuple[Product, ...]:
        discovery = Discovery(self.client)
        await discovery.read()
        self.hides_some = discovery.is_partial or bool(discovery.closed())
        self._tell(discovery.closed())
        return discovery.organisations()

    def _tell(self, closed: Sequence[str]) -> None:
        fresh = [one for one in dict.fromkeys(closed) if one and one not in self._told]
        self._told.update(fresh)
        if fresh:
            about = {"action": "organisations_closed"}
            log.warning("Left alone, as the login may not open them: %s.", ", ".join(fresh), extra=about)
