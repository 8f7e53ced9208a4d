"""Tells the publishers which approved answers of one account are to be delivered; the database stays the truth."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.dispatch import Dispatch, DispatchStatus
from feedback_service.domain.errors import AccountFault, Configuration, Retryable
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.health import Health
from feedback_service.pipeline.stage import Outage, Progress
from feedback_service.pipeline.unbegun import Unbegun
from feedback_service.ports.clock import Clock
from feedback_service.ports.queue import Notice, Queue
from feedback_service.ports.storage import Outcome, SupplierStorage

log = logging.getLogger(__name__)

PENDING = frozenset({DispatchStatus.PENDING})
BEGUN = frozenset(DispatchStatus) - PENDING - {DispatchStatus.SENDING, DispatchStatus.WITHDRAWN, DispatchStatus.CLOSED}
"""Only a publisher brings an announced answer there: a person may withdraw it, and an edit of the customer close it."""
BATCH = 200
AGAIN = timedelta(minutes=10)
"""An announced entry that nobody began by then is announced anew, and the notice before is worth nothing any more."""


@dataclass(frozen=True, slots=True)
class Announce:
    """One step announces what is due. A claim lasts for AGAIN: what is lost on the way comes due by itself."""

    account: Account
    storage: SupplierStorage
    queue: Queue
    clock: Clock
    outage: Outage = field(default_factory=Outage)
    health: Health = field(default_factory=lambda: Health(Pauser.ANNOUNCING))
    publishers: Health = field(default_factory=lambda: Health(Pauser.PUBLISHERS))
    unbegun: Unbegun = field(default_factory=lambda: Unbegun(AGAIN))

    @property
    def name(self) -> str:
        return f"announce {self.account.key}"

    async def step(self) -> Progress:
        await self._look_for_publishers()
        claimed = await self.storage.outbox.claim(self.account.id, PENDING, BATCH, AGAIN)
        if not claimed:
            return Progress()
        try:
            await self.announce(claimed)
        except (Retryable, Configuration) as problem:
            return await self._away(claimed, problem)
        if self.outage.recovered():
            log.info("The queue takes answers again.", extra={"action": "queue_back"})
        await self.health.worked(self.account, self.storage.accounts)
        await self._count(claimed)
        log.info("Announced %d answers of %s.", len(claimed), self.account.key, extra={"action": "announced"})
        return Progress(taken=len(claimed), more=len(claimed) == BATCH, later=(AGAIN.total_seconds(),))

    async def _count(self, claimed: Sequence[Dispatch]) -> None:
        """Tell a person once where nobody begins what is announced; announcing goes on."""
        if self.unbegun.announced(claimed, self.clock.now()):
            await self.publishers.failed(self.account, self.storage.accounts, self.unbegun.fault)

    async def _look_for_publishers(self) -> None:
        """End the pause once a publisher is through with the oldest answer, however it ended.

        One that is pending again may have met a fault of the account, which is a reason of its own for a pause. A
        process before this one may have told as well.
        """
        if self.publishers.well or self.unbegun.oldest is None:
            return
        now = await self.storage.outbox.get(self.unbegun.oldest.id)
        if now is not None and now.status in BEGUN:
            self.unbegun.forget()
            await self.publishers.worked(self.account, self.storage.accounts)

    async def announce(self, dispatches: Sequence[Dispatch]) -> None:
        """One notice for each, the oldest first. Raises Retryable or Configuration."""
        ordered = sorted(dispatches, key=lambda one: one.id)
        await self.queue.announce([self._notice(one) for one in ordered])

    async def ask(self, dispatch: Dispatch) -> None:
        """Announce one dispatch: what Retract needs of a publisher."""
        await self.announce([dispatch])

    def _notice(self, dispatch: Dispatch) -> Notice:
        return Notice(
            supplier=self.account.supplier,
            account=self.account.id,
            dispatch=dispatch.id,
            revision=dispatch.revision,
            expires_at=self.clock.now() + AGAIN,
        )

    async def _away(self, claimed: Sequence[Dispatch], problem: Retryable | Configuration) -> Progress:
        """Nothing is lost: what was not announced, or only perhaps, is announced again."""
        if isinstance(problem, Configuration):
            rest = self.outage.failed(None)
            fault = AccountFault(str(problem), "answers wait until then")
            self.unbegun.forget()  # no publisher could hear of them
            await self.health.failed(self.account, self.storage.accounts, fault)
        else:
            rest = self.outage.failed(problem.retry_after)
            if self.outage.is_new:
                log.error("The queue is away; answers wait: %s", problem, extra={"action": "queue_away"})
        delay = timedelta(seconds=rest)
        back = [Outcome(dispatch=one, to=None, because=str(problem), delay=delay, forgive=True) for one in claimed]
        await self.storage.outbox.settle(back)
        return Progress(taken=len(claimed), failed=1, rest=rest, later=(rest,))
