"""Looks once at every account's login and rights when a worker starts, beside its stages, and says what is wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.kit import Kit
from feedback_service.ports.platform import Connector, Fact

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds for one account; an account that cannot be reached is said by its stages, too."""
WARNING = "WARNING"
"""How a finding begins that is well, and worth knowing."""


@asynccontextmanager
async def checked_beside(kit: Kit) -> AsyncIterator[None]:
    """Check the accounts while the work goes on; what is not done by its end is broken off."""
    checks = [asyncio.create_task(check_account(kit.connectors[one.id], one)) for one in kit.supplier.accounts]
    try:
        yield
    finally:
        for task in checks:
            task.cancel()
        await asyncio.gather(*checks, return_exceptions=True)


async def check_account(connector: Connector, account: Account) -> None:
    """Say every fact that is not well, and every warning."""
    for fact in await _facts(connector, account):
        about = {"action": "account_check", "account": account.key, "subject": fact.subject}
        sentence = f"{fact.finding}; {fact.remedy}" if fact.remedy else fact.finding
        if not fact.ok:
            log.error("Account %s, %s: %s", account.key, fact.subject, sentence, extra=about)
        elif fact.finding.startswith(WARNING):
            log.warning("Account %s, %s: %s", account.key, fact.subject, sentence, extra=about)


async def _facts(connector: Connector, account: Account) -> Sequence[Fact]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await connector.check()
    except TimeoutError:
        log.warning("Account %s was not checked in %.0f s.", account.key, PATIENCE, extra={"action": "account_check"})
    except FeedbackServiceError as problem:
        return [Fact("account", False, str(problem))]
    except Exception:  # a defect of the check must not stop the work that goes on beside it
        log.exception("The check of account %s failed.", account.key, extra={"action": "account_check"})
    return []
