"""What the stand-in produced for one request, before it takes an endpoint's shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Finish = Literal["stop", "length", "content_filter", "refusal"]

CHARACTERS_PER_TOKEN = 3
"""The stand-in has no tokenizer: it estimates a token for three characters, near the truth for Russian."""


def estimate_tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The text and why it ended; `serial` makes ids unique and lets two runs of one scenario agree."""

    text: str
    finish: Finish = "stop"
    prompt_tokens: int
    serial: int

    @property
    def tokens(self) -> int:
        return estimate_tokens(self.text)


def cut(text: str, tokens: int) -> str:
    """The text as far as `tokens` reach."""
    return text[: tokens * CHARACTERS_PER_TOKEN]
