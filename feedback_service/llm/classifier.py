"""Classifies many short texts by one call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.feedback import Feedback, Review
from feedback_service.domain.identity import FeedbackId
from feedback_service.domain.reply import Classification, Sentiment, Urgency, Usage
from feedback_service.llm.client import Call
from feedback_service.llm.dialogue import Dialogue, compose
from feedback_service.llm.instructions import prompt
from feedback_service.llm.shares import shares
from feedback_service.llm.texts import fit

LEAST_TOKENS = 300
MOST_TOPICS = 3
LONGEST_TOPIC = 40
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
SETTING = "OPENAI_CLASSIFIER_MODEL"
ENTRY: Mapping[str, object] = {
    "id": {"type": "string"},
    "sentiment": {"type": "string", "enum": [sentiment.value for sentiment in Sentiment]},
    "topics": {"type": "array", "items": {"type": "string"}},
    "language": {"type": "string"},
    "urgency": {"type": "string", "enum": [urgency.value for urgency in Urgency]},
    "needs_person": {"type": "boolean"},
}
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": ENTRY,
                "required": list(ENTRY),
                "additionalProperties": False,
            },
        }
    },
    "required": ["items"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class ModelClassifier:
    """Fulfils the port Classifier."""

    dialogue: Dialogue

    async def classify(self, batch: Sequence[Feedback]) -> Mapping[FeedbackId, Classification]:
        """Ids in the prompt are ordinals, mapped back here: the model can neither see nor invent one of ours."""
        if not batch:
            return {}
        config = self.dialogue.config
        documents = {str(n): _document(one, config.classifier_text) for n, one in enumerate(batch, start=1)}
        call = Call(
            model=config.classifier_model,
            setting=SETTING,
            system=prompt("classify").text,
            user=compose({"items": [{"id": key, **document} for key, document in documents.items()]}),
            schema=SCHEMA,
            max_tokens=LEAST_TOKENS + config.classifier_tokens * len(batch),
        )
        entries, usage = await self.dialogue.ask(call, _entries)
        found = _by_id(entries, documents)
        parts = shares(usage, [len(compose(documents[key])) for key in found])
        by_ordinal = {str(n): one.id for n, one in enumerate(batch, start=1)}
        return {
            by_ordinal[key]: _classification(entry, part)
            for (key, entry), part in zip(found.items(), parts, strict=True)
        }


def _document(feedback: Feedback, longest: int) -> dict[str, object]:
    item = feedback.item
    document: dict[str, object] = {"kind": item.kind.value, "text": fit(item.text, longest)}
    if isinstance(item, Review):
        document |= {"rating": item.rating or None, "pros": fit(item.pros, longest), "cons": fit(item.cons, longest)}
    return document


def _entries(answer: object) -> list[object] | None:
    items = answer.get("items") if isinstance(answer, dict) else None
    return items if isinstance(items, list) else None


def _by_id(entries: Sequence[object], asked: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """The usable entries by their id; an id that was not asked for or came twice is dropped with all its entries."""
    found: dict[str, dict[str, object]] = {}
    twice: set[str] = set()
    for entry in entries:
        key = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(key, str) or key not in asked:
            continue
        twice |= {key} & found.keys()
        found[key] = entry
    return {key: entry for key, entry in found.items() if key not in twice and _is_usable(entry)}


def _is_usable(entry: Mapping[str, object]) -> bool:
    return (
        entry.get("sentiment") in set(Sentiment)
        and entry.get("urgency") in set(Urgency)
        and isinstance(entry.get("needs_person"), bool)
    )


def _classification(entry: Mapping[str, object], usage: Usage) -> Classification:
    language = str(entry.get("language", ""))
    return Classification(
        sentiment=Sentiment(str(entry["sentiment"])),
        topics=_topics(entry.get("topics")),
        language=language if LANGUAGE_TAG.fullmatch(language) else "und",
        urgency=Urgency(str(entry["urgency"])),
        needs_person=entry["needs_person"] is True,
        usage=usage,
    )


def _topics(value: object) -> tuple[str, ...]:
    topics = [topic.strip().lower() for topic in value if isinstance(topic, str)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(topic for topic in topics if 0 < len(topic) <= LONGEST_TOPIC))[:MOST_TOPICS]
