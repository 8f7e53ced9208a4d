"""Customers' words made fit for a prompt: no broken characters, bounded length."""

from __future__ import annotations

import re

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
HEAD_SHARE = 0.7
CUT = " […] "


def fit(text: str, longest: int) -> str:
    """The text without control characters and lone surrogates; of a longer one, head and tail.

    The tail is kept because complaints often end in what the customer wants.
    """
    text = CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))
    if len(text) <= longest:
        return text
    room = longest - len(CUT)
    head = round(room * HEAD_SHARE)
    return f"{text[:head]}{CUT}{text[len(text) - (room - head) :]}"
