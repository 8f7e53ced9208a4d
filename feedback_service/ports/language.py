"""What the flow asks of a language model, and of the text inspector that reads what it wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from feedback_service.domain.feedback import Feedback
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.reply import Classification, Draft, Finding
from feedback_service.domain.supplier import Supplier
from feedback_service.ports.platform import Fact, TextLimit


class Classifier(Protocol):
    async def classify(self, batch: Sequence[Feedback]) -> Mapping[FeedbackId, Classification]:
        """Classify many short texts by one call; an item the model left out or got wrong is missing in the answer.

        Each classification's usage is the item's share of the call. Raises Retryable, Refused (the whole call),
        AccountFault (key, model name or balance).
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """All that one draft needs: `objection` is the guard's reason against the draft before, empty at first."""

    feedback: Feedback
    supplier: Supplier
    limit: TextLimit
    objection: str = ""


class Drafter(Protocol):
    async def draft(self, brief: Brief) -> Draft:
        """Write one reply in the supplier's voice. Raises Retryable, Refused or AccountFault."""
        ...


class LanguageModel(Classifier, Drafter, Protocol):
    async def check(self) -> Sequence[Fact]: ...

    async def close(self) -> None: ...


class TextInspector(Protocol):
    """Finds in a text what must not be published; fast, local, no network."""

    def inspect(self, text: str, stop_words: Sequence[str]) -> Sequence[Finding]: ...
