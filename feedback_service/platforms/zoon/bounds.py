"""Looks over HTML before it is parsed, as the parser takes time that grows with the square of what is broken enough."""

from __future__ import annotations

import re
from collections.abc import Iterator

TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)|<[!?]")
STRAY = re.compile(r"<[a-zA-Z/!?][^<>]*(?=<|\Z)")
"""A tag that another one begins in, or that does not end."""
RAW = re.compile(r"<(?P<name>script|style)\b[^<>]*>|<!--", re.IGNORECASE)
"""What begins something in which a "<" begins no tag."""
ENDS = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in ("script", "style")} | {"": re.compile("-->")}
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
MOST_TAGS = 50_000
"""Of a piece or page: a review takes about 30."""
MOST_STRAY = 200
"""Some are right: texts in attributes may hold a "<"."""
DEEPEST = 300


class TooMuch(Exception):
    """No page that people look at is like this."""


def weigh(html: str) -> None:
    """Raises TooMuch; takes one pass over the text."""
    bare = "".join(_bare(html))
    for number, _ in enumerate(STRAY.finditer(bare)):
        if number >= MOST_STRAY:
            raise TooMuch(f"more than {MOST_STRAY} of its tags do not end")
    opened: list[str] = []
    for number, tag in enumerate(TAG.finditer(bare)):
        if number >= MOST_TAGS:
            raise TooMuch(f"it holds more than {MOST_TAGS} tags")
        name = (tag["name"] or "").lower()
        if tag["close"] and name in opened:
            while opened.pop() != name:
                pass
        elif name and not tag["close"] and name not in VOID:
            opened.append(name)
        if len(opened) > DEEPEST:
            raise TooMuch(f"its tags lie more than {DEEPEST} deep in one another")


def _bare(html: str) -> Iterator[str]:
    """The HTML without what stands in scripts, styles and comments."""
    place = 0
    while (opened := RAW.search(html, place)) is not None:
        ended = ENDS[(opened["name"] or "").lower()].search(html, opened.end())
        if ended is None:
            break
        yield html[place : opened.end()]
        place = ended.start()
    yield html[place:]
