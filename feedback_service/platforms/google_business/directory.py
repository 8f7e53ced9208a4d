"""Knows the locations that an account works with, and reads them anew when they may have changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.platforms.google_business.client import Elsewhere, GoogleBusinessClient
from feedback_service.platforms.google_business.login import Login
from feedback_service.platforms.google_business.names import Place
from feedback_service.platforms.google_business.refusals import RIGHTS
from feedback_service.platforms.google_business.wire import Named

log = logging.getLogger(__name__)

READ_EVERY = timedelta(hours=1)
LOOK_AGAIN = timedelta(minutes=5)
"""The same where none of them can be read: a person may be mending it."""
MOST_PAGES = 100
"""Pages of 100 locations; a list that never ends must not hold us for ever."""
OURS = "see that account_id and location_ids are those of this login's profiles"


@dataclass(slots=True)
class Directory:
    """One account's locations, each once, in the same order in every process.

    A location that several accounts of the login share is taken under the first of them alone, or under that by which
    it was known before: its reviews would else be answered once under each name. A location whose reviews turned out to
    be out of reach (Google shows those of verified ones only) is left alone until the directory is read again, and told
    of once.
    """

    client: GoogleBusinessClient
    login: Login
    _known: Sequence[Place] = ()
    _names: set[str] = field(default_factory=set)
    _read_at: datetime | None = None
    _shut: dict[str, str] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _foreign: Sequence[str] = ()
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def current(self, *, anew: bool = False) -> Sequence[Place]:
        """All of them. Raises Retryable, and AccountFault where what was chosen is not this login's."""
        async with self._turn:
            now = self.client.clock.now()
            if anew or self._read_at is None or now - self._read_at >= READ_EVERY:
                self._known = self._chosen(await self._all())
                self._read_at = now
                self._shut.clear()
            return self._known

    async def open(self) -> Sequence[Place]:
        """Those whose reviews can be read, as far as is known. Raises as `current`, and AccountFault where none can."""
        known = await self.current()
        if self._none_is_open(known) and self._is_old():
            return await self.current(anew=True)
        if self._none_is_open(known):
            said = self._shut[known[0].name]
            raise AccountFault(f"the reviews of none of the {len(known)} locations can be read ({said})", RIGHTS)
        return [one for one in known if one.name not in self._shut]

    async def has(self, place: Place) -> bool:
        """Whether the login has this location, under this account of it, chosen or not. Raises as `current`."""
        await self.current()
        return place.name in self._names

    def shut(self, place: Place, said: str) -> None:
        """The reviews of this one are out of reach."""
        self._shut[place.name] = said
        if place.name not in self._told:
            self._told.add(place.name)
            about = {"action": "location_shut"}
            log.warning("Location %s is left alone: %s; %s.", place.name, said, RIGHTS, extra=about)

    def opened(self, place: Place) -> None:
        """The reviews of this one could be read."""
        self._told.discard(place.name)

    def title_of(self, place: Place) -> str:
        """What the location is called, as far as is known without a call."""
        return next((one.title for one in self._known if one.location == place.location), "")

    def _none_is_open(self, known: Sequence[Place]) -> bool:
        return bool(known) and all(one.name in self._shut for one in known)

    def _is_old(self) -> bool:
        return self._read_at is None or self.client.clock.now() - self._read_at >= LOOK_AGAIN

    async def _all(self) -> Sequence[Place]:
        found: dict[str, Place] = {}
        names: set[str] = set()
        before = {one.name for one in self._known}
        for account in await self._accounts():
            for place in await self._of(account):
                if place.location not in found or place.name in before:
                    found[place.location] = place
                names.add(place.name)
        self._names = names
        return sorted(found.values(), key=lambda one: one.order)

    async def _accounts(self) -> Sequence[str]:
        if self.login.account:
            return [self.login.account]
        names = await _whole(self.client.accounts, "accounts")
        return sorted(names, key=lambda name: (len(name), name))

    async def _of(self, account: str) -> Sequence[Place]:
        """An account's locations; none where its list is closed to the login, unless it was chosen."""
        try:
            found = await _whole(lambda token: self.client.locations(account, token), f"locations of {account}")
        except Elsewhere as problem:
            if self.login.account:
                raise AccountFault(f"{account} is not open to this login ({problem})", OURS) from problem
            log.warning("%s is left out: %s.", account, problem, extra={"action": "account_shut"})
            return []
        return [Place(account, location, title) for location, title in found.items()]

    def _chosen(self, found: Sequence[Place]) -> Sequence[Place]:
        wanted = self.login.locations
        chosen = [one for one in found if not wanted or one.location in wanted]
        known = {one.location for one in found}
        foreign = tuple(one for one in wanted if one not in known)
        if foreign and not chosen:
            raise AccountFault(f"none of location_ids is this login's: {', '.join(foreign[:5])}", OURS)
        if foreign and foreign != self._foreign:
            names = ", ".join(foreign[:5])
            log.warning("Not among the login's locations: %s; %s.", names, OURS, extra={"action": "locations_foreign"})
        self._foreign = foreign
        return chosen


async def _whole(read: Callable[[str], Awaitable[Named]], what: str) -> dict[str, str]:
    """All pages of a list. Raises Retryable where it does not end."""
    found: dict[str, str] = {}
    token = ""
    for _ in range(MOST_PAGES):
        page = await read(token)
        found.update(page.titles)
        if not page.token:
            return found
        if page.token == token:
            break
        token = page.token
    raise Retryable(f"the list of {what} does not end")
