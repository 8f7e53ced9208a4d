"""Pieces of HTML that the site and the cabinet share, and whole pages."""

from __future__ import annotations

import html
from collections.abc import Mapping

from feedback_service.ports.replica import ReplicaResponse

HTML = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}


def escaped(text: str) -> str:
    """For HTML; half of an emoji, which has no form in UTF-8, becomes a question mark."""
    return html.escape(text.encode("utf-8", "replace").decode())


def with_breaks(text: str) -> str:
    """Escaped, its lines parted by tags."""
    return escaped(text).replace("\n", "<br>")


def attributes(named: Mapping[str, str | None]) -> str:
    """With a leading space each; None leaves one out."""
    return "".join(f' {name}="{escaped(value)}"' for name, value in named.items() if value is not None)


def document(title: str, body: str, style: str = "") -> str:
    """A whole page without scripts and without anything from elsewhere."""
    return (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f"<title>{escaped(title)}</title><style>{style}</style></head><body>{body}</body></html>"
    )


def page(status: int, text: str, headers: Mapping[str, str] | None = None) -> ReplicaResponse:
    """A page as a response."""
    return ReplicaResponse(status, {**HTML, **(headers or {})}, text.encode())


def problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> ReplicaResponse:
    """A page that says why there is no page."""
    body = f'<main data-view="problem"><h1 class="problem">{escaped(message)}</h1></main>'
    return page(status, document("Zoon", body), headers)


def moved(status: int, where: str) -> ReplicaResponse:
    """Go there."""
    return ReplicaResponse(status, {"location": where, "cache-control": "no-store"})
