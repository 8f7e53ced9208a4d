"""Takes off the platform what must not stand there, and looks until it is gone."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.confirmation import BY_HAND, judge_retraction
from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Sighting
from feedback_service.domain.errors import AccountFault, Configuration, InDoubt, Refused, Retryable, StrangeCabinet
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.cabinet import all_gone, doubt
from feedback_service.pipeline.health import Health
from feedback_service.pipeline.looking import UNSEEN, Around, given_back, look_around
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
    looking: Health = field(default_factory=lambda: Health(Pauser.LOOKING))

    @property
    def name(self) -> str:
        return f"retract {self.account.key}"

    async def step(self) -> Progress:
        limit = self.outage.batch(BATCH)
        claimed = await self.storage.outbox.claim(self.account.id, RETRACTING, limit, LEASE)
        if not claimed:
            return Progress()
        around = await look_around(self.connector, claimed)
        try:
            await self._doubt(claimed, around)
        except (Retryable, AccountFault) as problem:
            return await self._away(claimed, problem)
        if any(sighting.item is not None for sighting in around.found.values()):
            await self.looking.worked(self.account, self.storage.accounts, ours_seen=True)
        done = Progress(taken=len(claimed), more=len(claimed) == limit)
        done += await self._put_off([one for one in claimed if one.ref.kind in around.outages], around)
        here = [one for one in claimed if one.ref.kind not in around.outages]
        for number, one in enumerate(here):
            try:
                found = await self._outcome(one, around.found[one.id]) if one.id in around.found else self._unseen(one)
            except (AccountFault, Configuration) as problem:
                return done + await self._away(here[number:], problem)
            await self.storage.outbox.settle([found])
            done += Progress(moved=int(found.to is not None), later=(found.delay.total_seconds(),))
        self.outage.recovered()
        return done

    async def _doubt(self, claimed: Sequence[Dispatch], around: Around) -> None:
        """Raises what nothing can be done about now. In a strange cabinet every answer of ours looks taken away."""
        if around.fault is not None:
            raise around.fault
        if around.blind and around.outages:
            raise next(iter(around.outages.values()))
        if all_gone(around.found.values()):
            gone = [one.ref for one in claimed if one.id in around.found]
            await doubt(self.connector, self.storage, self.account.id, gone)

    async def _put_off(self, dispatches: Sequence[Dispatch], around: Around) -> Progress:
        """A kind that cannot be seen now waits while the other goes on."""
        waits = {kind: problem.retry_after or PAUSE.total_seconds() for kind, problem in around.outages.items()}
        back = [
            given_back(one, str(around.outages[one.ref.kind]), timedelta(seconds=waits[one.ref.kind]))
            for one in dispatches
        ]
        if back:
            await self.storage.outbox.settle(back)
        return Progress(failed=len(waits), later=tuple(waits.values()))

    async def _outcome(self, dispatch: Dispatch, sighting: Sighting) -> Outcome:
        """Raises AccountFault or Configuration, which concern the others as well."""
        judgement = judge_retraction(dispatch, sighting, self.connector.spec.redelivery)
        if judgement.to is not None:
            log.warning("A wrong answer: %s.", judgement.because, extra=about(dispatch, str(judgement.to)))
            because = f"{judgement.because} ({dispatch.note})"
            return outcome(dispatch, judgement.to, because, judgement.feedback_to)
        try:
            await self.ask(dispatch)
        except InDoubt as problem:
            log.warning("It is not known whether an answer is gone: %s", problem, extra=about(dispatch, "in_doubt"))
        except Retryable as problem:
            return self._again(dispatch, problem, judgement.delay)
        except Refused as problem:
            return outcome(dispatch, DispatchStatus.REFUSED, f"{BY_HAND}: {problem}", FeedbackStatus.HELD)
        return outcome(dispatch, None, judgement.because, delay=max(judgement.delay, self.patience))

    def _again(self, dispatch: Dispatch, problem: Retryable, usual: timedelta) -> Outcome:
        """The look counts towards giving up: what never can be asked for would else go on without a person."""
        log.warning("An answer cannot be taken away now: %s", problem, extra=about(dispatch, "retract_away"))
        delay = max(usual, timedelta(seconds=problem.retry_after or 0))
        return outcome(dispatch, None, str(problem), delay=delay)

    def _unseen(self, dispatch: Dispatch) -> Outcome:
        if dispatch.looks >= self.connector.spec.redelivery.attempts:
            return outcome(dispatch, DispatchStatus.REFUSED, f"{BY_HAND}, if at all: {UNSEEN}", FeedbackStatus.HELD)
        return outcome(dispatch, None, UNSEEN, delay=PAUSE)

    async def _away(self, claimed: Sequence[Dispatch], problem: Retryable | AccountFault | Configuration) -> Progress:
        asked = None if isinstance(problem, Configuration) else problem.retry_after
        rest = self.outage.failed(asked, of_account=not isinstance(problem, Retryable))
        if isinstance(problem, StrangeCabinet):
            await self.looking.failed(self.account, self.storage.accounts, problem)
        if self.outage.is_new:
            log.warning("Answers cannot be taken away now: %s", problem, extra={"action": "retract_away"})
        delay = timedelta(seconds=rest)
        await self.storage.outbox.settle([given_back(one, str(problem), delay) for one in claimed])
        return Progress(taken=len(claimed), failed=1, rest=rest, later=(rest,))
