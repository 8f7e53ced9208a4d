"""Finds ways around the platform: links, e-mail addresses, phone numbers, names in messengers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from linkify_it import LinkifyIt

from feedback_service.domain.reply import Finding
from feedback_service.lexicon.phones import phones
from feedback_service.lexicon.spelling import HAS_CYRILLIC

MORE_TLDS = ("app", "click", "club", "dev", "link", "market", "moscow", "online", "site", "space", "store", "tech")
MORE_CYRILLIC_TLDS = ("рус", "xn--p1ai")
TLDS_OF_CYRILLIC_NAMES = ("рф", "рус", "su", "com", "net", "org")
"""Where a Cyrillic name can be registered; elsewhere a dot after a Cyrillic word is a lost space ("вода.It")."""

SPELT_OUT_LINK = re.compile(
    r"""
    (?<![\w-])(?:
        (?:(?:https?|hxxps?)\s?:\s?/{0,2}|(?:tg|viber|whatsapp|skype)\s?:\s?/{1,2})\s?[\w-]{1,63}\.?[\w-]{0,63}
      | www\s?\.\s?[\w-]{1,63}
      | [\w-]{2,63}\s{0,3}[(\[]?\s{0,3}\b(?:точка|dot)\b\s{0,3}[)\]]?\s{0,3}(?:ру|рф|ком|орг|ru|com|net|org)
      | [a-z0-9-]{3,63}\s{0,3}(?:\s\.\s?|[(\[]\s*\.\s*[)\]])\s*(?:ru|com|net|org|рф)
    )(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""hxxp://shop, tg://resolve · www.shop · магазин точка ру · shop . ru, shop[.]ru"""
SPELT_OUT_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{2,64}\s{0,3}(?:@|[(\[]\s{0,3}(?:собака|at|@)\s{0,3}[)\]]|\sсобака\s)\s{0,3}[\w-]{1,63}"
    r"\s{0,3}(?:\.|точка|dot)\s{0,3}\w{2,}",
    re.IGNORECASE,
)
"""help (собака) shop.ru · help [at] shop.ru · почта@пример.рф"""
HANDLE = re.compile(
    r"""
    (?<![\w.@/+-])@[A-Za-z][A-Za-z0-9_.]{2,31}(?!\w)
  | (?<!\w)(?:телеграм\w*|telegram|т[гg]|tg|whats\s?app|в[ао]тс\s?ап\w*|вайбер\w*|viber|инстаграм\w*|instagram|vk|вк)
    \s*[:—–-]\s*@?[A-Za-z][A-Za-z0-9_.]{3,31}(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)

MAYBE_LINK = re.compile(r"\.[^\W\d_]|//|@|mailto:", re.IGNORECASE)
"""Without any of these there is no link to find; the check spares most texts the slowest rule."""
EXPLANATIONS = {
    "email": "Адрес электронной почты",
    "link": "Ссылка",
    "handle": "Имя в мессенджере или соцсети",
    "phone": "Номер телефона",
}
Hit = tuple[str, int, int]
"""A rule's name, and the place in the text."""


def contact_findings(text: str) -> Iterator[Finding]:
    """Findings in the visible text; a place is named by one rule only."""
    taken: list[Hit] = []
    for hit in (*_spelt_out(text), *_linkified(text), *_handles(text), *_phones(text)):
        rule, start, end = hit
        if not any(start < other_end and other_start < end for _, other_start, other_end in taken):
            taken.append(hit)
            excerpt = text[start:end].strip()
            yield Finding(rule, excerpt, f"{EXPLANATIONS[rule]}: «{excerpt}»")


def _spelt_out(text: str) -> Iterator[Hit]:
    for match in SPELT_OUT_EMAIL.finditer(text):
        yield "email", *match.span()
    for match in SPELT_OUT_LINK.finditer(text):
        yield "link", *match.span()


def _linkified(text: str) -> Iterator[Hit]:
    if not MAYBE_LINK.search(text):
        return
    for match in linkifier().match(text) or ():
        if match.schema == "mailto:":
            yield "email", match.index, match.last_index
        elif match.schema or not _is_lost_space(match.raw):
            yield "link", match.index, match.last_index


def _handles(text: str) -> Iterator[Hit]:
    for match in HANDLE.finditer(text):
        yield "handle", *match.span()


def _phones(text: str) -> Iterator[Hit]:
    for start, end in phones(text):
        yield "phone", start, end


def _is_lost_space(bare: str) -> bool:
    """Whether what looks like a bare domain is two words: "вода.It", "Dr.Web"."""
    name, _, tld = re.split(r"[/:?#]", bare, maxsplit=1)[0].rpartition(".")
    if tld.lower() == "web":
        return True
    return bool(HAS_CYRILLIC.search(name)) and (tld != tld.lower() or tld not in TLDS_OF_CYRILLIC_NAMES)


@lru_cache(maxsize=1)
def linkifier() -> LinkifyIt:
    """The link finder, with the endings that Russian sellers use besides its own."""
    return LinkifyIt().tlds([*MORE_TLDS, *MORE_CYRILLIC_TLDS], True)
