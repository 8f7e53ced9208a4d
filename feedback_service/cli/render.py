"""What commands print: tables for a terminal, tab-separated lines for a pipe, JSON; never raw control codes."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that could move the cursor, reorder a line or break an encoder."""
JOINER = "\u200d"
"""Holds family and flag emoji together; harmless."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `longest` cuts its cells on a terminal, a pipe gets them whole."""

    title: str
    longest: int = 0
    style: str = ""
    right: bool = False


def console() -> Console:
    """The terminal on stdout; plain where it is none, or where NO_COLOR is set."""
    return Console(highlight=False, markup=False, emoji=False)


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their titles."""
    out = console()
    if not out.is_terminal:
        for row in ([column.title for column in columns], *rows):
            line("\t".join(one_line(cell) for cell in row))
        return
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        names = column is columns[0]
        grid.add_column(column.title, style=column.style, justify="right" if column.right else "left", no_wrap=names)
    for row in rows:
        grid.add_row(*(Text(_cell(cell, column)) for cell, column in zip(row, columns, strict=True)))
    out.print(grid)


def line(text: str = "", style: str = "") -> None:
    """Print one text as it is, however long; the style is for a terminal."""
    out = console()
    if out.is_terminal:
        out.print(Text(visible(text), style=style), soft_wrap=True)
    else:
        print(visible(text))  # noqa: T201


def as_json(value: object) -> None:
    """Print a JSON document; times in ISO 8601, and \\u escapes where stdout cannot take a character as it is."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_as_json_text)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2, default=_as_json_text)
    print(text)  # noqa: T201


def visible(text: str) -> str:
    """A customer's text made safe for a terminal: line ends and tabs stay, other control characters show as \\x1b."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if _harmless(one) else one.encode("unicode_escape").decode() for one in text)


def one_line(text: str) -> str:
    """A text as one line."""
    return " ".join(visible(text).split())


def cut(text: str, longest: int) -> str:
    """The text, ended by an ellipsis where it is longer."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _as_json_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _cell(text: str, column: Column) -> str:
    whole = one_line(text)
    return cut(whole, column.longest) if column.longest else whole


def _harmless(char: str) -> bool:
    return char in ("\n", "\t", JOINER) or unicodedata.category(char) not in INVISIBLE
