"""Delivers one announced dispatch of one account: what a publisher does for a worker, by the same rules."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta

from feedback_service.domain.dispatch import Dispatch, DispatchStatus
from feedback_service.domain.errors import (
    AccountFault,
    Configuration,
    InDoubt,
    LostRace,
    NoBrowser,
    Refused,
    Retryable,
    Unavailable,
)
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.supplier import Account, AnswerPolicy
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.health import Health
from feedback_service.pipeline.last_look import before_sending, edited_item
from feedback_service.pipeline.looking import given_back, look, unseen
from feedback_service.pipeline.permits import Permits
from feedback_service.pipeline.rollback import rolled_back
from feedback_service.pipeline.writing import PAUSE, about, write
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Connector
from feedback_service.ports.queue import Notice, Queue, Rollback
from feedback_service.ports.storage import Outcome, SupplierStorage

log = logging.getLogger(__name__)

TO_ROLL_BACK = frozenset({DispatchStatus.REFUSED, DispatchStatus.RETRACTING})


@dataclass(frozen=True, slots=True)
class Deliver:
    """One account as a publisher serves it.

    Storage is not fenced: whoever moves the dispatch from PENDING to SENDING by compare-and-set has it, and has it only
    for `send_window`; the worker looks after what did not come back by then.
    """

    account: Account
    policy: AnswerPolicy
    connector: Connector
    storage: SupplierStorage
    queue: Queue
    clock: Clock
    health: Health = field(default_factory=lambda: Health(Pauser.WRITING))
    closures: Closures = field(default_factory=Closures)

    async def deliver(self, notice: Notice) -> None:
        """Do what the notice asks, where it is still to be done; a second time does no harm.

        Raises Retryable where nothing was begun and it should come again, AccountFault where the account cannot be
        worked with now: its dispatch is then due again later; NoBrowser where others may do what this machine cannot.
        """
        dispatch = await self.storage.outbox.get(notice.dispatch)
        if dispatch is None or {dispatch.account_id, notice.account} != {self.account.id}:
            log.warning("A notice names a dispatch that is not there.", extra={"action": "notice_unknown"})
        elif dispatch.revision == notice.revision and dispatch.status is DispatchStatus.RETRACTING:
            await self._retract(dispatch)
        elif dispatch.revision == notice.revision and dispatch.status is DispatchStatus.PENDING:
            await self._deliver(dispatch)
        else:
            log.debug("Already %s.", dispatch.status, extra=about(dispatch, "notice_stale"))

    @property
    def permits(self) -> Permits:
        return Permits(self.account, self.storage.accounts, self.closures, self.health)

    async def _deliver(self, pending: Dispatch) -> None:
        await self.permits.load()
        if self.permits.is_shut(pending.ref.kind):
            shut = given_back(pending, "its kind may not be answered", self.permits.left(pending.ref.kind))
            await self.storage.outbox.settle([shut])
            return
        if not await self._is_wanted(pending):
            return
        try:
            dispatch = await self.storage.outbox.begin(pending, self.connector.spec.send_window)
        except LostRace:
            return
        written = await write(self.connector, dispatch, self.clock)
        if isinstance(written.fault, NoBrowser):  # nothing was written: due at once, for others
            await self.storage.outbox.settle([replace(written.outcome, delay=timedelta(0))])
            raise written.fault
        if written.fault:
            await self.permits.failed(pending.ref.kind, written.fault)
        await self._settle(written.outcome)
        if written.outcome.to is DispatchStatus.SENT:
            await self.permits.worked(pending.ref.kind)

    async def _is_wanted(self, pending: Dispatch) -> bool:
        """A last look, as before every sending; what it finds is settled."""
        try:
            sighting = (await look(self.connector, [pending])).get(pending.id)
        except NoBrowser:
            raise
        except Unavailable:  # of this kind alone; the worker that reads the account has said so
            sighting = None
        except AccountFault as problem:
            await self.health.failed(self.account, self.storage.accounts, problem)
            wait = PAUSE if problem.retry_after is None else timedelta(seconds=problem.retry_after)
            back = Outcome(dispatch=pending, to=None, because=str(problem), delay=wait, forgive=True)
            await self.storage.outbox.settle([back])
            raise
        rules = self.connector.spec.redelivery
        if sighting is None:
            await self.storage.outbox.settle([unseen(pending, rules, self.clock.now())])
            return False
        found = before_sending(pending, sighting, rules)
        if found is not None:
            await self.storage.outbox.settle([found])
            return False
        edited = edited_item(pending, sighting)
        if edited is not None:
            await self.storage.feedback.record(self.account.id, [edited], self.policy.reopen_edited)
        return edited is None

    async def _settle(self, found: Outcome) -> None:
        """What a person has to decide goes by the rollback topic, everything else into the database at once."""
        if found.to not in TO_ROLL_BACK:
            await self.storage.outbox.settle([found])
            return
        rollback = self._rollback(found)
        try:
            await self.queue.roll_back(rollback)
        except (Retryable, Configuration) as problem:
            log.error("The rollback topic is away, rolling back directly: %s", problem, extra={"action": "queue_away"})
            back = await rolled_back(self.storage, found.dispatch, rollback, self.clock)
            await self.storage.outbox.settle([back])

    def _rollback(self, found: Outcome) -> Rollback:
        return Rollback(
            supplier=self.account.supplier,
            account=self.account.id,
            dispatch=found.dispatch.id,
            revision=found.dispatch.revision,
            reason=found.because,
            retract=found.to is DispatchStatus.RETRACTING,
            platform_id=found.receipt.platform_id if found.receipt else "",
        )

    async def _retract(self, dispatch: Dispatch) -> None:
        """The worker's own look tells whether it is gone; here it is only asked for.

        That look is put off until the window has passed: as long as this may still take an answer away, nobody learns
        that ours is gone and puts a later one of the same words in its place.
        """
        window, since = self.connector.spec.send_window, self.clock.now()
        mine = Outcome(dispatch=dispatch, to=None, because="about to be taken away", delay=window, forgive=True)
        if await self.storage.outbox.settle([mine]):
            return
        left = min(window, window - (self.clock.now() - since))
        if left <= timedelta(0):
            log.warning("This process stood still; nothing was taken away.", extra=about(dispatch, "stood_still"))
            return
        try:
            async with asyncio.timeout(left.total_seconds()):
                await self.connector.retract(dispatch)
        except (InDoubt, TimeoutError) as problem:
            because = str(problem) or f"it was broken off after {window}"
            log.warning("It is not known whether an answer is gone: %s", because, extra=about(dispatch, "in_doubt"))
        except Refused as problem:
            log.error("The platform does not take our answer away: %s", problem, extra=about(dispatch, "refused"))
