"""The word lists of lexicon.toml, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


class Stems:
    """A set of beginnings of words, and of whole words ("суд$"); a look costs little, however many there are."""

    def __init__(self, stems: Iterable[str]) -> None:
        listed = tuple(stems)
        self._whole = frozenset(stem[:-1] for stem in listed if stem.endswith("$"))
        self._stems = frozenset(stem for stem in listed if not stem.endswith("$"))
        self._lengths = sorted({len(stem) for stem in self._stems})

    def match(self, word: str) -> bool:
        """Whether the word, in small letters, is one of the whole words or begins with one of the others."""
        if word in self._whole:
            return True
        return any(word[:length] in self._stems for length in self._lengths if length <= len(word))


@dataclass(frozen=True, slots=True)
class Lexicon:
    positive: Stems
    negative: Stems
    negates_next: frozenset[str]
    negates_previous: frozenset[str]
    danger: Stems
    dispute: Stems
    topics: dict[str, Stems]
    topic_names: dict[str, str]
    languages: dict[str, frozenset[str]]


@cache
def lexicon() -> Lexicon:
    path = resources.files("feedback_service.sandbox.model") / "lexicon.toml"
    read: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))  # Any: TOML as its author wrote it
    return Lexicon(
        positive=Stems(read["positive"]),
        negative=Stems(read["negative"]),
        negates_next=frozenset(read["before"]),
        negates_previous=frozenset(read["after"]),
        danger=Stems(read["danger"]),
        dispute=Stems(read["dispute"]),
        topics={topic: Stems(stems) for topic, stems in read["topics"].items()},
        topic_names=read["topic_names"],
        languages={tag: frozenset(words) for tag, words in read["languages"].items()},
    )
