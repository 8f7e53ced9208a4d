"""Brings the unanswered items of one account into the database, and notices those that were answered elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from feedback_service.domain.dispatch import Sighting
from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import Feedback, FeedbackStatus, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.domain.supplier import Account, AnswerPolicy
from feedback_service.pipeline.stage import Outage, Progress
from feedback_service.ports.platform import Collector
from feedback_service.ports.storage import Change, Recorded, SupplierStorage, ref

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Collect:
    """One step reads everything that waits for an answer on one account."""

    account: Account
    kinds: Sequence[Kind]
    policy: AnswerPolicy
    connector: Collector
    storage: SupplierStorage
    outage: Outage = field(default_factory=Outage)
    looked: dict[ItemId, int] = field(default_factory=dict)
    """How many passes ago an item that is no longer listed was looked at: archived ones stay unlisted for ever."""

    LOOK_EVERY = 30

    @property
    def name(self) -> str:
        return f"collect {self.account.key}"

    async def step(self) -> Progress:
        try:
            done = Progress()
            for kind in self.kinds:
                done += await self._kind(kind)
        except Retryable as problem:
            return self._rest(str(problem), problem.retry_after)
        except AccountFault as problem:
            await self._pause(problem)
            return self._rest(str(problem), problem.retry_after)
        if self.outage.recovered() or await self.storage.accounts.resume(self.account.id):
            log.info("Account %s can be read again.", self.account.key, extra={"action": "account_back"})
        return done

    async def _kind(self, kind: Kind) -> Progress:
        listed: set[ItemId] = set()
        fresh = 0
        async for page in self.connector.unanswered(kind):
            recorded = await self.storage.feedback.record(self.account.id, page, self.policy.reopen_edited)
            listed.update(item.item_id for item in page)
            fresh += self._note(recorded, kind)
        vanished = await self._vanished(kind, listed)
        return Progress(taken=len(listed), moved=fresh + vanished)

    def _note(self, recorded: Recorded, kind: Kind) -> int:
        fresh = recorded.new + recorded.edited + recorded.reopened
        if fresh:
            log.info(
                "Collected %d new, %d edited and %d reopened %ss on %s.",
                recorded.new,
                recorded.edited,
                recorded.reopened,
                kind,
                self.account.key,
                extra={"action": "collected", "count": fresh},
            )
        return fresh

    async def _vanished(self, kind: Kind, listed: set[ItemId]) -> int:
        """Close what a person answered on the platform itself, or what its customer took away."""
        waiting = await self.storage.feedback.waiting(self.account.id, kind)
        missing = [one for one in waiting if one.item.item_id not in listed and self._is_due(one.item.item_id)]
        if not missing:
            return 0
        sightings = await self.connector.sight([ref(one.item) for one in missing])
        changes = [change for one in missing if (change := _closing(one, sightings))]
        lost = await self.storage.feedback.apply(changes)
        return len(changes) - len(lost)

    def _is_due(self, item: ItemId) -> bool:
        passes = self.looked.get(item, 0)
        self.looked[item] = (passes + 1) % self.LOOK_EVERY
        return passes == 0

    async def _pause(self, problem: AccountFault) -> None:
        if await self.storage.accounts.pause(self.account.id, str(problem), None):
            log.error("Account %s is paused: %s", self.account.key, problem, extra={"action": "account_paused"})

    def _rest(self, reason: str, retry_after: float | None) -> Progress:
        rest = self.outage.failed(retry_after)
        if self.outage.is_new:
            log.warning("Account %s cannot be read now: %s", self.account.key, reason, extra={"action": "account_away"})
        return Progress(failed=1, rest=rest)


def _closing(feedback: Feedback, sightings: Mapping[ItemId, Sighting]) -> Change | None:
    sighting = sightings[feedback.item.item_id]
    if sighting.item is None:
        return Change(feedback=feedback, to=FeedbackStatus.CLOSED, because="the platform does not show it any more")
    if sighting.answer is not None:
        return Change(feedback=feedback, to=FeedbackStatus.CLOSED, because="answered outside this service")
    return None
