"""Puts a reply together from the phrases of phrases/*.toml, varied and within its length."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("ru", "kk", "en")
"""A customer who writes in another language is answered in the first of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """All that a reply depends on. `longest` is the greatest length, in bytes of UTF-8 if `in_bytes`."""

    tone: str
    topics: tuple[str, ...] = ()
    language: str = "ru"
    name: str = ""
    product: str = ""
    signature: str = ""
    longest: int | None = None
    in_bytes: bool = False
    avoid: tuple[str, ...] = ()
    seed: str = ""

    def fits(self, text: str) -> bool:
        length = len(text.encode("utf-8", "replace")) if self.in_bytes else len(text)
        return self.longest is None or length <= self.longest


def phrase(occasion: Occasion) -> str:
    """The longest that fits of: all parts, fewer parts, the opening alone, a cut opening without the signature."""
    greeting, opening, topic, closing = _parts(occasion)
    for parts in ((greeting, opening, topic, closing), (greeting, opening, closing), (greeting, opening), (opening,)):
        text = _signed(" ".join(part for part in parts if part), occasion.signature)
        if occasion.fits(text):
            return text
    return _cut(opening, occasion)


def _signed(text: str, signature: str) -> str:
    return f"{text}\n{signature}" if signature else text


def spoilt(language: str) -> list[str]:
    """Sentences that must never be published: with a phone, a link, an e-mail, a left-over placeholder."""
    return list(_phrases(_spoken(language))["spoilt"].values())


def _parts(occasion: Occasion) -> tuple[str, str, str, str]:
    phrases = _phrases(_spoken(occasion.language))
    chance = random.Random(occasion.seed.encode("utf-8", "surrogatepass"))  # noqa: S311 - variety, not a secret
    greetings = phrases["greeting"]["named"] if occasion.name else phrases["greeting"]["plain"]
    mood = {"question": "question", "negative": "bad", "mixed": "bad"}.get(occasion.tone, "good")
    about = phrases["topic"][mood]
    by_weight = sorted(occasion.topics, key=lambda topic: topic != "safety")
    topic = next((about[topic] for topic in by_weight if topic in about), about["other"])
    lists = (greetings, phrases["opening"][occasion.tone], topic, phrases["closing"][occasion.tone])
    greeting, opening, middle, closing = (chance.choice(_allowed(lines, occasion)) for lines in lists)
    return greeting, opening, middle, closing


def _allowed(lines: Iterable[str], occasion: Occasion) -> list[str]:
    """The lines with name and product put in, without those that need what is unknown or hold a word to avoid."""
    stems = [word.lower()[:5] for word in occasion.avoid if word]
    ready = [
        line.replace("{name}", occasion.name).replace("{product}", occasion.product)
        for line in lines
        if occasion.product or "{product}" not in line
    ]
    return [line for line in ready if not any(stem in line.lower() for stem in stems)] or [""]


def _cut(text: str, occasion: Occasion) -> str:
    while text and not occasion.fits(text):
        text = text[:-1]
    return text.rstrip()


def _spoken(language: str) -> str:
    tag = language.lower().split("-")[0]
    return tag if tag in LANGUAGES else LANGUAGES[0]


@cache
def _phrases(language: str) -> dict[str, Any]:  # Any: TOML as its author wrote it
    path = resources.files("feedback_service.sandbox.model") / "phrases" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
