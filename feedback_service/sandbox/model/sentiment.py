"""Answers a request to classify many items, in whatever words its JSON schema wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from feedback_service.sandbox.model.ask import Ask
from feedback_service.sandbox.model.documents import documents, first
from feedback_service.sandbox.model.lexicon import lexicon
from feedback_service.sandbox.model.reading import Reading, understand, words_in
from feedback_service.sandbox.model.schema import fill, resolve, type_of

Json = Mapping[str, object]


class Wanted(NamedTuple):
    """Where the schema wants the classifications: the array's name and the schema of one."""

    name: str
    element: Json


def wanted_in(ask: Ask) -> Wanted | None:
    """Recognise the task by the schema's shape: an object with an array whose elements have a `sentiment`."""
    root = ask.format.schema
    for name, child in _properties(resolve(root, root)).items():
        array = resolve(_mapping(child), root)
        element = resolve(_mapping(array.get("items")), root)
        if type_of(array) == "array" and "sentiment" in _properties(element):
            return Wanted(name, element)
    return None


def classify(ask: Ask, wanted: Wanted) -> dict[str, object]:
    """One classification for every item of the first document in the user's message that has `items`."""
    root = ask.format.schema
    answer = {name: fill(_mapping(child), root) for name, child in _properties(resolve(root, root)).items()}
    answer[wanted.name] = [_one(item, wanted.element, root) for item in _items(ask)]
    return answer


def _items(ask: Ask) -> list[Json]:
    for document in documents(ask.user_text):
        holder = first(document, lambda node: isinstance(node.get("items"), list))
        items = holder.get("items") if holder else None
        if isinstance(items, list):
            return [item for item in items if isinstance(item, Mapping)]
    return []


def _one(item: Json, element: Json, root: Json) -> dict[str, object]:
    reading = understand(words_in(item))
    answer: dict[str, object] = {}
    for name, child in _properties(element).items():
        schema = resolve(_mapping(child), root)
        answer[name] = item["id"] if name == "id" and "id" in item else _value(name, schema, root, reading)
    return answer


def _value(name: str, schema: Json, root: Json, reading: Reading) -> object:
    match name, type_of(schema):
        case "topics", "array":
            return _topics(reading.topics, resolve(_mapping(schema.get("items")), root))[: _most(schema)]
        case "needs_person", "boolean":
            return reading.needs_person
        case "sentiment", "string":
            return _choice(reading.sentiment, schema)
        case "language", "string":
            return _choice(reading.language, schema)
        case "urgency", "string":
            return _choice(reading.urgency, schema)
        case "urgency", "integer" | "number":
            return {"low": 1, "normal": 2, "high": 3}[reading.urgency]
    return fill(schema, root)


def _choice(value: str, schema: Json) -> str:
    """The schema's own spelling of the value; where it has no such choice, the last one ("other", usually)."""
    choices = schema.get("enum")
    if not isinstance(choices, list) or not choices:
        return value
    return next((str(one) for one in choices if str(one).lower() == value), str(choices[-1]))


def _topics(found: tuple[str, ...], element: Json) -> list[str]:
    """The Russian names, or of the schema's choices those that mean the same, in English or Russian."""
    names = {topic: lexicon().topic_names[topic] for topic in found}
    choices = element.get("enum")
    if not isinstance(choices, list):
        return list(names.values())
    return [str(one) for one in choices if str(one).lower() in {*names, *names.values()}]


def _most(schema: Json) -> int | None:
    most = schema.get("maxItems")
    return most if isinstance(most, int) else None


def _properties(schema: Json) -> Json:
    return _mapping(schema.get("properties"))


def _mapping(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}
