"""Takes off the platform what must not stand there, and looks until it is gone."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.confirmation import BY_HAND, judge_retraction
from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Sighting
from feedback_service.domain.errors import AccountFault, Configuration, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.looking import UNSEEN, look
from feedback_service.pipeline.stage import Outage, Progress
from feedback_service.pipeline.writing import PAUSE, about, outcome
from feedback_service.ports.platform import Connector
from feedback_service.ports.storage import Outcome, SupplierStorage

log = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(minutes=2)
RETRACTING = frozenset({DispatchStatus.RETRACTING})


@dataclass(frozen=True, slots=True)
class Retract:
    """`ask` has the answer taken away: by the account's connector, or by a notice to a publisher.

    `patience`: how long whoever was asked by a notice may still be at it. It is not looked at before that, so that
    nothing of ours takes the place of the answer while somebody may take it away.
    """

    account: Account
    connector: Connector
    storage: SupplierStorage
    ask: Callable[[Dispatch], Awaitable[None]]
    patience: timedelta = timedelta(0)
    outage: Outage = field(default_factory=Outage)

    @property
    def name(self) -> str:
        return f"retract {self.account.key}"

    async def step(self) -> Progress:
        limit = self.outage.batch(BATCH)
        claimed = await self.storage.outbox.claim(self.account.id, RETRACTING, limit, LEASE)
        if not claimed:
            return Progress()
        try:
            sightings = await look(self.connector, claimed)
            outcomes = [
                await self._outcome(one, sightings[one.id]) if one.id in sightings else self._unseen(one)
                for one in claimed
            ]
        except (Retryable, AccountFault, Configuration) as problem:
            return await self._away(claimed, problem)
        self.outage.recovered()
        await self.storage.outbox.settle(outcomes)
        return Progress(
            taken=len(claimed),
            moved=sum(1 for one in outcomes if one.to),
            more=len(claimed) == limit,
            later=tuple({one.delay.total_seconds() for one in outcomes if one.delay}),
        )

    async def _outcome(self, dispatch: Dispatch, sighting: Sighting) -> Outcome:
        judgement = judge_retraction(dispatch, sighting, self.connector.spec.redelivery)
        if judgement.to is None:
            try:
                await self.ask(dispatch)
            except InDoubt as problem:
                log.warning("It is not known whether an answer is gone: %s", problem, extra=about(dispatch, "in_doubt"))
            except Refused as problem:
                because = f"{BY_HAND}: {problem}"
                return outcome(dispatch, DispatchStatus.REFUSED, because, FeedbackStatus.HELD)
            return outcome(dispatch, None, judgement.because, delay=max(judgement.delay, self.patience))
        log.warning("A wrong answer: %s.", judgement.because, extra=about(dispatch, str(judgement.to)))
        return outcome(dispatch, judgement.to, f"{judgement.because} ({dispatch.note})", judgement.feedback_to)

    def _unseen(self, dispatch: Dispatch) -> Outcome:
        if dispatch.looks >= self.connector.spec.redelivery.attempts:
            return outcome(dispatch, DispatchStatus.REFUSED, f"{BY_HAND}, if at all: {UNSEEN}", FeedbackStatus.HELD)
        return outcome(dispatch, None, UNSEEN, delay=PAUSE)

    async def _away(self, claimed: Sequence[Dispatch], problem: Retryable | AccountFault | Configuration) -> Progress:
        rest = self.outage.failed(None if isinstance(problem, Configuration) else problem.retry_after)
        if self.outage.is_new:
            log.warning("Answers cannot be taken away now: %s", problem, extra={"action": "retract_away"})
        delay = timedelta(seconds=rest)
        back = [Outcome(dispatch=one, to=None, because=str(problem), delay=delay, forgive=True) for one in claimed]
        await self.storage.outbox.settle(back)
        return Progress(taken=len(claimed), failed=1, rest=rest, later=(rest,))
