"""Hides items of the list in scripts, as the site does against programs that read it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from itertools import groupby

_SWAPPED = str.maketrans("A=", "=A")


def veiled(markup: str) -> str:
    """Base64 in which the letter A and the sign = have changed places."""
    return base64.b64encode(markup.encode()).decode().translate(_SWAPPED)


def joined(items: Iterable[tuple[str, bool]]) -> str:
    """Items in their order; those marked True are scripted, neighbours of them in one script."""
    return "".join(_run([markup for markup, _ in run], hidden) for hidden, run in groupby(items, lambda one: one[1]))


def _run(items: list[str], hidden: bool) -> str:
    if not hidden:
        return "".join(items)
    return "<script>" + "".join(f'comment_show("{veiled(one)}");' for one in items) + "</script>"
