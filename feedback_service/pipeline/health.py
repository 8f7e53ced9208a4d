"""Says once that an account is out of order, and once that it works again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from feedback_service.domain.errors import AccountFault, StrangeCabinet
from feedback_service.domain.pauses import ENDED_BY, Pauser
from feedback_service.domain.supplier import Account
from feedback_service.ports.storage import Accounts

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Health:
    """What one stage saw of its account last; `by` is the stage's work.

    `well`: None before the first try, as a process before this one may have left the account paused. `at_home`: whether
    the stage has seen anything of ours there, which alone ends a doubt about the cabinet.
    """

    by: Pauser
    well: bool | None = None
    at_home: bool = False

    async def failed(self, account: Account, accounts: Accounts, problem: AccountFault) -> None:
        """Pause the account."""
        strange = isinstance(problem, StrangeCabinet)
        self.well, self.at_home = False, self.at_home and not strange
        wait = None if problem.retry_after is None else timedelta(seconds=problem.retry_after)
        if await accounts.pause(account.id, Pauser.CABINET if strange else self.by, str(problem), wait):
            log.error("Account %s is paused: %s", account.key, problem, extra={"action": "account_paused"})

    async def worked(self, account: Account, accounts: Accounts, *, ours_seen: bool = False) -> None:
        """End the pause, where there may be one of this work's; `ours_seen`: something of ours is there."""
        ends = frozenset() if self.well else ENDED_BY[self.by]
        if ours_seen and not self.at_home:
            ends |= ENDED_BY[Pauser.CABINET]
        self.well, self.at_home = True, self.at_home or ours_seen
        if ends:
            await _end(account, accounts, ends)

    async def forget(self, account: Account, accounts: Accounts) -> None:
        """End a pause of any work that has not met its fault for long: there may be nothing left that it could try."""
        pause = await accounts.paused(account.id)
        if pause is not None and pause.is_forgotten:
            await _end(account, accounts, frozenset(Pauser))


async def _end(account: Account, accounts: Accounts, ends: frozenset[Pauser]) -> None:
    if await accounts.resume(account.id, ends):
        log.info("Account %s works again.", account.key, extra={"action": "account_back"})
