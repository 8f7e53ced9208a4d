"""Reads a history as far as it goes, so that what came before a failure can be looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from feedback_service.ports.platform import HistoryPage, Span
from tests.support.sandbox import NOON


def days(number: float, end: datetime = NOON) -> Span:
    """The last days before noon, or before another end."""
    return Span(end - timedelta(days=number), end)


async def told(pages: AsyncIterator[HistoryPage], into: list[HistoryPage] | None = None) -> list[HistoryPage]:
    """All pages; those before a failure are in `into`."""
    found = [] if into is None else into
    async for page in pages:
        found.append(page)  # not at once: what came before a failure stays
    return found


def ids(pages: Sequence[HistoryPage]) -> list[str]:
    return [one.item_id for page in pages for one in page.items]
