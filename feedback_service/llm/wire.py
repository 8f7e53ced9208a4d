"""The chat completion as JSON: reads it without trusting it, since any proxy may stand behind the address.

Source: OpenAI API reference "Chat completions", 2026.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model said, why it stopped ("stop", "length", "content_filter"), and the tokens it took."""

    text: str
    refusal: str
    finish: str
    input_tokens: int
    output_tokens: int


def read_completion(body: str) -> Completion | None:
    """The first choice of a completion, or None where the body is none."""
    document = loads(body)
    if not _is_object(document):
        return None
    choices = document.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if _is_object(choice) else None
    if not _is_object(choice) or not _is_object(message):
        return None
    usage = document.get("usage")
    return Completion(
        text=_text(message, "content"),
        refusal=_text(message, "refusal"),
        finish=_text(choice, "finish_reason"),
        input_tokens=_count(usage, "prompt_tokens"),
        output_tokens=_count(usage, "completion_tokens"),
    )


def loads(text: str) -> object:
    """The JSON value, or None where the text is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict)


def _text(node: Mapping[str, object], name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""


def _count(node: object, name: str) -> int:
    value = node.get(name) if _is_object(node) else None
    return value if isinstance(value, int) and value > 0 else 0
