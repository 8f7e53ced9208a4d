"""Says once that answers of an account, or of one kind of its items, cannot be written, and once that they can."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.errors import AccountFault, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.passage import Passage, Use
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.health import Health
from feedback_service.ports.storage import Accounts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Permits:
    """What the platform lets this account write. One kind's success says nothing of another kind."""

    account: Account
    accounts: Accounts
    closures: Closures
    health: Health = field(default_factory=lambda: Health(Pauser.WRITING))

    async def load(self) -> None:
        await self.closures.load()

    def open_ones(self, kinds: Iterable[Kind]) -> frozenset[Kind]:
        """The kinds that are worth a try."""
        return frozenset(kind for kind in kinds if not self.is_shut(kind))

    def is_shut(self, kind: Kind) -> bool:
        return self.closures.is_shut(Passage(Use.WRITING, kind))

    def left(self, kind: Kind) -> timedelta:
        """How long until a shut kind is worth another try."""
        return self.closures.left(Passage(Use.WRITING, kind))

    async def failed(self, kind: Kind, fault: AccountFault) -> None:
        """Shut the kind where only it is concerned, else pause the account."""
        if not isinstance(fault, Unavailable):
            await self.health.failed(self.account, self.accounts, fault)
        elif await self.closures.close(Passage(Use.WRITING, kind), fault):
            about = {"action": "writing_unavailable"}
            log.error("%ss of account %s cannot be answered: %s", kind, self.account.key, fault, extra=about)

    async def worked(self, kind: Kind) -> None:
        await self.health.worked(self.account, self.accounts)
        if await self.closures.open(Passage(Use.WRITING, kind)):
            about = {"action": "writing_available"}
            log.info("%ss of account %s can be answered now.", kind, self.account.key, extra=about)
