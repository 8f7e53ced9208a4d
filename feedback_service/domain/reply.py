"""What we make of a feedback: its classification, the draft, the guard's verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sentiment(StrEnum):
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    MIXED = "mixed"


class Urgency(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Usage:
    """What one item's share of a model call took; cost in millionths of a US dollar, 0 where the price is unknown."""

    model: str
    input_tokens: int
    output_tokens: int
    cost_micros: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What the customer wants and feels; `language` is a BCP 47 tag ("ru", "kk", "und" where there are no words)."""

    sentiment: Sentiment
    topics: tuple[str, ...] = ()
    language: str = "und"
    urgency: Urgency = Urgency.NORMAL
    needs_person: bool = False
    usage: Usage | None = None


class DraftOrigin(StrEnum):
    MODEL = "model"
    TEMPLATE = "template"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that is proposed and not yet approved."""

    text: str
    origin: DraftOrigin
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason not to publish a text: the rule's name, the place in the text, and a sentence for a person."""

    rule: str
    excerpt: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Verdict:
    findings: tuple[Finding, ...] = ()

    @property
    def clean(self) -> bool:
        return not self.findings

    @property
    def reason(self) -> str:
        """All findings in one line."""
        return "; ".join(finding.explanation for finding in self.findings)
