"""Knows the branches that an account works with, and reads them anew when they may have changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.platforms.twogis.client import BRANCHES, TwoGisClient
from feedback_service.platforms.twogis.login import Login
from feedback_service.platforms.twogis.wire import Place

log = logging.getLogger(__name__)

READ_EVERY = timedelta(hours=1)
IN_DOUBT = timedelta(minutes=5)
"""How old the branches may be where one of them turned out not to be ours any more."""
MOST_PAGES = 100
"""Pages of 60; a list that never ends must not hold us for ever."""
OURS = "see that org_id and branch_ids are those of this login's organisation"


class Closed(AccountFault):
    """This organisation is not open to the login; others may be."""


@dataclass(slots=True)
class Branches:
    """One account's branches, of all its organisations or of the one that was chosen.

    `closed`: its organisations that are not open to the login.
    """

    client: TwoGisClient
    login: Login
    closed: Sequence[str] = ()
    _known: Sequence[Place] = ()
    _read_at: datetime | None = None
    _doubted: bool = False
    _told: tuple[int, Sequence[str]] = (0, ())
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def current(self) -> Sequence[Place]:
        """Raises Retryable, and AccountFault where the organisation or every one of the branches is not ours."""
        async with self._turn:
            if not self._is_fresh():
                found, pending = await self._all()
                self._known = self._chosen(found, pending)
                self._read_at, self._doubted = self.client.clock.now(), False
            return self._known

    def doubt(self) -> None:
        """One of them does not answer as ours."""
        self._doubted = True

    def _is_fresh(self) -> bool:
        if self._read_at is None:
            return False
        age = self.client.clock.now() - self._read_at
        return age < (IN_DOUBT if self._doubted else READ_EVERY)

    async def _all(self) -> tuple[Sequence[Place], int]:
        """The branches of every organisation, each once, and how many wait for 2GIS itself.

        An organisation that is closed to the login is left alone while another is open.
        """
        found: dict[str, Place] = {}
        pending, closed = 0, dict[str, Closed]()
        organisations = await self._organisations()
        for org_id in organisations:
            try:
                places, waiting = await self._of(org_id)
            except Closed as problem:
                closed[org_id] = problem
                continue
            found.update({one.id: one for one in places})
            pending += waiting
        if closed and len(closed) == len(organisations):
            raise next(iter(closed.values()))
        self._tell_of_closed(list(closed))
        return list(found.values()), pending

    async def _organisations(self) -> Sequence[str]:
        if self.login.org_id:
            return [self.login.org_id]
        return list(dict.fromkeys(one.id for one in await self.client.organisations()))

    async def _of(self, org_id: str) -> tuple[Sequence[Place], int]:
        found: dict[str, Place] = {}
        pending = 0
        for number in range(1, MOST_PAGES + 1):
            page = await self.client.branches(org_id, number)
            if page is None:
                raise Closed(f"organisation {org_id} is not open to this login", OURS)
            fresh = {one.id: one for one in page.known if one.id not in found}
            found |= fresh
            pending += page.pending
            if page.rows < BRANCHES or not (fresh or page.pending):
                return list(found.values()), pending
        raise Retryable(f"the list of organisation {org_id}'s branches does not end")

    def _chosen(self, found: Sequence[Place], pending: int) -> Sequence[Place]:
        wanted = self.login.branch_ids
        chosen = [one for one in found if not wanted or one.id in wanted]
        foreign = self._foreign(found)
        self._tell(pending, foreign)
        if foreign and not chosen:
            raise AccountFault(f"none of branch_ids is a branch of this login: {', '.join(foreign[:5])}", OURS)
        return chosen

    def _foreign(self, found: Sequence[Place]) -> Sequence[str]:
        known = {one.id for one in found}
        return tuple(one for one in self.login.branch_ids if one not in known)

    def _tell_of_closed(self, closed: Sequence[str]) -> None:
        """Of each once while it stays so."""
        for org_id in [one for one in closed if one not in self.closed]:
            about = {"action": "organisation_closed"}
            log.warning("Organisation %s is left alone: it is not open to this login.", org_id, extra=about)
        self.closed = closed

    def _tell(self, pending: int, foreign: Sequence[str]) -> None:
        """Once for each state, not every hour."""
        if (pending, foreign) == self._told:
            return
        self._told = (pending, foreign)
        if pending:
            log.info("%d branches are left out: 2GIS still moderates them.", pending, extra={"action": "branches_new"})
        if foreign:
            ids = ", ".join(foreign[:5])
            log.warning("Not among the login's branches: %s; %s.", ids, OURS, extra={"action": "branches_foreign"})
