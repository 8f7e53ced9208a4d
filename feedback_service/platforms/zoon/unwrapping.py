"""Puts the items that Zoon hides in scripts back where they stand in the list."""

from __future__ import annotations

import base64
import binascii
import re

from bs4 import BeautifulSoup

from feedback_service.platforms.zoon.bounds import weigh

PARSER = "html.parser"
SWAPPED = str.maketrans("A=", "=A")
LITERAL = re.compile(r"""["'`]([A-Za-z0-9+/=\\\s]{8,})["'`]""")
DEEPEST = 3
"""Times that what a script held may hold scripts itself."""


def parsed(html: str) -> BeautifulSoup:
    """The HTML as a tree. Raises TooMuch for what would take for ever."""
    weigh(html)
    soup = BeautifulSoup(html, PARSER)
    _part_items(soup)
    return soup


def unwrapped(html: str) -> BeautifulSoup:
    """The HTML with every script replaced by what it holds: strings of base64 in which "A" and "=" changed places.

    All items come plain, all in scripts, or some of each (seen 2020). A script that holds no markup is left out. Raises
    TooMuch.
    """
    soup = parsed(html)
    for _ in range(DEEPEST):
        for script in soup.find_all("script"):
            held = _held(script.get_text())
            if held:
                script.replace_with(parsed(held))
            else:
                script.decompose()
    _part_items(soup)
    return soup


def _part_items(soup: BeautifulSoup) -> None:
    """An item may be left open where the next one begins, as browsers know and the parser does not."""
    for item in soup.find_all("li"):
        around = item.find_parent(["li", "ul", "ol"])
        if around is not None and around.name == "li":
            around.insert_after(item)


def _held(script: str) -> str:
    """The markup in the script's strings, one after another; empty where there is none."""
    strings = [one.group(1) for one in LITERAL.finditer(script)]
    return "".join(_markup(re.sub(r"[\\\s]+", "", one)) for one in strings or [script])


def _markup(letters: str) -> str:
    tried = (_decoded(encoded) for encoded in (letters.translate(SWAPPED), letters))
    return next((text for text in tried if "<" in text), "")


def _decoded(letters: str) -> str:
    try:
        return base64.b64decode(letters, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
