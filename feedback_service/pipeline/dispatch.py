"""Sends approved answers of one account: each is looked at just before, written once, and its outcome recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, Sighting
from feedback_service.domain.errors import AccountFault, InDoubt, LostRace, Refused, Retryable
from feedback_service.domain.feedback import AnswerState, FeedbackStatus, Item, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.domain.redelivery import redelivery_delay
from feedback_service.domain.supplier import Account, AnswerPolicy
from feedback_service.pipeline.stage import Outage, Progress
from feedback_service.ports.platform import Connector
from feedback_service.ports.storage import Outcome, SupplierStorage

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Writes under way at a time: enough to use the platform's limit in spite of its latency."""
PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Send:
    account: Account
    policy: AnswerPolicy
    connector: Connector
    storage: SupplierStorage
    stopping: Callable[[], bool] = lambda: False
    outage: Outage = field(default_factory=Outage)
    paused: list[AccountFault] = field(default_factory=list)
    """What went wrong with the account in this step: the rest of the batch is given back instead of tried."""

    @property
    def name(self) -> str:
        return f"dispatch {self.account.key}"

    async def step(self) -> Progress:
        spec = self.connector.spec
        claimed = await self.storage.outbox.claim(
            self.account.id, frozenset({DispatchStatus.PENDING}), spec.batch, spec.send_window
        )
        if not claimed:
            return Progress()
        try:
            sightings = await self.connector.sight([dispatch.ref for dispatch in claimed])
        except (Retryable, AccountFault) as problem:
            return await self._away(claimed, problem)
        self.outage.recovered()
        self.paused.clear()
        ready = await self._still_wanted(claimed, sightings)
        results = await self._send_all(ready)
        rest = PAUSE.total_seconds() if self.paused else 0.0
        more = len(claimed) == spec.batch and not rest
        done = Progress(taken=len(claimed), moved=len(claimed) - len(ready), more=more, rest=rest)
        return sum(results, done)

    async def _still_wanted(
        self, claimed: Sequence[Dispatch], sightings: Mapping[ItemId, Sighting]
    ) -> Sequence[Dispatch]:
        """Settle what needs no sending (answered or edited meanwhile, gone); return the rest."""
        edited = [item for one in claimed if (item := edited_item(one, sightings[one.ref.item_id]))]
        if edited:
            await self.storage.feedback.record(self.account.id, edited, self.policy.reopen_edited)
        stale = {item.item_id for item in edited}
        rest = [one for one in claimed if one.ref.item_id not in stale]
        outcomes = [outcome for one in rest if (outcome := before_sending(one, sightings[one.ref.item_id]))]
        if outcomes:
            await self.storage.outbox.settle(outcomes)
        settled = {outcome.dispatch.id for outcome in outcomes}
        return [one for one in rest if one.id not in settled]

    async def _send_all(self, ready: Sequence[Dispatch]) -> Sequence[Progress]:
        gate = asyncio.Semaphore(AT_ONCE)

        async def send(dispatch: Dispatch) -> Progress:
            async with gate:
                if self.stopping() or self.paused:
                    await self._give_back(dispatch)
                    return Progress()
                return await _unbroken(self._send(dispatch))

        return await asyncio.gather(*(send(dispatch) for dispatch in ready))

    async def _send(self, pending: Dispatch) -> Progress:
        """One write. If the process dies after `begin`, the entry is found SENDING and becomes IN_DOUBT."""
        try:
            dispatch = await self.storage.outbox.begin(pending, self.connector.spec.send_window)
        except LostRace:
            return Progress()
        outcome = await self._write(dispatch)
        await self.storage.outbox.settle([outcome])
        moved = outcome.to is DispatchStatus.SENT
        return Progress(moved=int(moved), failed=int(not moved), later=(outcome.delay.total_seconds(),))

    async def _write(self, dispatch: Dispatch) -> Outcome:
        rules = self.connector.spec.redelivery
        try:
            receipt = await self.connector.publish(dispatch)
        except InDoubt as problem:
            log.warning("It is not known whether an answer arrived: %s", problem, extra=_about(dispatch, "in_doubt"))
            return _outcome(dispatch, DispatchStatus.IN_DOUBT, str(problem), delay=rules.settle[0])
        except Refused as problem:
            log.warning("The platform refused an answer: %s", problem, extra=_about(dispatch, "refused"))
            return _outcome(dispatch, DispatchStatus.REFUSED, f"refused: {problem}", FeedbackStatus.HELD)
        except AccountFault as problem:
            await self._pause(problem)
            return _outcome(dispatch, DispatchStatus.PENDING, str(problem), delay=PAUSE)
        except Retryable as problem:
            return self._again(dispatch, problem)
        log.info("Sent an answer.", extra=_about(dispatch, "sent"))
        return Outcome(
            dispatch=dispatch,
            to=DispatchStatus.SENT,
            because="the platform took the answer",
            delay=rules.confirm[0],
            receipt=receipt,
        )

    def _again(self, dispatch: Dispatch, problem: Retryable) -> Outcome:
        rules = self.connector.spec.redelivery
        asked = timedelta(seconds=problem.retry_after or 0)
        delay = redelivery_delay(dispatch.attempts, rules, asked)
        if delay is None:
            because = f"given up after {dispatch.attempts} attempts: {problem}"
            return _outcome(dispatch, DispatchStatus.REFUSED, because, FeedbackStatus.HELD)
        return _outcome(dispatch, DispatchStatus.PENDING, str(problem), delay=delay)

    async def _away(self, claimed: Sequence[Dispatch], problem: Retryable | AccountFault) -> Progress:
        if isinstance(problem, AccountFault):
            await self._pause(problem)
        rest = self.outage.failed(problem.retry_after)
        if self.outage.is_new:
            log.warning("Nothing can be sent now: %s", problem, extra={"action": "send_away"})
        delay = timedelta(seconds=rest)
        await self.storage.outbox.settle([_outcome(one, None, str(problem), delay=delay) for one in claimed])
        return Progress(taken=len(claimed), failed=1, rest=rest, later=(rest,))

    async def _pause(self, problem: AccountFault) -> None:
        self.paused.append(problem)
        if await self.storage.accounts.pause(self.account.id, str(problem), None):
            log.error("Account %s is paused: %s", self.account.key, problem, extra={"action": "account_paused"})

    async def _give_back(self, dispatch: Dispatch) -> None:
        delay = PAUSE if self.paused else timedelta(0)
        await self.storage.outbox.settle([_outcome(dispatch, None, "given back unsent", delay=delay)])


def edited_item(dispatch: Dispatch, sighting: Sighting) -> Item | None:
    """The item as it reads now, where its customer changed it after the text was approved."""
    item = sighting.item
    if item is None or dispatch.action is Action.EDIT:
        return None
    return item if fingerprint(item) != dispatch.fingerprint else None


def before_sending(dispatch: Dispatch, sighting: Sighting) -> Outcome | None:
    """What makes a sending needless or wrong, seen just before it; None: send."""
    answer = sighting.answer
    if sighting.item is None:
        because = "the platform does not show the item any more"
        return _outcome(dispatch, DispatchStatus.REFUSED, because, FeedbackStatus.HELD)
    if answer is not None and same_text(answer.text, dispatch.text) and answer.state is not AnswerState.REJECTED:
        return _outcome(dispatch, DispatchStatus.CLOSED, "our text stands there already", FeedbackStatus.ANSWERED)
    if dispatch.action is Action.EDIT:
        return _before_edit(dispatch, sighting)
    if answer is not None and answer.state is not AnswerState.REJECTED:
        return _outcome(dispatch, DispatchStatus.CLOSED, "answered by somebody else meanwhile", FeedbackStatus.CLOSED)
    return None


def _before_edit(dispatch: Dispatch, sighting: Sighting) -> Outcome | None:
    answer = sighting.answer
    if answer is None or not same_text(answer.text, dispatch.previous_text):
        because = "the answer to be edited is not there, or reads otherwise by now"
        return _outcome(dispatch, DispatchStatus.REFUSED, because, FeedbackStatus.HELD)
    if answer.editable is False:
        because = "the platform does not let this answer be edited any more"
        return _outcome(dispatch, DispatchStatus.REFUSED, because, FeedbackStatus.HELD)
    return None


def _outcome(
    dispatch: Dispatch,
    to: DispatchStatus | None,
    because: str,
    feedback_to: FeedbackStatus | None = None,
    delay: timedelta = timedelta(0),
) -> Outcome:
    return Outcome(dispatch=dispatch, to=to, because=because, feedback_to=feedback_to, delay=delay)


def _about(dispatch: Dispatch, action: str) -> dict[str, object]:
    return {"action": action, "item": dispatch.ref.item_id, "feedback": dispatch.feedback_id}


async def _unbroken(work: Coroutine[None, None, Progress]) -> Progress:
    """Finish a write and the record of its outcome even when the step around it is cancelled."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
