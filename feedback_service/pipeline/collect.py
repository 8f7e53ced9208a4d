"""Brings the unanswered items of one account into the database, and notices those that were answered elsewhere."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from feedback_service.domain.dispatch import ItemRef
from feedback_service.domain.errors import AccountFault, Retryable, Unavailable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.supplier import Account, AnswerPolicy
from feedback_service.pipeline.cabinet import Cabinet
from feedback_service.pipeline.dismissing import Dismissing
from feedback_service.pipeline.reading import Problem, Reading
from feedback_service.pipeline.stage import Progress
from feedback_service.pipeline.vanished import Looked, Vanished
from feedback_service.ports.platform import Collector
from feedback_service.ports.storage import Recorded, SupplierStorage, ref

log = logging.getLogger(__name__)


def name_of(account: str) -> str:
    """The stage's name, by the account's key."""
    return f"collect {account}"


@dataclass(slots=True)
class Found:
    """What one pass found: the items of every kind that was read whole, and what kept it from the others."""

    cabinet: Cabinet
    listed: dict[Kind, set[ItemRef]] = field(default_factory=dict)
    skipped: list[ItemRef] = field(default_factory=list)
    problems: dict[Kind, Problem] = field(default_factory=dict)

    def is_whole(self, kinds: Sequence[Kind]) -> bool:
        """Whether every kind was read that the account's subscription has."""
        had = [kind for kind in kinds if not isinstance(self.problems.get(kind), Unavailable)]
        return all(kind in self.listed and kind not in self.problems for kind in had)


@dataclass(frozen=True, slots=True)
class Collect:
    """One step reads everything that waits for an answer on one account; no kind keeps it from another."""

    account: Account
    kinds: Sequence[Kind]
    policy: AnswerPolicy
    connector: Collector
    storage: SupplierStorage
    reading: Reading
    vanished: Vanished
    dismissing: Dismissing

    @property
    def name(self) -> str:
        return name_of(self.account.key)

    async def step(self) -> Progress:
        kinds = await self.reading.worth_a_try(self.kinds)
        feedback = self.storage.feedback
        ours = {kind: await feedback.waiting(self.account.id, kind) for kind in self.kinds}
        found = Found(Cabinet(self.account.id, self.connector, self.storage, ours))
        done = Progress()
        for kind in kinds:
            async for part in self._read(kind, found):
                done += part
        done += await self._close_vanished(found)
        if self.policy.dismiss_skipped and found.skipped:
            await self.dismissing.tell(found.skipped)
        read = [kind for kind in found.listed if kind not in found.problems]
        done += await self.reading.ended(read, found.problems, ours_seen=found.cabinet.seen)
        if read and found.is_whole(self.kinds):
            await self.storage.accounts.collected(self.account.id)
        return done

    async def _read(self, kind: Kind, found: Found) -> AsyncIterator[Progress]:
        """The progress page by page, so that what came before a fault counts."""
        listed: set[ItemRef] = set()
        try:
            async for page in self.connector.unanswered(kind):
                await found.cabinet.before_recording(page)
                recorded = await self.storage.feedback.record(self.account.id, page, self.policy.reopen_edited)
                listed.update(map(ref, page))
                found.skipped += [ref(item) for item in page if item.item_id in recorded.skipped]
                yield Progress(taken=len(page), moved=self._note(recorded, kind))
        except (Retryable, AccountFault) as problem:
            found.problems[kind] = problem
        else:
            found.listed[kind] = listed

    async def _close_vanished(self, found: Found) -> Progress:
        """Close what a person answered on the platform itself, or what its customer took away."""
        looked = {kind: await self._look(kind, found) for kind in found.listed}
        everything = [one for several in looked.values() for one in several]
        try:
            await found.cabinet.before_closing(everything)
        except (Retryable, AccountFault) as problem:
            self.vanished.look_again(everything)
            found.problems |= dict.fromkeys(self.kinds, problem)
            return Progress()
        return Progress(moved=await self.vanished.close(everything))

    async def _look(self, kind: Kind, found: Found) -> Looked:
        ids = {one.item_id for one in found.listed[kind]}
        try:
            return await self.vanished.look(kind, found.cabinet.ours[kind], ids)
        except (Retryable, AccountFault) as problem:
            found.problems[kind] = problem
            return []

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
