"""Finding the JSON documents that a prompt carries, and values inside them."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping

Json = Mapping[str, object]

_DECODER = json.JSONDecoder()


def documents(text: str) -> Iterator[Json]:
    """Every JSON object in the text, outermost only, in order; other text around them is passed over."""
    start = text.find("{")
    while start >= 0:
        try:
            found, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            if isinstance(found, Mapping):
                yield found
        start = text.find("{", end)


def walk(document: Json) -> Iterator[Json]:
    """The document and every object inside it, the outer ones first; never below a text."""
    queue: deque[object] = deque([document])
    while queue:
        node = queue.popleft()
        if isinstance(node, Mapping):
            yield node
            queue.extend(node.values())
        elif isinstance(node, list):
            queue.extend(node)


def first(document: Json, fits: Callable[[Json], bool]) -> Json | None:
    return next((node for node in walk(document) if fits(node)), None)


def text_of(document: Json, *names: str) -> str:
    """The first non-empty text under one of these names, anywhere in the document."""
    for name in names:
        for node in walk(document):
            if isinstance(value := node.get(name), str) and value.strip():
                return value.strip()
    return ""


def number_of(document: Json, *names: str) -> int | None:
    """The first whole number under one of these names, anywhere in the document."""
    for name in names:
        for node in walk(document):
            value = node.get(name)
            if isinstance(value, int) and not isinstance(value, bool):
                return value
    return None


def texts_of(document: Json, *names: str) -> tuple[str, ...]:
    """The first list under one of these names, its texts only."""
    for name in names:
        for node in walk(document):
            if isinstance(value := node.get(name), list):
                return tuple(entry for entry in value if isinstance(entry, str))
    return ()
