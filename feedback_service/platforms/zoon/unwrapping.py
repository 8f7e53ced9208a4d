"""Puts the items that Zoon hides in scripts back where they stand in the list."""

from __future__ import annotations

import base64
import binascii
import re

from bs4 import BeautifulSoup

PARSER = "html.parser"
SWAPPED = str.maketrans("A=", "=A")
LITERAL = re.compile(r"""["'`]([A-Za-z0-9+/=\\\s]{8,})["'`]""")
DEEPEST = 3
"""Times that what a script held may hold scripts itself."""


def unwrapped(html: str) -> BeautifulSoup:
    """The HTML with every script replaced by what it holds: strings of base64 in which "A" and "=" changed places.

    All items come plain, all in scripts, or some of each (seen 2020). A script that holds no markup is left out.
    """
    soup = BeautifulSoup(html, PARSER)
    for _ in range(DEEPEST):
        for script in soup.find_all("script"):
            held = _held(script.get_text())
            if held:
                script.replace_with(BeautifulSoup(held, PARSER))
            else:
                script.decompose()
    return soup


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
