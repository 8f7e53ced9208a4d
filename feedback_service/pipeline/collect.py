"""Brings the unanswered items of one account into the database, and notices those that were answered elsewhere."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from feedback_service.domain.confirmation import BY_HAND, same_text
from feedback_service.domain.dispatch import Action, Dispatch, Sighting
from feedback_service.domain.errors import AccountFault, Retryable, Unavailable
from feedback_service.domain.feedback import AnswerState, Feedback, FeedbackStatus, Kind, PublishedAnswer
from feedback_service.domain.identity import ItemId
from feedback_service.domain.supplier import Account, AnswerPolicy
from feedback_service.pipeline.health import Health
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
    health: Health = field(default_factory=Health)
    missing: list[Kind] = field(default_factory=list)
    """Kinds that are not part of the account's subscription: said once."""
    looked: dict[ItemId, int] = field(default_factory=dict)
    """How many passes ago an item that is no longer listed was looked at: archived ones stay unlisted for ever."""

    LOOK_EVERY = 30

    @property
    def name(self) -> str:
        return f"collect {self.account.key}"

    async def step(self) -> Progress:
        done = Progress()
        try:
            for kind in self.kinds:
                async for part in self._one(kind):
                    done += part
        except AccountFault as problem:
            await self.health.failed(self.account, self.storage.accounts, problem)
            return done + Progress(failed=1, rest=self.outage.failed(problem.retry_after))
        except Retryable as problem:
            return done + self._away(problem)
        if self.outage.recovered() and self.health.well is not False:
            log.info("Account %s can be read again.", self.account.key, extra={"action": "account_back"})
        await self.health.worked(self.account, self.storage.accounts)
        return done

    async def _one(self, kind: Kind) -> AsyncIterator[Progress]:
        """One kind's turn; one that is not part of the account's subscription leaves the others alone."""
        try:
            async for part in self._kind(kind):
                yield part
        except Unavailable as problem:
            if kind not in self.missing:
                self.missing.append(kind)
                about = {"action": "kind_unavailable"}
                log.error("%ss of account %s are left alone: %s", kind, self.account.key, problem, extra=about)
            if set(self.missing) == set(self.kinds):
                raise
            return
        if kind in self.missing:
            self.missing.remove(kind)
            log.info("%ss of account %s can be read now.", kind, self.account.key, extra={"action": "kind_available"})

    async def _kind(self, kind: Kind) -> AsyncIterator[Progress]:
        """The progress page by page, so that what came before a fault counts."""
        listed: set[ItemId] = set()
        async for page in self.connector.unanswered(kind):
            recorded = await self.storage.feedback.record(self.account.id, page, self.policy.reopen_edited)
            listed.update(item.item_id for item in page)
            yield Progress(taken=len(page), moved=self._note(recorded, kind))
        yield Progress(moved=await self._vanished(kind, listed))

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
        for item in listed:
            self.looked.pop(item, None)
        waiting = await self.storage.feedback.waiting(self.account.id, kind)
        absent = [one for one in waiting if one.item.item_id not in listed]
        missing = [one for one in absent if not self.looked.get(one.item.item_id)]
        changes = await self._closings(missing) if missing else []
        lost = await self.storage.feedback.apply(changes) if changes else []
        for item in (one.item.item_id for one in absent):
            self.looked[item] = (self.looked.get(item, 0) + 1) % self.LOOK_EVERY
        for change in changes:
            self.looked.pop(change.feedback.item.item_id, None)
        return len(changes) - len(lost)

    async def _closings(self, missing: Sequence[Feedback]) -> list[Change]:
        sightings = await self.connector.sight([ref(one.item) for one in missing])
        changes = []
        for one in missing:
            sighting = sightings.get(one.item.item_id)
            if sighting is None:
                continue
            sent = await self.storage.outbox.of(one.id) if sighting.answer else ()
            if because := closed_by(one, sighting, sent):
                changes.append(Change(feedback=one, to=FeedbackStatus.CLOSED, because=because))
        return changes

    def _away(self, problem: Retryable) -> Progress:
        rest = self.outage.failed(problem.retry_after)
        if self.outage.is_new:
            log.warning(
                "Account %s cannot be read now: %s", self.account.key, problem, extra={"action": "account_away"}
            )
        return Progress(failed=1, rest=rest)


def closed_by(feedback: Feedback, sighting: Sighting, sent: Sequence[Dispatch]) -> str:
    """Why an item that is no longer listed needs no answer; empty where it still does.

    An answer that stood there before we took the item up (again) is no news: a correction of it that was refused, or
    an edit of the customer's beneath it, still waits for a person. Nor is one that we could not take away, or one that
    moderation hides: it may be ours, and may yet be rejected.
    """
    answer = sighting.answer
    if sighting.item is None:
        return "the platform does not show it any more"
    if answer is None or answer.state is AnswerState.REJECTED:
        return ""
    if answer.state is AnswerState.MODERATING and not answer.text:
        return ""
    last = sent[-1] if sent else None
    before = [feedback.item.answer.text] if feedback.item.answer else []
    if last is not None and last.action is Action.EDIT:
        before.append(last.previous_text)
    if any(same_text(answer.text, text) for text in before):
        return ""
    if last is not None and last.note.startswith(BY_HAND) and _is_of(answer, last):
        return ""
    if last is not None and same_text(answer.text, last.text):
        return "our answer is shown after all" if answer.state is AnswerState.VISIBLE else ""
    return "answered outside this service"


def _is_of(answer: PublishedAnswer, last: Dispatch) -> bool:
    """Whether the answer is what the dispatch wrote, by its id where both are known, else by its text."""
    if last.receipt_id and answer.platform_id:
        return answer.platform_id == last.receipt_id
    return same_text(answer.text, last.text)
