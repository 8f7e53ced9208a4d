"""Answers a request to draft one reply, from what the prompt's document tells about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from feedback_service.sandbox.model.ask import Ask
from feedback_service.sandbox.model.documents import documents, first, number_of, text_of, texts_of
from feedback_service.sandbox.model.phrasing import Occasion, phrase, spoilt
from feedback_service.sandbox.model.reading import understand, words_in
from feedback_service.sandbox.model.schema import fill, resolve, type_of

Json = Mapping[str, object]

_NAME = re.compile(r"([^\W\d_]{2,20})(?: [^\W\d_]{1,20}\.?)?")
_LENGTH_NAMES = ("max_length", "maximum_length", "max_characters", "max_chars", "maximum", "length_limit", "limit")


@dataclass(frozen=True, slots=True)
class DraftTask:
    """The document that carries the customer's item, and that item inside it."""

    document: Json
    item: Json


def draft_task_in(ask: Ask) -> DraftTask | None:
    """Recognise the task by the user's message: a document with an object that has a text and stars or a kind."""
    for document in documents(ask.user_text):
        item = first(document, _is_item)
        if item is not None:
            return DraftTask(document, item)
    return None


def compose(ask: Ask, task: DraftTask) -> str:
    """The reply; the same question gives the same reply, another item another one."""
    words = words_in(task.item)
    reading = understand(words)
    occasion = Occasion(
        tone="question" if words.kind == "question" else reading.sentiment,
        topics=reading.topics,
        language=text_of(task.document, "language") or reading.language,
        name=_first_name(text_of(task.item, "author", "author_name", "customer", "name")),
        product=_product(task.item) or _product(task.document),
        signature=text_of(task.document, "signature"),
        longest=number_of(task.document, *_LENGTH_NAMES),
        in_bytes="bytes" in text_of(task.document, "unit", "length_unit"),
        avoid=texts_of(task.document, "stop_words", "forbidden", "forbidden_words"),
        seed=ask.prompt,
    )
    return phrase(occasion)


def spoil(task: DraftTask, text: str, turn: int) -> str:
    """The text with something that must never be published; the kind changes from turn to turn."""
    stop_words = texts_of(task.document, "stop_words", "forbidden", "forbidden_words")
    language = text_of(task.document, "language") or understand(words_in(task.item)).language
    additions = [*spoilt(language), *stop_words[:1]]
    return f"{text} {additions[turn % len(additions)]}"


def shaped(ask: Ask, text: str) -> object:
    """The reply in the asked JSON schema's first text field ("text", if there is one); other fields are
    filled. Without a schema {"text": …}."""
    root = ask.format.schema
    if not root:
        return {"text": text}
    properties = resolve(root, root).get("properties")
    fields = properties if isinstance(properties, Mapping) else {}
    answer = {name: fill(child, root) for name, child in fields.items() if isinstance(child, Mapping)}
    texts = [name for name in answer if type_of(resolve(fields[name], root)) == "string"]
    if texts:
        answer["text" if "text" in texts else texts[0]] = text
    return answer


def _is_item(node: Json) -> bool:
    return isinstance(node.get("text"), str) and ("kind" in node or "rating" in node)


def _first_name(author: str) -> str:
    """The author's first name where it looks like one; nicknames, digits and links are not repeated."""
    found = _NAME.fullmatch(author)
    return found.group(1).capitalize() if found and author[0].isupper() else ""


def _product(node: Json) -> str:
    product = node.get("product")
    if isinstance(product, Mapping):
        return text_of(product, "name", "title")
    return product.strip() if isinstance(product, str) else ""
