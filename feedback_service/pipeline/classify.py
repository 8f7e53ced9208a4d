"""Finds out what each customer wants and feels; what the rules skip or what has only stars needs no model."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from feedback_service.domain.errors import AccountFault, Refused, Retryable
from feedback_service.domain.feedback import Feedback, FeedbackStatus, Review
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.policy import decide, is_stars_only
from feedback_service.domain.reply import Classification, Sentiment
from feedback_service.domain.supplier import Decision, Supplier
from feedback_service.pipeline.stage import ATTEMPTS, Outage, Progress, give_back
from feedback_service.ports.clock import Clock
from feedback_service.ports.language import Classifier
from feedback_service.ports.storage import Change, SupplierStorage

log = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(minutes=1)
"""How long a claim outlives a worker that died or lost the database. A longer step is no harm: one worker alone works
for a supplier, by its fence, and its step never meets its own claims."""


@dataclass(frozen=True, slots=True)
class Classify:
    supplier: Supplier
    storage: SupplierStorage
    classifier: Classifier
    clock: Clock
    outage: Outage = field(default_factory=Outage)
    name: str = "classify"

    async def step(self) -> Progress:
        batch = await self.storage.feedback.claim(FeedbackStatus.COLLECTED, BATCH, LEASE)
        settled = [change for one in batch if (change := self._without_model(one))]
        known = {change.feedback.id for change in settled}
        rest = 0.0
        asked = [one for one in batch if one.id not in known]
        if asked:
            changes, rest = await self._ask(asked)
            settled += changes
        lost = set(await self.storage.feedback.apply(settled)) if settled else set()
        moved = sum(1 for change in settled if change.to and change.feedback.id not in lost)
        return Progress(
            taken=len(batch),
            moved=moved,
            failed=1 if rest else 0,
            more=len(batch) == BATCH and not rest,
            rest=rest,
            later=tuple({change.delay.total_seconds() for change in settled if change.delay}),
        )

    def _without_model(self, feedback: Feedback) -> Change | None:
        item = feedback.item
        if decide(self.supplier.policy, item, self.clock.now()) is Decision.SKIP:
            return Change(feedback=feedback, to=FeedbackStatus.SKIPPED, because="the supplier's rules skip it")
        if isinstance(item, Review) and is_stars_only(item):
            classification = Classification(sentiment=_by_stars(item.rating))
            return _classified(feedback, classification, feedback.note if feedback.redrafts else "stars only")
        return None

    async def _ask(self, batch: Sequence[Feedback]) -> tuple[list[Change], float]:
        try:
            found = await self._classify(batch)
        except (Retryable, AccountFault) as problem:
            rest = self.outage.failed(problem.retry_after)
            if self.outage.is_new:
                log.error("The model cannot classify now: %s", problem, extra={"action": "model_away"})
            return give_back(batch, rest, str(problem)), rest
        if self.outage.recovered():
            log.info("The model classifies again.", extra={"action": "model_back"})
        return [self._result(one, found.get(one.id)) for one in batch], 0.0

    async def _classify(self, batch: Sequence[Feedback]) -> Mapping[FeedbackId, Classification]:
        """One call for all; where the model refuses the whole, one call each, so that one text spoils no other."""
        try:
            return await self.classifier.classify(batch)
        except Refused:
            if len(batch) == 1:
                return {}
        found: dict[FeedbackId, Classification] = {}
        for one in batch:
            found |= await self._classify([one])
        return found

    def _result(self, feedback: Feedback, classification: Classification | None) -> Change:
        if classification is not None:
            # Somebody asked for another draft: the wish is the note, and the drafter has yet to read it.
            because = feedback.note if feedback.redrafts else f"the model says {classification.sentiment}"
            return _classified(feedback, classification, because)
        if feedback.attempts >= ATTEMPTS:
            return Change(feedback=feedback, to=FeedbackStatus.HELD, because="the model could not classify it")
        return Change(feedback=feedback, to=None, because="left out by the model", delay=timedelta(seconds=10))


def _classified(feedback: Feedback, classification: Classification, because: str) -> Change:
    return Change(feedback=feedback, to=FeedbackStatus.CLASSIFIED, because=because, classification=classification)


def _by_stars(rating: int) -> Sentiment:
    if rating >= 4:
        return Sentiment.POSITIVE
    return Sentiment.NEUTRAL if rating == 3 else Sentiment.NEGATIVE
