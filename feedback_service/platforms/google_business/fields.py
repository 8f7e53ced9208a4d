"""Reads what Google writes in ways of its own: names, which are text and nothing else, and what went wrong."""

from __future__ import annotations

LONGEST_LINE = 200


def text_of(value: object) -> str:
    """Text as it came; everything else is empty: a number is no name of Google's."""
    return value if isinstance(value, str) else ""


def line_of(*parts: object) -> str:
    """Foreign words on one line, safe to log."""
    line = ": ".join(part for part in parts if isinstance(part, str) and part)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in line).split())[:LONGEST_LINE]
