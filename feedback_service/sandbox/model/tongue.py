"""Guesses the language of a short text by a few common words, then by its letters."""

from __future__ import annotations

import re

from feedback_service.sandbox.model.lexicon import lexicon

WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*")

# First match wins: letters that only one of the languages we meet has.
_SCRIPTS = (
    ("ka", re.compile(r"[ა-ჿ]")),
    ("hy", re.compile(r"[Ա-֏]")),
    ("ar", re.compile(r"[؀-ۿ]")),
    ("he", re.compile(r"[א-ת]")),
    ("ja", re.compile(r"[぀-ヿ]")),
    ("zh", re.compile(r"[一-鿿]")),
    ("ko", re.compile(r"[가-힯]")),
    ("kk", re.compile(r"[әғқұһӘҒҚҰҺ]")),
    ("be", re.compile(r"[ўЎ]")),
    ("uk", re.compile(r"[їєґЇЄҐ]")),
    ("kk", re.compile(r"[өүңіӨҮҢІ]")),
    ("tr", re.compile(r"[ğışİŞ]")),
    ("de", re.compile(r"[äöüßÄÖÜ]")),
    ("es", re.compile(r"[ñ¿¡Ñ]")),
)
_WRITTEN_IN_CYRILLIC = ("kk", "uk", "be")
_CYRILLIC = re.compile(r"[а-яёА-ЯЁ]")

UNKNOWN = "und"
"""BCP 47 for a text without words."""


def words_of(text: str) -> list[str]:
    return [word.lower().replace("’", "'").replace("`", "'") for word in WORD.findall(text)]


def language_of(text: str) -> str:
    """A BCP 47 tag: "ru", "kk", "en", …; "und" where there is nothing to read."""
    words = words_of(text)
    if not words:
        return UNKNOWN
    letters = next((tag for tag, script in _SCRIPTS if script.search(text)), None)
    cyrillic = _CYRILLIC.search(text) is not None
    return _by_words(words, cyrillic) or letters or ("ru" if cyrillic else "en")


def _by_words(words: list[str], cyrillic: bool) -> str | None:
    """The language with most of its common words here; one in eight must be such a word."""
    counts = {
        tag: sum(word in known for word in words)
        for tag, known in lexicon().languages.items()
        if (tag in _WRITTEN_IN_CYRILLIC) == cyrillic
    }
    best = max(counts, key=lambda tag: counts[tag])
    return best if counts[best] * 8 >= len(words) else None
