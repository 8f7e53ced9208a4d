"""Says once that an account is out of order, and once that it works again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from feedback_service.domain.errors import AccountFault
from feedback_service.domain.supplier import Account
from feedback_service.ports.storage import Accounts

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Health:
    """What one stage saw of its account last.

    None before the first try: a process before this one may have left the account paused. Only the stage that paused
    an account ends the pause, as an account that may read and not write would else fall ill and recover for ever.
    """

    well: bool | None = None

    async def failed(self, account: Account, accounts: Accounts, problem: AccountFault) -> None:
        """Pause the account."""
        self.well = False
        wait = None if problem.retry_after is None else timedelta(seconds=problem.retry_after)
        if await accounts.pause(account.id, str(problem), wait):
            log.error("Account %s is paused: %s", account.key, problem, extra={"action": "account_paused"})

    async def worked(self, account: Account, accounts: Accounts) -> None:
        """End the pause, where there may be one."""
        was_well, self.well = self.well, True
        if not was_well and await accounts.resume(account.id):
            log.info("Account %s works again.", account.key, extra={"action": "account_back"})
