"""Finds the reviews that wait for an answer, branch by branch, though one branch may be out of order."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import Review
from feedback_service.platforms.twogis.branches import OURS, Branches
from feedback_service.platforms.twogis.client import Elsewhere, TwoGisClient
from feedback_service.platforms.twogis.listing import Listing
from feedback_service.platforms.twogis.notes import Notes
from feedback_service.platforms.twogis.wire import Listed, Place

log = logging.getLogger(__name__)

Problem = Retryable | AccountFault


@dataclass(slots=True)
class Reading:
    """Every pass over the waiting reviews of one account.

    The list of a whole organisation is known from one project only, where it is commented out, so it is not used. A
    branch's list has its newest reviews first; it is read to its end before its reviews are given, oldest first. A pass
    that a branch broke off goes on after that branch the next time: what is wrong with one starves no other.
    """

    client: TwoGisClient
    branches: Branches
    notes: Notes
    _start: int = 0
    _closed: int = 0
    _empty: bool = False

    async def pages(self) -> AsyncIterator[Sequence[Review]]:
        """The waiting reviews of a branch at a time. Raises Retryable or AccountFault; pages already given are good."""
        branches = await self.branches.current()
        self._tell_of_none(branches)
        lost, closed = 0, 0
        for step in range(len(branches)):
            place = (self._start + step) % len(branches)
            found, problem = await self._branch(branches[place])
            if waiting := [one.review for one in found if _waits(one)]:
                yield sorted(waiting, key=lambda one: (one.created_at, len(one.item_id), one.item_id))
            closed += sum(1 for one in found if one.closed)
            if isinstance(problem, Elsewhere):
                lost += 1
                self._lost(branches[place])
            elif problem is not None:
                self._start = (place + 1) % len(branches)
                raise problem
        if branches and lost == len(branches):
            raise AccountFault("2GIS opens none of the branches to this login", OURS)
        self._start = 0
        self._tell_of_closed(closed)

    async def _branch(self, branch: Place) -> tuple[Sequence[Listed], Problem | Elsewhere | None]:
        """What the branch's list shows, and what ended it too early."""
        found: list[Listed] = []
        try:
            async for page in Listing(self.client, branch, unanswered=True).pages():
                found += page
                self.notes.take(page)
        except (Elsewhere, Retryable, AccountFault) as problem:
            return found, problem
        return found, None

    def _lost(self, branch: Place) -> None:
        self.branches.doubt()
        log.warning("Branch %s is not open to this login (any more).", branch.id, extra={"action": "branch_lost"})

    def _tell_of_none(self, branches: Sequence[Place]) -> None:
        if not branches and not self._empty:
            log.warning("The login has no branch whose reviews could be read.", extra={"action": "no_branches"})
        self._empty = not branches

    def _tell_of_closed(self, closed: int) -> None:
        """Once for each number of them, not in every pass."""
        if closed != self._closed and closed:
            log.info("%d reviews are left out: 2GIS lets nobody answer them.", closed, extra={"action": "closed_items"})
        self._closed = closed


def _waits(one: Listed) -> bool:
    """The list is asked for what has no answer, and is not taken at its word."""
    return not one.answered and not one.closed
