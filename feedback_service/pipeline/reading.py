"""Decides what the end of a pass over an account means for the account and for each kind, and says it once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from feedback_service.domain.errors import AccountFault, Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.passage import Passage, Use
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.health import Health
from feedback_service.pipeline.rests import Rests
from feedback_service.pipeline.stage import Outage, Progress
from feedback_service.ports.storage import Accounts

log = logging.getLogger(__name__)

Problem = Retryable | AccountFault


@dataclass(frozen=True, slots=True)
class Reading:
    """A kind that can be read goes on whatever is wrong with another; each change is said once.

    The account is paused where every kind fails, or where its login is out of order and nothing was read.
    """

    account: Account
    accounts: Accounts
    closures: Closures
    rests: Rests
    outage: Outage = field(default_factory=Outage)
    health: Health = field(default_factory=lambda: Health(Pauser.READING))

    async def worth_a_try(self, kinds: Sequence[Kind]) -> Sequence[Kind]:
        """The kinds that do not rest; all of them where none is left."""
        await self.closures.load()
        awake = self.rests.awake(kinds)
        return [kind for kind in kinds if kind in awake] or kinds

    async def ended(
        self, read: Sequence[Kind], problems: Mapping[Kind, Problem], *, ours_seen: bool = False
    ) -> Progress:
        """What a pass means that read some kinds whole, and met these problems at others."""
        for kind in read:
            await self._works(kind)
        if read:
            return await self._goes_on(problems, ours_seen)
        faults = [one for one in problems.values() if isinstance(one, AccountFault)]
        graver = [one for one in faults if not isinstance(one, Unavailable)]
        outages = [one for one in problems.values() if isinstance(one, Retryable)]
        if graver or (faults and not outages and not self.rests.is_any_resting):
            return await self._pause((graver or faults)[0])
        await self._close({kind: one for kind, one in problems.items() if isinstance(one, AccountFault)})
        return self._away(outages[0]) if outages else Progress()

    async def _works(self, kind: Kind) -> None:
        if self.rests.recovered(kind):
            log.info("%ss of account %s can be read again.", kind, self.account.key, extra={"action": "kind_back"})
        if await self.closures.open(Passage(Use.READING, kind)):
            log.info("%ss of account %s can be read now.", kind, self.account.key, extra={"action": "kind_available"})

    async def _goes_on(self, problems: Mapping[Kind, Problem], ours_seen: bool) -> Progress:
        """Some kind was read. A subscription that lacks a kind is how an account is, and no failure of the pass."""
        if self.outage.recovered() and self.health.well is not False:
            log.info("Account %s can be read again.", self.account.key, extra={"action": "account_back"})
        await self.health.worked(self.account, self.accounts, ours_seen=ours_seen)
        await self.health.forget(self.account, self.accounts)
        await self._close({kind: one for kind, one in problems.items() if isinstance(one, AccountFault)})
        for kind, problem in problems.items():
            if isinstance(problem, Unavailable):
                continue
            self.rests.failed(kind, problem.retry_after)
            if isinstance(problem, Retryable) and self.rests.is_new(kind):
                about = {"action": "kind_away"}
                log.warning("%ss of account %s cannot be read now: %s", kind, self.account.key, problem, extra=about)
        return Progress(failed=sum(1 for one in problems.values() if not isinstance(one, Unavailable)))

    async def _close(self, faults: Mapping[Kind, AccountFault]) -> None:
        for kind, problem in faults.items():
            if await self.closures.close(Passage(Use.READING, kind), problem):
                about = {"action": "kind_unavailable"}
                log.error("%ss of account %s are left alone: %s", kind, self.account.key, problem, extra=about)

    async def _pause(self, problem: AccountFault) -> Progress:
        await self.health.failed(self.account, self.accounts, problem)
        return Progress(failed=1, rest=self.outage.failed(problem.retry_after))

    def _away(self, problem: Retryable) -> Progress:
        rest = self.outage.failed(problem.retry_after)
        if self.outage.is_new:
            log.warning(
                "Account %s cannot be read now: %s", self.account.key, problem, extra={"action": "account_away"}
            )
        return Progress(failed=1, rest=rest)
