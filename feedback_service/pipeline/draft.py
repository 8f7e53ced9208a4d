"""Writes a proposal for each classified item: from the supplier's templates for stars alone, else by the model."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.errors import AccountFault, Refused, Retryable
from feedback_service.domain.feedback import Feedback, FeedbackStatus, Review
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.policy import is_stars_only
from feedback_service.domain.reply import Draft, DraftOrigin
from feedback_service.domain.supplier import Supplier
from feedback_service.domain.templates import choose_template
from feedback_service.pipeline.stage import ATTEMPTS, OUTAGE_DELAYS, Outage, Progress, give_back
from feedback_service.ports.language import Brief, Drafter
from feedback_service.ports.platform import PlatformSpec
from feedback_service.ports.storage import Change, SupplierStorage

log = logging.getLogger(__name__)

BATCH = 16
"""Claimed and drafted side by side; a model call takes seconds."""
LEASE = timedelta(minutes=1)
"""How long a claim outlives a worker that died or lost the database. A longer step is no harm: one worker alone works
for a supplier, by its fence, and its step never meets its own claims."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A draft that did not come about for now."""

    feedback: Feedback
    problem: Retryable | AccountFault


@dataclass(frozen=True, slots=True)
class Write:
    supplier: Supplier
    specs: Mapping[PlatformKey, PlatformSpec]
    storage: SupplierStorage
    drafter: Drafter
    outage: Outage = field(default_factory=Outage)
    name: str = "draft"

    async def step(self) -> Progress:
        batch = await self.storage.feedback.claim(FeedbackStatus.CLASSIFIED, BATCH, LEASE)
        if not batch:
            return Progress()
        results = await asyncio.gather(*(self._one(feedback) for feedback in batch))
        changes = [result for result in results if isinstance(result, Change)]
        failures = [result for result in results if isinstance(result, Failure)]
        broken, away = _sorted(failures, model_works=any(_by_model(change) for change in changes))
        rest = self._rest(away[0].problem) if away else 0.0
        changes += [_of_broken(one) for one in broken]
        changes += give_back([one.feedback for one in away], rest, "the model is away")
        lost = set(await self.storage.feedback.apply(changes))
        if not away and self.outage.recovered():
            log.info("The model drafts again.", extra={"action": "model_back"})
        return Progress(
            taken=len(batch),
            moved=sum(1 for change in changes if change.to and change.feedback.id not in lost),
            failed=len(failures),
            more=len(batch) == BATCH and not away,
            rest=rest,
            later=tuple({change.delay.total_seconds() for change in changes if change.delay}),
        )

    def _rest(self, problem: Retryable | AccountFault) -> float:
        rest = self.outage.failed(problem.retry_after)
        if self.outage.is_new:
            log.error("The model cannot draft now: %s", problem, extra={"action": "model_away"})
        return rest

    async def _one(self, feedback: Feedback) -> Change | Failure:
        try:
            draft = await self._draft(feedback)
        except (Retryable, AccountFault) as problem:
            return Failure(feedback, problem)
        except Refused as problem:
            return Change(feedback=feedback, to=FeedbackStatus.HELD, because=f"no draft: {problem}")
        return Change(feedback=feedback, to=FeedbackStatus.DRAFTED, because=f"drafted by {draft.origin}", draft=draft)

    async def _draft(self, feedback: Feedback) -> Draft:
        limit = self.specs[feedback.platform].reply_limits[feedback.item.kind]
        if isinstance(feedback.item, Review) and is_stars_only(feedback.item) and not feedback.redrafts:
            return Draft(choose_template(self.supplier.voice, feedback.item, limit), DraftOrigin.TEMPLATE)
        objection = feedback.note if feedback.redrafts else ""
        return await self.drafter.draft(
            Brief(feedback=feedback, supplier=self.supplier, limit=limit, objection=objection)
        )


def _by_model(change: Change) -> bool:
    return change.draft is not None and change.draft.origin is DraftOrigin.MODEL


def _sorted(failures: Sequence[Failure], *, model_works: bool) -> tuple[list[Failure], list[Failure]]:
    """Which failures are the item's own, for the model worked for its neighbours, and which tell of an outage."""
    own = [
        one
        for one in failures
        if model_works and isinstance(one.problem, Retryable) and one.problem.retry_after is None
    ]
    return own, [one for one in failures if one not in own]


def _of_broken(failure: Failure) -> Change:
    """Tried again later, and in the end a person's; its neighbours do not wait for it."""
    feedback, because = failure.feedback, f"the model breaks on it: {failure.problem}"
    if feedback.attempts >= ATTEMPTS:
        return Change(feedback=feedback, to=FeedbackStatus.HELD, because=because)
    delay = OUTAGE_DELAYS[min(feedback.attempts, len(OUTAGE_DELAYS)) - 1]
    return Change(feedback=feedback, to=None, because=because, delay=delay)
