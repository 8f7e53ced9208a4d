"""Fills the gate's pages, which lie in html/, and puts them into answers."""

from __future__ import annotations

import html
import re
from functools import cache
from importlib import resources

from feedback_service.ports.replica import ReplicaResponse

_BLANK = re.compile(r"\{\{(\w+)\}\}")
_HEADERS = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}


def page(name: str, status: int = 200, **texts: str) -> ReplicaResponse:
    """The page html/<name>.html with its blanks filled, escaped."""
    filled = _BLANK.sub(lambda blank: html.escape(texts[blank[1]]), _written(name))
    return ReplicaResponse(status, _HEADERS, filled.encode())


def redirect(address: str) -> ReplicaResponse:
    """Go there, by GET whatever the request was."""
    return ReplicaResponse(302, {"location": address, "cache-control": "no-store"})


@cache
def _written(name: str) -> str:
    return (resources.files("feedback_service.sandbox.gate") / "html" / f"{name}.html").read_text(encoding="utf-8")
