"""Sends approved answers of one account: each is looked at just before, written once, and its outcome recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.dispatch import Dispatch, DispatchStatus, Sighting
from feedback_service.domain.errors import AccountFault, LostRace, Retryable
from feedback_service.domain.identity import DispatchId
from feedback_service.domain.supplier import Account, AnswerPolicy
from feedback_service.pipeline.health import Health
from feedback_service.pipeline.last_look import before_sending, edited_item
from feedback_service.pipeline.looking import look, unseen
from feedback_service.pipeline.stage import Backlog, Outage, Progress
from feedback_service.pipeline.writing import write
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Connector
from feedback_service.ports.storage import Outcome, SupplierStorage

log = logging.getLogger(__name__)

PENDING = frozenset({DispatchStatus.PENDING})
AT_ONCE = 4
"""Writes under way at a time: enough to use the platform's limit in spite of its latency."""


@dataclass(frozen=True, slots=True)
class Send:
    account: Account
    policy: AnswerPolicy
    connector: Connector
    storage: SupplierStorage
    clock: Clock
    stopping: Callable[[], bool] = lambda: False
    backlog: Backlog = field(default_factory=Backlog)
    outage: Outage = field(default_factory=Outage)
    reading: Health = field(default_factory=Health)
    writing: Health = field(default_factory=Health)
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
        limit = self.outage.batch(spec.batch)
        claimed = await self.storage.outbox.claim(self.account.id, PENDING, limit, spec.send_window)
        if not claimed:
            return Progress()
        try:
            sightings = await look(self.connector, claimed)
        except (Retryable, AccountFault) as problem:
            return await self._away(claimed, problem)
        await self._is_read()
        ready, done = await self._still_wanted(claimed, sightings)
        self.halts.clear()
        results = await self._send_all(ready)
        rest = max(self.halts, default=timedelta(0)).total_seconds()
        done += Progress(taken=len(claimed), more=len(claimed) == limit and not rest, rest=rest)
        return sum(results, done)

    async def _still_wanted(
        self, claimed: Sequence[Dispatch], sightings: Mapping[DispatchId, Sighting]
    ) -> tuple[Sequence[Dispatch], Progress]:
        """Settle what needs no sending (answered or edited meanwhile, gone); return the rest."""
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
                if self.stopping() or self.halts:
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
        if written.fault:
            await self.writing.failed(self.account, self.storage.accounts, written.fault)
        await self.storage.outbox.settle([written.outcome])
        moved = written.outcome.to is DispatchStatus.SENT
        if moved:
            await self.writing.worked(self.account, self.storage.accounts)
        return Progress(moved=int(moved), failed=int(not moved), later=(written.outcome.delay.total_seconds(),))

    async def _is_read(self) -> None:
        if self.outage.recovered() and self.reading.well is not False:
            log.info("Answers can be sent again.", extra={"action": "send_back"})
        await self.reading.worked(self.account, self.storage.accounts)

    async def _away(self, claimed: Sequence[Dispatch], problem: Retryable | AccountFault) -> Progress:
        rest = self.outage.failed(problem.retry_after)
        if isinstance(problem, AccountFault):
            await self.reading.failed(self.account, self.storage.accounts, problem)
        elif self.outage.is_new:
            log.warning("Nothing can be sent now: %s", problem, extra={"action": "send_away"})
        delay = timedelta(seconds=rest)
        await self.storage.outbox.settle([_returned(one, str(problem), delay) for one in claimed])
        return Progress(taken=len(claimed), failed=1, rest=rest, later=(rest,))

    async def _give_back(self, dispatch: Dispatch) -> None:
        delay = max(self.halts, default=timedelta(0))
        await self.storage.outbox.settle([_returned(dispatch, "given back unsent", delay)])


def _returned(dispatch: Dispatch, because: str, delay: timedelta) -> Outcome:
    """A claim given back; no look is counted, as nothing was seen or decided."""
    return Outcome(dispatch=dispatch, to=None, because=because, delay=delay, forgive=True)


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
