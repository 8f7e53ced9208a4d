"""Reads what customers wrote in a span of time, branch by branch, from where an earlier reading broke off."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_service.domain.errors import AccountFault, Refused
from feedback_service.domain.feedback import Review
from feedback_service.platforms.twogis.branches import OURS, Branches
from feedback_service.platforms.twogis.client import Elsewhere, TwoGisClient
from feedback_service.platforms.twogis.listing import SECOND, Listing
from feedback_service.platforms.twogis.notes import Notes
from feedback_service.platforms.twogis.standing import with_answer
from feedback_service.platforms.twogis.wire import Listed, Place
from feedback_service.ports.platform import HistoryPage, Span
from feedback_service.transports.documents import moment_of

log = logging.getLogger(__name__)

MARK = re.compile(r"branch/(?P<branch>[0-9]{1,32})/(?P<upto>[0-9T:.+-]{0,40})")


@dataclass(frozen=True, slots=True)
class Mark:
    """The branch that is read, and down to which instant; None: to its end."""

    branch: str
    upto: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """Some reviews of a branch, and down to which instant that is all of them; None: to the end."""

    listed: Sequence[Listed]
    upto: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One account's past, newest first in each branch, down to the first page that ends before the span.

    Branches come in the order of their numbers, so that a cursor keeps its meaning when one is opened or closed. The
    reviews of a page's last instant are held back until the next page shows that there are no more of it.
    """

    client: TwoGisClient
    branches: Branches
    notes: Notes
    span: Span

    async def pages(self, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """Raises Retryable, and AccountFault also where no branch is open to the login; Refused for a foreign cursor.

        A branch that is not open is left out.
        """
        mark = read_mark(cursor) if cursor else None
        branches = sorted(await self.branches.current(), key=lambda one: _order(one.id))
        lost = 0
        for number, branch in enumerate(branches):
            if mark is not None and _is_done(branch, mark):
                continue
            upto = mark.upto if mark is not None and branch.id == mark.branch else None
            try:
                async for part in self._of(branch, upto or self.span.until):
                    share = (number + self._depth(part)) / len(branches)
                    yield HistoryPage(await self._within(part), _text(Mark(branch.id, part.upto)), share)
            except Elsewhere:
                lost += 1
                self._lost(branch)
                yield HistoryPage((), _text(Mark(branch.id, None)), (number + 1) / len(branches))
        if branches and lost == len(branches):
            raise AccountFault("2GIS opens none of the branches to this login", OURS)

    async def _of(self, branch: Place, upto: datetime) -> AsyncIterator[Part]:
        """Down from an instant, in parts that end between two instants."""
        held: list[Listed] = []
        async for page in Listing(self.client, branch, unanswered=False).pages(upto + SECOND):
            self.notes.take(page)
            held += [one for one in page if one.review.created_at <= upto]
            last = min((one.review.created_at for one in held), default=upto)
            if last < self.span.since:
                break
            if whole := [one for one in held if one.review.created_at > last]:
                yield Part(whole, last)
                held = [one for one in held if one.review.created_at == last]
        yield Part(held, None)

    async def _within(self, part: Part) -> Sequence[Review]:
        """Those of the span with their answers; a call for each of which its row leaves a doubt."""
        listed = [one for one in part.listed if self.span.holds(one.review.created_at)]
        return [await with_answer(self.client, one, self.notes.written(one.review.item_id)) for one in listed]

    def _depth(self, part: Part) -> float:
        """How far down the span the branch has been read."""
        if part.upto is None:
            return 1.0
        return min(max((self.span.until - part.upto) / (self.span.until - self.span.since), 0.0), 1.0)

    def _lost(self, branch: Place) -> None:
        self.branches.doubt()
        log.warning("Branch %s is not open to this login (any more).", branch.id, extra={"action": "branch_lost"})


def read_mark(cursor: str) -> Mark:
    """Raises Refused for a text that `History` did not give."""
    found = MARK.fullmatch(cursor)
    upto = moment_of(found["upto"]) if found else None
    if found is None or (found["upto"] and upto is None):
        raise Refused(f"{cursor[:60]!r} is no place in a history of 2GIS: begin anew")
    return Mark(found["branch"], upto)


def _text(mark: Mark) -> str:
    return f"branch/{mark.branch}/{mark.upto.isoformat() if mark.upto else ''}"


def _is_done(branch: Place, mark: Mark) -> bool:
    return _order(branch.id) < _order(mark.branch) or (branch.id == mark.branch and mark.upto is None)


def _order(branch: str) -> tuple[int, str]:
    """By number; they are texts."""
    return len(branch), branch
