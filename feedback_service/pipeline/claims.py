"""Takes due deliveries of one account, of those kinds that do not rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from feedback_service.domain.dispatch import Dispatch, DispatchStatus
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import AccountId
from feedback_service.pipeline.looking import Problem, given_back
from feedback_service.pipeline.rests import Rests
from feedback_service.ports.storage import Outbox, Outcome


@dataclass(frozen=True, slots=True)
class Claimed:
    """`full`: there may be more that is due now."""

    dispatches: Sequence[Dispatch] = ()
    full: bool = False


@dataclass(frozen=True, slots=True)
class Claims:
    """A kind that failed is left out until its rest is over, so that what waits of it is in nobody's way."""

    account: AccountId
    outbox: Outbox
    statuses: frozenset[DispatchStatus]
    rests: Rests

    async def take(self, kinds: Iterable[Kind], limit: int, lease: timedelta) -> Claimed:
        """Up to `limit` due entries of the kinds; a kind whose last try failed is tried by a single one first."""
        wanted = frozenset(kinds)
        shaky = self.rests.shaky(wanted)
        if shaky and (one := await self.outbox.claim(self.account, self.statuses, 1, lease, kinds=shaky)):
            return Claimed(one, full=True)
        steady = self.rests.awake(wanted) - shaky
        if not steady:
            return Claimed()
        only = None if steady == frozenset(Kind) else steady
        found = await self.outbox.claim(self.account, self.statuses, limit, lease, kinds=only)
        return Claimed(found, full=len(found) == limit)

    def put_off(self, dispatches: Sequence[Dispatch], problems: Mapping[Kind, Problem]) -> list[Outcome]:
        """Let the kinds rest that had these problems; what is to be settled for their dispatches."""
        rests = {kind: self.rests.failed(kind, problem.retry_after) for kind, problem in problems.items()}
        return [
            given_back(one, str(problems[one.ref.kind]), timedelta(seconds=rests[one.ref.kind]))
            for one in dispatches
            if one.ref.kind in rests
        ]
