"""Takes feedback back to the state it had before a delivery that a publisher could not make."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from feedback_service.domain.confirmation import BY_HAND
from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, Receipt
from feedback_service.domain.errors import Configuration, Retryable
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.identity import SupplierKey
from feedback_service.pipeline.stage import Outage, Progress
from feedback_service.pipeline.writing import about, outcome, retracting
from feedback_service.ports.clock import Clock
from feedback_service.ports.queue import Message, Queue, Rollback
from feedback_service.ports.storage import Outcome, SupplierStorage

log = logging.getLogger(__name__)

BATCH = 50
WAIT = 5.0
"""Seconds that one step waits for messages: no longer, as a worker that stops finishes its step."""


async def rolled_back(storage: SupplierStorage, dispatch: Dispatch, rollback: Rollback, clock: Clock) -> Outcome:
    """What a rollback means for a dispatch that was being sent.

    An answer goes back to its person; a correction leaves the text standing that it was made for, and what was
    published wrongly is taken off the platform first.
    """
    if rollback.retract:
        return retracting(dispatch, rollback.reason, Receipt(clock.now(), rollback.platform_id))
    stands = dispatch.action is Action.EDIT and not rollback.reason.startswith(BY_HAND)
    answered = stands and await _was_answered(storage, dispatch)
    before = FeedbackStatus.ANSWERED if answered else FeedbackStatus.HELD
    return outcome(dispatch, DispatchStatus.REFUSED, rollback.reason, before)


async def _was_answered(storage: SupplierStorage, dispatch: Dispatch) -> bool:
    """Whether a person corrected what needed no answer; else the item waited for one, beneath an older answer."""
    feedback = await storage.feedback.get(dispatch.feedback_id)
    return feedback is not None and feedback.item.answer is None


@dataclass(frozen=True, slots=True)
class RollBack:
    """Works off the rollback subscription, which all workers share: whose dispatch it is, is in the message.

    The write is not fenced: compare-and-set on the dispatch's revision decides, so that a message which comes twice,
    late or out of order changes nothing.
    """

    queue: Queue
    storage_of: Callable[[SupplierKey], SupplierStorage]
    clock: Clock
    outage: Outage = field(default_factory=Outage)

    @property
    def name(self) -> str:
        return "rollback"

    async def step(self) -> Progress:
        try:
            messages = await self.queue.rollbacks().receive(BATCH, WAIT)
        except (Retryable, Configuration) as problem:
            return self._away(problem)
        moved = 0
        for one in messages:
            try:
                moved += await self._take(one)
            except (Retryable, Configuration) as problem:  # the database, or the whole queue: it comes again
                return self._away(problem, moved)
        if self.outage.recovered():
            log.info("Rollbacks are read again.", extra={"action": "rollback_back"})
        return Progress(taken=len(messages), moved=moved, more=len(messages) == BATCH)

    async def _take(self, message: Message) -> bool:
        content = message.content
        if not isinstance(content, Rollback):
            log.warning("A message on the rollback topic is not a rollback.", extra={"action": "rollback_foreign"})
            await _bury(message)
            return False
        try:
            moved = await self._roll_back(content)
        except Configuration as problem:
            log.warning("A rollback of an unknown supplier: %s", problem, extra={"action": "rollback_foreign"})
            await _bury(message)
            return False
        await message.done()
        return moved

    async def _roll_back(self, rollback: Rollback) -> bool:
        storage = self.storage_of(rollback.supplier)
        dispatch = await storage.outbox.get(rollback.dispatch)
        if dispatch is None or not is_meant(dispatch, rollback):
            return False
        lost = await storage.outbox.settle([await rolled_back(storage, dispatch, rollback, self.clock)])
        if not lost:
            log.warning("A delivery was rolled back: %s", rollback.reason, extra=about(dispatch, "rolled_back"))
        return not lost

    def _away(self, problem: Retryable | Configuration, moved: int = 0) -> Progress:
        rest = self.outage.failed(None if isinstance(problem, Configuration) else problem.retry_after)
        if self.outage.is_new:
            log.error("Rollbacks cannot be read; they wait: %s", problem, extra={"action": "rollback_away"})
        return Progress(moved=moved, failed=1, rest=rest)


async def _bury(message: Message) -> None:
    """Where that cannot be done (no right to the dead topic), the message comes again, and holds up no other."""
    try:
        await message.bury()
    except (Retryable, Configuration) as problem:
        log.error("A message cannot be buried and comes again: %s", problem, extra={"action": "bury_failed"})


def is_meant(dispatch: Dispatch, rollback: Rollback) -> bool:
    """Whether the dispatch is still the write that the rollback speaks of.

    One that fell in doubt meanwhile is: the doubt is over, as its publisher knows how the write ended.
    """
    since = {DispatchStatus.SENDING: 0, DispatchStatus.IN_DOUBT: 1}.get(dispatch.status)
    return since == dispatch.revision - rollback.revision and dispatch.account_id == rollback.account
