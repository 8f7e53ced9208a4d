"""Reads what 2GIS writes in ways of its own: ids, and marks."""

from __future__ import annotations

from feedback_service.transports.documents import Row, text_of

LONGEST_ID = 64
"""Characters; those that were seen are up to twenty digits, and what names a row of ours has to be short."""


def id_of(row: Row) -> str:
    """The row's id; empty where it has none, or one of no sane length."""
    found = text_of(row.get("id")).strip()
    return found if len(found) <= LONGEST_ID else ""


def claimed(value: object) -> bool:
    """Whether a mark is set, in whatever form: what is not plainly unset counts as set."""
    return bool(value) and text_of(value).strip().lower() not in ("false", "0", "no")


def flagged(row: Row, *names: str) -> bool:
    """Whether any of the marks is set; the cabinet writes camelCase, the public side of 2GIS snake_case."""
    return any(row.get(name) is True for name in names)
