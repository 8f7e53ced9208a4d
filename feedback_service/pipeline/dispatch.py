"""Sends approved answers of one account: each is looked at just before, written once, and its outcome recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.dispatch import Dispatch, DispatchStatus
from feedback_service.domain.errors import AccountFault, LostRace, Retryable
from feedback_service.domain.pauses import Pauser
from feedback_service.domain.supplier import Account, AnswerPolicy
from feedback_service.pipeline.cabinet import all_gone, doubt
from feedback_service.pipeline.claims import Claims
from feedback_service.pipeline.health import Health
from feedback_service.pipeline.last_look import before_sending, edited_item
from feedback_service.pipeline.looking import Around, given_back, look_around, unseen
from feedback_service.pipeline.permits import Permits
from feedback_service.pipeline.stage import Backlog, Outage, Progress
from feedback_service.pipeline.writing import write
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Connector
from feedback_service.ports.storage import SupplierStorage

log = logging.getLogger(__name__)

PENDING = frozenset({DispatchStatus.PENDING})
AT_ONCE = 4
"""Writes under way at a time: enough to use the platform's limit in spite of its latency."""


@dataclass(frozen=True, slots=True)
class Send:
    """What keeps one kind of item from being sent leaves the other kinds alone."""

    account: Account
    policy: AnswerPolicy
    connector: Connector
    storage: SupplierStorage
    clock: Clock
    permits: Permits
    claims: Claims
    stopping: Callable[[], bool] = lambda: False
    backlog: Backlog = field(default_factory=Backlog)
    outage: Outage = field(default_factory=Outage)
    reading: Health = field(default_factory=lambda: Health(Pauser.LOOKING))
    halts: list[timedelta] = field(default_factory=list)
    """Waits that concern the whole account, met in this step: the rest of the batch is given back instead of tried."""

    @property
    def name(self) -> str:
        return f"dispatch {self.account.key}"

    async def step(self) -> Progress:
        progress = await self._step()
        self.backlog.full = progress.more
        return progress

    async def _step(self) -> Progress:
        spec = self.connector.spec
        await self.permits.load()
        taken = await self.claims.take(
            self.permits.open_ones(spec.kinds), self.outage.batch(spec.batch), spec.send_window
        )
        claimed = taken.dispatches
        if not claimed:
            return Progress()
        around = await look_around(self.connector, claimed)
        try:
            await self._doubt(claimed, around)
        except (Retryable, AccountFault) as problem:
            return await self._away(claimed, problem)
        done = await self._put_off(claimed, around)
        ready, settled = await self._still_wanted(claimed, around)
        self.halts.clear()
        results = await self._send_all(ready)
        rest = max(self.halts, default=timedelta(0)).total_seconds()
        more = (taken.full or around.blind) and not rest
        return sum(results, done + settled + Progress(taken=len(claimed), more=more, rest=rest))

    async def _doubt(self, claimed: Sequence[Dispatch], around: Around) -> None:
        """Raises AccountFault where nothing can be seen, or none of several items: that says more of the login."""
        if around.fault is not None:
            raise around.fault
        if all_gone(around.found.values()):
            gone = [one.ref for one in claimed if one.id in around.found]
            await doubt(self.connector, self.storage, self.account.id, gone)

    async def _put_off(self, claimed: Sequence[Dispatch], around: Around) -> Progress:
        """Let kinds rest that cannot be seen now; the others go on."""
        await self._is_read(claimed, around)
        outcomes = self.claims.put_off(claimed, around.outages)
        if not outcomes:
            return Progress()
        for kind, problem in around.outages.items():
            if self.claims.rests.is_new(kind):
                log.warning("Nothing can be sent to %ss now: %s", kind, problem, extra={"action": "send_away"})
        await self.storage.outbox.settle(outcomes)
        return Progress(failed=len(around.outages), later=tuple({one.delay.total_seconds() for one in outcomes}))

    async def _is_read(self, claimed: Sequence[Dispatch], around: Around) -> None:
        back = {one.ref.kind for one in claimed} - around.problems.keys()
        recovered = [kind for kind in back if self.claims.rests.recovered(kind)]
        if not back:
            return
        if (self.outage.recovered() or recovered) and self.reading.well is not False:
            log.info("Answers can be sent again.", extra={"action": "send_back"})
        seen = any(sighting.item is not None for sighting in around.found.values())
        await self.reading.worked(self.account, self.storage.accounts, ours_seen=seen)

    async def _still_wanted(self, claimed: Sequence[Dispatch], around: Around) -> tuple[Sequence[Dispatch], Progress]:
        """Settle what needs no sending (answered or edited meanwhile, gone); return the rest."""
        claimed = [one for one in claimed if one.ref.kind not in around.outages]
        sightings = around.found
        rules = self.connector.spec.redelivery
        seen = [(one, sightings[one.id]) for one in claimed if one.id in sightings]
        outcomes = [found for one, sighting in seen if (found := before_sending(one, sighting, rules))]
        outcomes += [unseen(one, rules, self.clock.now()) for one in claimed if one.id not in sightings]
        settled = {one.dispatch.id for one in outcomes}
        changed = {one.id: item for one, sighting in seen if (item := edited_item(one, sighting)) is not None}
        edited = {id_: item for id_, item in changed.items() if id_ not in settled}
        if outcomes:
            await self.storage.outbox.settle(outcomes)
        if edited:
            await self.storage.feedback.record(self.account.id, list(edited.values()), self.policy.reopen_edited)
        ready = [one for one in claimed if one.id not in settled and one.id not in edited]
        moved = len(edited) + sum(1 for one in outcomes if one.to)
        return ready, Progress(moved=moved, later=tuple(one.delay.total_seconds() for one in outcomes if one.delay))

    async def _send_all(self, ready: Sequence[Dispatch]) -> Sequence[Progress]:
        """Every write that began is over and recorded when this ends, also by an error or a cancellation."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def send(dispatch: Dispatch) -> Progress:
            async with gate:
                if self.stopping() or self.halts or self.permits.is_shut(dispatch.ref.kind):
                    await self._give_back(dispatch)
                    return Progress()
                return await _unbroken(self._send(dispatch))

        results = await asyncio.gather(*(send(dispatch) for dispatch in ready), return_exceptions=True)
        for problem in results:
            if isinstance(problem, BaseException):
                raise problem
        return [one for one in results if isinstance(one, Progress)]

    async def _send(self, pending: Dispatch) -> Progress:
        """One write. If the process dies after `begin`, the entry is found SENDING and becomes IN_DOUBT."""
        try:
            dispatch = await self.storage.outbox.begin(pending, self.connector.spec.send_window)
        except LostRace:
            return Progress()
        written = await write(self.connector, dispatch, self.clock)
        if written.halt:
            self.halts.append(written.halt)
        await self.storage.outbox.settle([written.outcome])
        if written.fault:
            await self.permits.failed(dispatch.ref.kind, written.fault)
        moved = written.outcome.to is DispatchStatus.SENT
        if moved:
            await self.permits.worked(dispatch.ref.kind)
        return Progress(moved=int(moved), failed=int(not moved), later=(written.outcome.delay.total_seconds(),))

    async def _away(self, claimed: Sequence[Dispatch], problem: Retryable | AccountFault) -> Progress:
        rest = self.outage.failed(problem.retry_after, of_account=isinstance(problem, AccountFault))
        if isinstance(problem, AccountFault):
            await self.reading.failed(self.account, self.storage.accounts, problem)
        elif self.outage.is_new:
            log.warning("Nothing can be sent now: %s", problem, extra={"action": "send_away"})
        delay = timedelta(seconds=rest)
        await self.storage.outbox.settle([given_back(one, str(problem), delay) for one in claimed])
        return Progress(taken=len(claimed), failed=1, rest=rest, later=(rest,))

    async def _give_back(self, dispatch: Dispatch) -> None:
        delay = max(self.halts, default=self.permits.left(dispatch.ref.kind))
        await self.storage.outbox.settle([given_back(dispatch, "given back unsent", delay)])


async def _unbroken(work: Coroutine[None, None, Progress]) -> Progress:
    """Finish a write and the record of its outcome even when the step around it is cancelled, once or again."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled() and (problem := task.exception()):
            log.error("The outcome of a write was not recorded: %s", problem, extra={"action": "unrecorded"})
        raise
