"""Notes every step that is written to storage, with who took it and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.identity import DispatchId, FeedbackId
from feedback_service.ports.storage import Change, FeedbackStore, Outbox, Outcome, SupplierStorage


@dataclass
class WitnessedFeedback:
    """A FeedbackStore that notes the changes it applies."""

    store: FeedbackStore
    steps: list[Change | Outcome]

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    async def apply(self, changes: Sequence[Change]) -> Sequence[FeedbackId]:
        lost = await self.store.apply(changes)
        self.steps += [change for change in changes if change.feedback.id not in lost]
        return lost


@dataclass
class WitnessedOutbox:
    """An Outbox that notes the outcomes it settles."""

    store: Outbox
    steps: list[Change | Outcome]

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    async def settle(self, outcomes: Sequence[Outcome]) -> Sequence[DispatchId]:
        lost = await self.store.settle(outcomes)
        self.steps += [outcome for outcome in outcomes if outcome.dispatch.id not in lost]
        return lost


def witnessed(storage: SupplierStorage) -> tuple[SupplierStorage, list[Change | Outcome]]:
    """The storage, and the list that its steps are noted in."""
    steps: list[Change | Outcome] = []
    seen = replace(
        storage,
        feedback=WitnessedFeedback(storage.feedback, steps),
        outbox=WitnessedOutbox(storage.outbox, steps),
    )
    return seen, steps
