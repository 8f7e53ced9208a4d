"""Which optional parameters one model takes, learned from its refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.llm.faults import Failure

REASONS = re.compile(r"(?:^|/)(?:gpt-5(?!.*chat)|o[1-9])")
"""Models that think before they answer; little thought is enough here, and thought is paid for as output."""
OPTIONAL = ("reasoning_effort", "max_completion_tokens", "response_format")
NOT_KNOWN = re.compile(
    r"unsupported|unknown|unrecognized|not supported|does not support|not permitted|invalid_type|extra", re.IGNORECASE
)


@dataclass(slots=True)
class Dialect:
    """One model's, at one address. Source: OpenAI API reference "Create chat completion", 2026.

    Older proxies know `max_tokens` only, some models no effort, some no JSON schema but plain JSON.
    """

    model: str
    unknown: set[str] = field(default_factory=set)

    def options(self, schema: Mapping[str, object], max_tokens: int) -> dict[str, object]:
        """The request's parameters besides model and messages."""
        cap = "max_tokens" if "max_completion_tokens" in self.unknown else "max_completion_tokens"
        options: dict[str, object] = {cap: max_tokens, "response_format": self._format(schema)}
        if REASONS.search(self.model) and "reasoning_effort" not in self.unknown:
            options["reasoning_effort"] = "low"
        return options

    def forgo(self, failure: Failure) -> bool:
        """Leave out from now on what the failure says is not known here; False where it is about something else."""
        if failure.code == "invalid_json_schema" or not NOT_KNOWN.search(f"{failure.code} {failure.message}"):
            return False
        for name in OPTIONAL:
            if name not in self.unknown and (failure.param.startswith(name) or name in failure.message):
                self.unknown.add(name)
                return True
        return False

    def _format(self, schema: Mapping[str, object]) -> dict[str, object]:
        if "response_format" in self.unknown:
            return {"type": "json_object"}
        return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
