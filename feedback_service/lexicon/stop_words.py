"""Finds a supplier's stop words and phrases in all their word forms, never as a part of another word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pymorphy3  # type: ignore[import-untyped]  # the package ships no types

from feedback_service.domain.reply import Finding
from feedback_service.lexicon.spelling import WORD, spellings, visible

SENTENCE_END = re.compile(r"[.!?…]")
DISTINCT_LISTS = 512
"""Compiled stop lists kept per process: one per supplier that it works for, with room for edits."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One stop word or phrase: for each of its words, every form in which it hits."""

    wording: str
    words: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Token:
    readings: tuple[str, ...]
    start: int
    end: int


@lru_cache(maxsize=1)
def analyzer() -> Any:
    """The dictionary, about 26 MB, loaded once; a parent that calls this before it forks shares it."""
    return pymorphy3.MorphAnalyzer()


def stop_word_findings(text: str, stop_words: Sequence[str]) -> Iterator[Finding]:
    """One finding for each stop word or phrase that the visible text contains, at its first place.

    Homonyms count as hits ("мой" for "мыть"): a needless hold costs less than a forbidden word in public. Verbs of the
    other aspect are other words ("возвращать" beside "вернуть") and must be listed where they are meant.
    """
    index = _index(tuple(stop_words))
    if not index:
        return
    tokens = [Token(spellings(match.group()), match.start(), match.end()) for match in WORD.finditer(text)]
    said: set[str] = set()
    for position, token in enumerate(tokens):
        for phrase in _phrases_at(index, token):
            end = _end_of_match(phrase, tokens, position, text)
            if end is not None and phrase.wording not in said:
                said.add(phrase.wording)
                excerpt = text[token.start : end]
                yield Finding("stop_word", excerpt, f"Стоп-слово «{phrase.wording}»: «{excerpt}»")


def _phrases_at(index: Mapping[str, tuple[Phrase, ...]], token: Token) -> Iterator[Phrase]:
    for reading in token.readings:
        yield from index.get(reading, ())


def _end_of_match(phrase: Phrase, tokens: Sequence[Token], position: int, text: str) -> int | None:
    """Where the phrase that begins at the position ends, or None where it is not there within one sentence."""
    found = tokens[position : position + len(phrase.words)]
    if len(found) < len(phrase.words):
        return None
    if not all(forms.intersection(token.readings) for forms, token in zip(phrase.words, found, strict=True)):
        return None
    gaps = (text[left.end : right.start] for left, right in pairwise(found))
    return None if any(SENTENCE_END.search(gap) for gap in gaps) else found[-1].end


@lru_cache(maxsize=DISTINCT_LISTS)
def _index(stop_words: tuple[str, ...]) -> Mapping[str, tuple[Phrase, ...]]:
    """The phrases by every form of their first word."""
    index: dict[str, tuple[Phrase, ...]] = {}
    for wording in dict.fromkeys(" ".join(entry.split()) for entry in stop_words):
        words = tuple(_forms(match.group()) for match in WORD.finditer(visible(wording)))
        for form in words[0] if words else ():
            index[form] = (*index.get(form, ()), Phrase(wording, words))
    return index


def _forms(word: str) -> frozenset[str]:
    """Every form of the word. A word that is a lemma means that lemma alone ("банка" is not a form of "банк")."""
    plain = spellings(word)[0]
    parses = analyzer().parse(plain)
    own = [parse for parse in parses if _plain(parse.normal_form) == plain] or parses
    return frozenset({plain, *(_plain(form.word) for parse in own for form in parse.lexeme)})


def _plain(word: str) -> str:
    return word.replace("ё", "е")
