"""The language model as one port: classifier, drafter and self-check over one client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedback_service.domain.errors import AccountFault, FeedbackServiceError
from feedback_service.domain.feedback import Feedback
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.reply import Classification, Draft
from feedback_service.llm import classifier, drafter
from feedback_service.llm.client import Call, ChatClient
from feedback_service.llm.config import ModelConfig
from feedback_service.llm.dialogue import Dialogue
from feedback_service.llm.instructions import prompt
from feedback_service.llm.prices import PriceList, read_prices
from feedback_service.ports.clock import Clock
from feedback_service.ports.language import Brief
from feedback_service.ports.platform import Fact
from feedback_service.ports.storage import Budget

CHECK_TOKENS = 500
CHECK_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}


class OpenAIModel:
    """Fulfils the port LanguageModel. Raises Configuration for prices that cannot be read."""

    def __init__(self, config: ModelConfig, budget: Budget, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._client = ChatClient(config, clock)
        self._dialogue = Dialogue(config, self._client, budget, clock, PriceList(read_prices(config.prices)))
        self._classifier = classifier.ModelClassifier(self._dialogue)
        self._drafter = drafter.ModelDrafter(self._dialogue)

    async def classify(self, batch: Sequence[Feedback]) -> Mapping[FeedbackId, Classification]:
        return await self._classifier.classify(batch)

    async def draft(self, brief: Brief) -> Draft:
        return await self._drafter.draft(brief)

    async def check(self) -> Sequence[Fact]:
        """One fact for each model that is configured: a tiny call, by the same road as the real ones."""
        settings: dict[str, list[str]] = {}
        settings.setdefault(self._config.classifier_model, []).append(classifier.SETTING)
        settings.setdefault(self._config.drafter_model, []).append(drafter.SETTING)
        return [await self._check(model, " and ".join(names)) for model, names in settings.items()]

    async def close(self) -> None:
        await self._client.close()

    async def _check(self, model: str, setting: str) -> Fact:
        call = Call(
            model=model,
            setting=setting,
            system=prompt("check").text,
            user='{"ready": true}',
            schema=CHECK_SCHEMA,
            max_tokens=CHECK_TOKENS,
        )
        subject, began = f"model {model}", self._clock.monotonic()
        try:
            await self._dialogue.ask(call, lambda answer: True if isinstance(answer, dict) else None)
        except AccountFault as problem:
            return Fact(subject, False, problem.reason, problem.remedy)
        except FeedbackServiceError as problem:
            return Fact(subject, False, str(problem), f"check URL_PROXY_OPENAI ({self._config.place})")
        seconds = self._clock.monotonic() - began
        return Fact(subject, True, f"answers in {seconds:.1f} s at {self._config.place}")
