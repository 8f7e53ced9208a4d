"""Re-reads what was sent or fell in doubt on one account, until the platform itself shows how it ended."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedback_service.domain.confirmation import Judgement, judge
from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Receipt, Sighting
from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.domain.supplier import Account
from feedback_service.pipeline.looking import look, unseen
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
    backlog: Backlog = field(default_factory=Backlog)
    outage: Outage = field(default_factory=Outage)
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
        limit = self.outage.batch(BATCH)
        claimed = await self.storage.outbox.claim(self.account.id, UNSETTLED, limit, LEASE)
        if not claimed:
            return Progress(moved=abandoned)
        try:
            outcomes = await self._look(claimed)
        except (Retryable, AccountFault) as problem:
            return await self._away(claimed, problem)
        lost = set(await self.storage.outbox.settle(outcomes))
        return Progress(
            taken=len(claimed),
            moved=abandoned + sum(1 for one in outcomes if one.to and one.dispatch.id not in lost),
            more=len(claimed) == limit,
            later=tuple({one.delay.total_seconds() for one in outcomes if one.delay}),
        )

    async def _look(self, claimed: Sequence[Dispatch]) -> Sequence[Outcome]:
        sightings = await look(self.connector, claimed)
        if self.outage.recovered():
            log.info("Answers can be confirmed again.", extra={"action": "confirm_back"})
        now = self.clock.now()
        rules = self.connector.spec.redelivery
        left_out = [replace(unseen(one, rules, now), forgive=True) for one in claimed if one.id not in sightings]
        return [self._judge(one, sightings[one.id], now) for one in claimed if one.id in sightings] + left_out

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
        """The platform cannot be read: nothing is known, so nothing changes; the entries come due again."""
        rest = self.outage.failed(problem.retry_after)
        if self.outage.is_new:
            log.warning("Answers cannot be confirmed now: %s", problem, extra={"action": "confirm_away"})
        delay = timedelta(seconds=rest)
        given_back = [
            Outcome(dispatch=one, to=None, because=str(problem), delay=delay, forgive=True) for one in claimed
        ]
        await self.storage.outbox.settle(given_back)
        return Progress(taken=len(claimed), failed=1, rest=rest, later=(rest,))


def _found(dispatch: Dispatch, judgement: Judgement, sighting: Sighting) -> Receipt | None:
    """The receipt that a write in doubt never gave: by its id, nobody else's answer is ever taken for ours."""
    answer = sighting.answer
    if judgement.to is not DispatchStatus.CONFIRMED or dispatch.receipt_id or not (answer and answer.platform_id):
        return None
    return Receipt(sighting.seen_at, answer.platform_id)
