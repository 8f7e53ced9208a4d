"""Finds phone numbers, and leaves article numbers, prices, order numbers and dates alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phonenumbers import Leniency, PhoneNumberMatcher

DIGITS = re.compile(r"\d")
FEWEST_DIGITS = 9
"""Fewer digits in the whole text cannot hold a number that anybody would write in full."""
GAP = r"[\s\-‐-―−.()/]{0,3}"
RUSSIAN = re.compile(rf"(?<![\w+])(?:\+\s?7|8|7){GAP}[34789]\d{{2}}(?:{GAP}\d){{7}}(?!{GAP}\d)(?!\w)")
BELARUSIAN = re.compile(rf"(?<![\w+])80{GAP}(?:17|25|29|33|44){GAP}\d{{3}}(?:{GAP}\d){{4}}(?!\w)")
BARE_MOBILE = re.compile(rf"(?<![\w+.,-])\(?9\d{{2}}\)?{GAP}\d{{3}}{GAP}\d{{2}}{GAP}\d{{2}}(?![\w]|[.,-]\d)")
LABEL = re.compile(
    r"(?:\bарт(?:икул\w*|\.|\b)|заказ\w*|товар\w*|\bкод\w*|чек\w*|обращени\w*|отправлени\w*|посылк\w*|накладн\w*"
    r"|\bsku|\bid|\bean|barcode|трек\w*|№|\bno)\s*(?:номер\w*)?\s*[:#.-]?\s*(?:(?:№|no)\s*)?$",
    re.IGNORECASE,
)
"""Words right before a number that say that it is none to call."""
LABEL_REACH = 40
MOST_CANDIDATES = 1000
"""Bounds the search in a text that is nothing but digits."""


def phones(text: str) -> Iterator[tuple[int, int]]:
    """The places of phone numbers in the visible text, some of them perhaps twice.

    Numbers with "+" count for every country; without it, those of Russia and Kazakhstan (8 or 7 and ten digits, or a
    mobile's ten digits), and of Belarus (80 and nine digits). A number that a label declares to be an article, an
    order or the like is left alone, unless it has a "+".
    """
    if len(DIGITS.findall(text)) < FEWEST_DIGITS:
        return
    for pattern in (RUSSIAN, BELARUSIAN, BARE_MOBILE):
        for match in pattern.finditer(text):
            if not _is_labelled(text, match.start(), match.group()):
                yield match.span()
    if "+" in text:
        for found in PhoneNumberMatcher(text, "RU", leniency=Leniency.VALID, max_tries=MOST_CANDIDATES):
            if found.raw_string.startswith("+") or text[found.start - 1 : found.start] == "+":
                yield found.start, found.end


def _is_labelled(text: str, start: int, number: str) -> bool:
    if "+" in number:
        return False
    return LABEL.search(text[max(0, start - LABEL_REACH) : start]) is not None
