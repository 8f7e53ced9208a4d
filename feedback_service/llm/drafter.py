"""Writes one answer in the supplier's voice by one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feedback_service.domain.errors import Refused
from feedback_service.domain.feedback import Feedback, Item, Review
from feedback_service.domain.reply import Draft, DraftOrigin
from feedback_service.domain.templates import first_name, signed
from feedback_service.llm.client import Call
from feedback_service.llm.dialogue import Dialogue, compose
from feedback_service.llm.instructions import prompt
from feedback_service.llm.texts import fit
from feedback_service.ports.language import Brief

AIM_CHARACTERS = 600
"""Long enough for any answer that people read; platforms allow several times as much."""
MOST_PRIOR = 3
SETTING = "OPENAI_DRAFTER_MODEL"
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
QUOTES = (("«", "»"), ('"', '"'), ("“", "”"), ("„", "“"), ("'", "'"))


@dataclass(frozen=True, slots=True)
class ModelDrafter:
    """Fulfils the port Drafter."""

    dialogue: Dialogue

    async def draft(self, brief: Brief) -> Draft:
        """The model's text, stripped and signed; whether it may be published is the guard's to judge."""
        config = self.dialogue.config
        call = Call(
            model=config.drafter_model,
            setting=SETTING,
            system=prompt("draft").text,
            user=compose(_document(brief, config.drafter_text)),
            schema=SCHEMA,
            max_tokens=config.drafter_tokens,
        )
        text, usage = await self.dialogue.ask(call, _text)
        text = signed(unquoted(text), brief.supplier.voice.signature)
        if not text:
            raise Refused("the model wrote an empty answer")
        return Draft(text, DraftOrigin.MODEL, usage)


def unquoted(text: str) -> str:
    """The text without white space around it and without quotes around the whole of it."""
    text = text.strip()
    for left, right in QUOTES:
        inner = text[1:-1]
        if len(text) > 1 and text[0] == left and text[-1] == right and not {left, right} & set(inner):
            return inner.strip()
    return text


def _document(brief: Brief, longest: int) -> dict[str, object]:
    """What the shop says stands at the top, what customers say below `customer` and `prior`."""
    voice, limit, feedback = brief.supplier.voice, brief.limit, brief.feedback
    classification = feedback.classification
    return {
        "language": voice.language or (classification.language if classification else ""),
        "tone": voice.tone,
        "instructions": voice.instructions,
        "signature": voice.signature,
        "shop": brief.supplier.title,
        "min_length": limit.minimum,
        "max_length": limit.maximum,
        "length_unit": limit.unit.value,
        "aim_length": min(AIM_CHARACTERS, limit.maximum // 2),
        "stop_words": list(brief.supplier.stop_words),
        "objection": brief.objection,
        "customer": _customer(feedback, longest),
        "prior": [_words(item, longest) for item in feedback.prior[-MOST_PRIOR:]],
    }


def _customer(feedback: Feedback, longest: int) -> dict[str, object]:
    item, classification = feedback.item, feedback.classification
    customer = _words(item, longest)
    customer |= {
        "author": first_name(item.author),
        "product": {"name": fit(item.product.name, 200), "brand": fit(item.product.brand, 100)},
    }
    if isinstance(item, Review):
        customer |= {"photos": item.photos, "videos": item.videos}
    if classification is not None:
        customer |= {"sentiment": classification.sentiment.value, "topics": list(classification.topics)}
    return customer


def _words(item: Item, longest: int) -> dict[str, object]:
    words: dict[str, object] = {"kind": item.kind.value, "text": fit(item.text, longest)}
    if isinstance(item, Review):
        words |= {"rating": item.rating or None, "pros": fit(item.pros, longest), "cons": fit(item.cons, longest)}
    return words


def _text(answer: object) -> str | None:
    text = answer.get("text") if isinstance(answer, dict) else None
    return text if isinstance(text, str) else None
