"""Judges each draft by the platform's limits and the supplier's rules: approved, sent back once, or held."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from feedback_service.domain.dispatch import DispatchStatus
from feedback_service.domain.feedback import Feedback, FeedbackStatus, Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.length import length_finding
from feedback_service.domain.policy import decide, with_classification
from feedback_service.domain.reply import DraftOrigin, Finding, Verdict
from feedback_service.domain.supplier import Decision, Supplier
from feedback_service.pipeline.stage import Progress
from feedback_service.ports.clock import Clock
from feedback_service.ports.language import TextInspector
from feedback_service.ports.platform import PlatformSpec
from feedback_service.ports.storage import Approval, Change, SupplierStorage

BATCH = 50
LEASE = timedelta(minutes=1)
FIRST_TIME = 5
"""The highest revision of a draft that was never sent: collected, classified, drafted, and both again after the guard.
Only beyond it is the outbox asked whether there was an answer before."""
REDRAFTS = 1
"""How often a draft is sent back with the reason before a person is asked."""

log = logging.getLogger(__name__)


def judge_text(text: str, kind: Kind, spec: PlatformSpec, supplier: Supplier, inspector: TextInspector) -> Verdict:
    """All that forbids this text on this platform; the same rules for a model's draft and for a person's words."""
    findings: list[Finding] = []
    if too_long_or_short := length_finding(text, spec.reply_limits[kind]):
        findings.append(too_long_or_short)
    findings += inspector.inspect(text, supplier.stop_words)
    return Verdict(tuple(findings))


@dataclass(frozen=True, slots=True)
class Guard:
    supplier: Supplier
    specs: Mapping[PlatformKey, PlatformSpec]
    storage: SupplierStorage
    inspector: TextInspector
    clock: Clock
    name: str = "guard"

    async def step(self) -> Progress:
        batch = await self.storage.feedback.claim(FeedbackStatus.DRAFTED, BATCH, LEASE)
        if not batch:
            return Progress()
        changes = [await self._never_alone_again(self._judge(feedback)) for feedback in batch]
        lost = await self.storage.feedback.apply(changes)
        return Progress(taken=len(batch), moved=len(batch) - len(lost), more=len(batch) == BATCH)

    async def _never_alone_again(self, change: Change) -> Change:
        """Whom we answered before (they edited their words since) a person answers, whatever the rules let go."""
        if change.to is not FeedbackStatus.APPROVED or change.feedback.revision <= FIRST_TIME:
            return change
        dispatches = await self.storage.outbox.of(change.feedback.id)
        if all(one.status is not DispatchStatus.CONFIRMED for one in dispatches):
            return change
        because = "answered before and edited by the customer since: a person decides"
        return Change(feedback=change.feedback, to=FeedbackStatus.HELD, because=because)

    def _judge(self, feedback: Feedback) -> Change:
        if feedback.draft is None:
            return Change(feedback=feedback, to=FeedbackStatus.HELD, because="there is no draft to judge")
        text = feedback.draft.text
        verdict = judge_text(text, feedback.item.kind, self.specs[feedback.platform], self.supplier, self.inspector)
        if not verdict.clean:
            return self._objected(feedback, verdict)
        return self._decided(feedback, text)

    def _objected(self, feedback: Feedback, verdict: Verdict) -> Change:
        """Back to the drafter with the reason, once; a template never changes by asking again."""
        template = feedback.draft is not None and feedback.draft.origin is DraftOrigin.TEMPLATE
        if feedback.redrafts >= REDRAFTS or template:
            return Change(feedback=feedback, to=FeedbackStatus.HELD, because=f"guard: {verdict.reason}")
        return Change(
            feedback=feedback,
            to=FeedbackStatus.CLASSIFIED,
            because=verdict.reason,
            redrafts=feedback.redrafts + 1,
        )

    def _decided(self, feedback: Feedback, text: str) -> Change:
        decision = decide(self.supplier.policy, feedback.item, self.clock.now())
        if feedback.classification is not None:
            decision = with_classification(decision, feedback.classification)
        if feedback.item.answer is not None and decision is Decision.AUTO:
            decision = Decision.APPROVE
        if decision is Decision.AUTO and (because := self._person_first(feedback)):
            return Change(feedback=feedback, to=FeedbackStatus.HELD, because=because)
        match decision:
            case Decision.AUTO:
                return Change(
                    feedback=feedback,
                    to=FeedbackStatus.APPROVED,
                    because="clean, and the supplier's rules let it go by itself",
                    approve=Approval(text),
                )
            case Decision.APPROVE:
                return Change(feedback=feedback, to=FeedbackStatus.HELD, because="waits for a person's approval")
            case Decision.SKIP:
                return Change(feedback=feedback, to=FeedbackStatus.SKIPPED, because="the supplier's rules skip it")

    def _person_first(self, feedback: Feedback) -> str:
        """Why the platform's terms want a person's yes though the supplier's rules do not; empty where they do not.

        An account that is gone from the configuration gave no plain yes.
        """
        reason = self.specs[feedback.platform].person_first
        agreed = any(one.unattended for one in self.supplier.accounts if one.id == feedback.account_id)
        return f"waits for a person's approval: {reason}" if reason and not agreed else ""
