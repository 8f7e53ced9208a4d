"""A language model that does as it is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from feedback_service.domain.errors import FeedbackServiceError, Refused, Retryable
from feedback_service.domain.feedback import Feedback
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.reply import Classification, Draft, DraftOrigin, Sentiment
from feedback_service.ports.language import Brief
from feedback_service.ports.platform import Fact

THANKS = "Спасибо за отзыв, будем рады видеть вас снова!"
FOUND = Classification(sentiment=Sentiment.POSITIVE, language="ru")


@dataclass
class FakeModel:
    """A LanguageModel: `said` holds what the next drafts are, `faults` what the next calls raise instead (None: no).

    `poison`: a text that makes the whole call be refused; `breaks_on`: one that makes drafting fail every time;
    `omits`: texts that are left out of every answer; `meanwhile`: what others do while a batch is classified.
    """

    said: deque[str] = field(default_factory=deque)
    faults: deque[FeedbackServiceError | None] = field(default_factory=deque)
    poison: str = "яд"
    breaks_on: str = "\0"
    meanwhile: Callable[[], Awaitable[object]] | None = None
    omits: set[str] = field(default_factory=set)
    found: Classification = FOUND
    batches: list[int] = field(default_factory=list)
    briefs: list[Brief] = field(default_factory=list)

    async def classify(self, batch: Sequence[Feedback]) -> Mapping[FeedbackId, Classification]:
        self.batches.append(len(batch))
        if self.meanwhile is not None:
            await self.meanwhile()
        self._fail()
        if any(self.poison in one.item.words for one in batch):
            raise Refused("the text is not taken")
        return {one.id: self.found for one in batch if one.item.words not in self.omits}

    async def draft(self, brief: Brief) -> Draft:
        self.briefs.append(brief)
        self._fail()
        if self.breaks_on in brief.feedback.item.words:
            raise Retryable("HTTP 500")
        if self.poison in brief.feedback.item.words:
            raise Refused("the model declines")
        return Draft(self.said.popleft() if self.said else THANKS, DraftOrigin.MODEL)

    async def check(self) -> Sequence[Fact]:
        return []

    async def close(self) -> None:
        """Nothing is open."""

    def _fail(self) -> None:
        if self.faults and (problem := self.faults.popleft()):
            raise problem.with_traceback(None) from None
