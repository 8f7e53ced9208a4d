"""Asks the model for one JSON document, at the shared rate, once more where the answer is unusable."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.reply import Usage
from feedback_service.llm.client import Call, ChatClient
from feedback_service.llm.config import ModelConfig
from feedback_service.llm.prices import PriceList
from feedback_service.llm.waits import next_call_in
from feedback_service.llm.wire import Completion, loads
from feedback_service.ports.clock import Clock
from feedback_service.ports.storage import Budget, Charge

log = logging.getLogger(__name__)

T = TypeVar("T")
CHARACTERS_PER_TOKEN = 3.0
"""Of Russian text and JSON, rather too few than too many."""
BURST_SECONDS = 10.0
"""How much of a minute's allowance may be used at once."""
PATIENCE = 60.0
"""Seconds that a call waits for the provider's own limit; a longer wait is the caller's to plan."""
CODE_FENCE = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*```\s*\Z", re.DOTALL)


@dataclass(slots=True)
class Dialogue:
    """Shared by all calls of a process. `quiet_until` is, by model, when the provider's own limit has room again."""

    config: ModelConfig
    client: ChatClient
    budget: Budget
    clock: Clock
    prices: PriceList
    quiet_until: dict[str, float] = field(default_factory=dict)

    async def ask(self, call: Call, accept: Callable[[object], T | None]) -> tuple[T, Usage]:
        """What `accept` makes of the answer's JSON (None: not what was asked for), and the usage of all tries.

        An answer that was cut short is asked for again with a wider cap, an unusable one as it was; one more try in
        all, then Refused. Raises Retryable, Refused or AccountFault.
        """
        spent = Usage(call.model, 0, 0)
        fault = ""
        for _ in range(2):
            completion = await self._completed(call)
            spent = self._plus(spent, completion)
            _check_willing(completion)
            if completion.finish == "length":
                fault = f"cut short at {call.max_tokens} tokens"
                call = replace(call, max_tokens=call.max_tokens * self.config.wider)
                continue
            accepted = accept(loads(CODE_FENCE.sub(r"\1", completion.text)))
            if accepted is not None:
                return accepted, spent
            fault = "not the JSON that was asked for"
        log.warning("An answer of the model was unusable twice: %s", fault, extra={"action": "model_unusable"})
        raise Refused(f"the model's answer was unusable twice: {fault}")

    async def _completed(self, call: Call) -> Completion:
        tokens = max(_estimate(call), call.max_tokens)
        await self._wait_for_turn(call.model, tokens)
        completion, headers = await self.client.complete(call)
        self.quiet_until[call.model] = self.clock.monotonic() + next_call_in(headers, tokens)
        return completion

    async def _wait_for_turn(self, model: str, tokens: int) -> None:
        """Wait until the provider's limit has room, and for our turn in the budget that all processes share.

        OpenAI counts a request as the larger of its estimated prompt and its output's cap, so we do as well.
        """
        quiet = self.quiet_until.get(model, 0.0) - self.clock.monotonic()
        if quiet > PATIENCE:
            raise Retryable("the model's limit is used up", quiet)
        config = self.config
        taken = await self.budget.take(
            _charge("openai:requests", 1, config.requests_per_minute),
            _charge("openai:tokens", tokens, config.tokens_per_minute),
        )
        wait = max(quiet, taken)
        if wait > 0:
            await self.clock.sleep(wait)

    def _plus(self, spent: Usage, completion: Completion) -> Usage:
        cost = self.prices.cost_micros(spent.model, completion.input_tokens, completion.output_tokens)
        return Usage(
            spent.model,
            spent.input_tokens + completion.input_tokens,
            spent.output_tokens + completion.output_tokens,
            spent.cost_micros + cost,
        )


def compose(document: Mapping[str, object]) -> str:
    """The user's message: one JSON document, in which customers' words are strings and nothing else."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _charge(name: str, units: float, per_minute: float) -> Charge:
    """A single call larger than a minute's allowance takes that allowance whole, or it could never go."""
    units = min(units, per_minute)
    return Charge(name, units, per_minute, burst=max(units, per_minute * BURST_SECONDS / 60))


def _estimate(call: Call) -> int:
    schema = len(json.dumps(call.schema))
    return round((len(call.system) + len(call.user) + schema) / CHARACTERS_PER_TOKEN)


def _check_willing(completion: Completion) -> None:
    if completion.refusal:
        raise Refused(f"the model refused: {' '.join(completion.refusal.split())[:200]}")
    if completion.finish == "content_filter":
        raise Refused("the provider's content filter stopped the answer")
