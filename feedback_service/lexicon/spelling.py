"""Sees through tricks of spelling: look-alike letters, invisible signs, accents, case."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
WORD = re.compile(r"[^\W_]+")
LATIN = "aceopxyABEKMHOPCTXy"
CYRILLIC = "асеорхуАВЕКМНОРСТХу"
TO_CYRILLIC = str.maketrans(LATIN + "03ё" + "Ё", CYRILLIC + "озе" + "Е")
TO_LATIN = str.maketrans(CYRILLIC, LATIN)
HAS_LATIN = re.compile("[A-Za-z]")
HAS_CYRILLIC = re.compile("[А-Яа-яЁё]")


def visible(text: str) -> str:
    """The text as it is seen: compatibility forms unified, invisible signs and stress marks taken out."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return "".join(char for char in text if unicodedata.category(char) != "Mn")


def spellings(word: str) -> tuple[str, ...]:
    """How a word of a visible text may be meant, in small letters with "е" for "ё".

    A word of one script means itself. A word of two is read in either of them, where look-alikes allow it.
    """
    plain = word.replace("ё", "е").replace("Ё", "Е").lower()
    if not HAS_CYRILLIC.search(word) or not re.search("[A-Za-z03]", word):
        return (plain,)
    readings = (word.translate(TO_CYRILLIC), word.translate(TO_LATIN))
    whole = (readings[0] if not HAS_LATIN.search(readings[0]) else "", readings[1] if _all_latin(readings[1]) else "")
    return tuple(dict.fromkeys((plain, *(reading.lower() for reading in whole if reading))))


def _all_latin(word: str) -> bool:
    return not HAS_CYRILLIC.search(word)
