"""Re-reads what was sent or fell in doubt on one account, until the platform itself shows how it ended."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedback_service.domain.confirmation import Judgement, judge
from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Receipt, Sighting
from feedback_service.domain.errors import AccountFault, Retryable, StrangeCabinet
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.cabinet import all_gone, doubt
from feedback_service.pipeline.claims import Claims
from feedback_service.pipeline.health import Health
from feedback_service.pipeline.looking import Around, given_back, look_around, unseen
from feedback_service.pipeline.stage import Backlog, Outage, Progress
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Connector
from feedback_service.ports.storage import Outcome, SupplierStorage

log = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(minutes=2)
CROWDED_PACE = 10.0
"""Seconds between two looks while there is a backlog: each is a call less for sending, and one covers many items."""
UNSETTLED = frozenset({DispatchStatus.SENT, DispatchStatus.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Confirm:
    account: Account
    connector: Connector
    storage: SupplierStorage
    clock: Clock
    claims: Claims
    backlog: Backlog = field(default_factory=Backlog)
    outage: Outage = field(default_factory=Outage)
    looking: Health = field(default_factory=lambda: Health(Pauser.LOOKING))
    looks: list[float] = field(default_factory=list)
    """When the last look was, in monotonic seconds."""

    @property
    def name(self) -> str:
        return f"confirm {self.account.key}"

    async def step(self) -> Progress:
        now = self.clock.monotonic()
        if self.backlog.full and self.looks and now - self.looks[0] < CROWDED_PACE:
            return Progress()
        self.looks[:] = [now]
        abandoned = await self.storage.outbox.abandon(self.account.id)
        if abandoned:
            log.warning("%d writes lost their sender and are in doubt.", abandoned, extra={"action": "abandoned"})
        taken = await self.claims.take(self.connector.spec.kinds, self.outage.batch(BATCH), LEASE)
        claimed = taken.dispatches
        if not claimed:
            return Progress(moved=abandoned)
        around = await look_around(self.connector, claimed)
        try:
            await self._doubt(claimed, around)
        except (Retryable, AccountFault) as problem:
            return await self._away(claimed, problem)
        outcomes = self._judged(claimed, around)
        lost = set(await self.storage.outbox.settle(outcomes))
        return Progress(
            taken=len(claimed),
            moved=abandoned + sum(1 for one in outcomes if one.to and one.dispatch.id not in lost),
            failed=len(around.outages),
            more=taken.full or around.blind,
            later=tuple({one.delay.total_seconds() for one in outcomes if one.delay}),
        )

    async def _doubt(self, claimed: Sequence[Dispatch], around: Around) -> None:
        """Raises AccountFault where nothing can be seen, or none of several items: that says more of the login."""
        if around.fault is not None:
            raise around.fault
        if all_gone(around.found.values()):
            gone = [one.ref for one in claimed if one.id in around.found]
            await doubt(self.connector, self.storage, self.account.id, gone)
        elif any(sighting.item is not None for sighting in around.found.values()):
            await self.looking.worked(self.account, self.storage.accounts, ours_seen=True)

    def _judged(self, claimed: Sequence[Dispatch], around: Around) -> list[Outcome]:
        """What was seen is judged; of a kind that is away nothing is known, so nothing changes but that it waits."""
        put_off = self.claims.put_off(claimed, around.outages)
        self._say_what_is_away(claimed, around)
        now, rules = self.clock.now(), self.connector.spec.redelivery
        here = [one for one in claimed if one.ref.kind not in around.outages]
        left_out = [replace(unseen(one, rules, now), forgive=True) for one in here if one.id not in around.found]
        seen = [one for one in here if one.id in around.found]
        return [*(self._judge(one, around.found[one.id], now) for one in seen), *left_out, *put_off]

    def _say_what_is_away(self, claimed: Sequence[Dispatch], around: Around) -> None:
        rests = self.claims.rests
        for kind, problem in around.outages.items():
            if rests.is_new(kind):
                log.warning("%ss cannot be confirmed now: %s", kind, problem, extra={"action": "confirm_away"})
        back = [kind for kind in {one.ref.kind for one in claimed} - around.problems.keys() if rests.recovered(kind)]
        if back or (not around.blind and self.outage.recovered()):
            log.info("Answers can be confirmed again.", extra={"action": "confirm_back"})

    def _judge(self, dispatch: Dispatch, sighting: Sighting, now: datetime) -> Outcome:
        judgement = judge(dispatch, sighting, now, self.connector.spec.redelivery)
        self._say(dispatch, judgement)
        return Outcome(
            dispatch=dispatch,
            to=judgement.to,
            because=judgement.because,
            delay=judgement.delay,
            feedback_to=judgement.feedback_to,
            receipt=_found(dispatch, judgement, sighting),
        )

    def _say(self, dispatch: Dispatch, judgement: Judgement) -> None:
        about = {"item": dispatch.ref.item_id, "feedback": dispatch.feedback_id}
        if judgement.to is DispatchStatus.CONFIRMED:
            log.info("Confirmed an answer.", extra={"action": "confirmed", **about})
        elif judgement.feedback_to is FeedbackStatus.HELD:
            log.warning("An answer needs a person: %s", judgement.because, extra={"action": "held", **about})

    async def _away(self, claimed: Sequence[Dispatch], problem: Retryable | AccountFault) -> Progress:
        """The account cannot be read: nothing is known, so nothing changes; the entries come due again."""
        rest = self.outage.failed(problem.retry_after, of_account=isinstance(problem, AccountFault))
        if isinstance(problem, StrangeCabinet):
            await self.looking.failed(self.account, self.storage.accounts, problem)
        if self.outage.is_new:
            log.warning("Answers cannot be confirmed now: %s", problem, extra={"action": "confirm_away"})
        delay = timedelta(seconds=rest)
        await self.storage.outbox.settle([given_back(one, str(problem), delay) for one in claimed])
        return Progress(taken=len(claimed), failed=1, rest=rest, later=(rest,))


def _found(dispatch: Dispatch, judgement: Judgement, sighting: Sighting) -> Receipt | None:
    """The receipt that a write in doubt never gave: by its id, nobody else's answer is ever taken for ours."""
    answer = sighting.answer
    if judgement.to is not DispatchStatus.CONFIRMED or dispatch.receipt_id or not (answer and answer.platform_id):
        return None
    return Receipt(sighting.seen_at, answer.platform_id)
