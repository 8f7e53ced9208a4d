"""Reads what customers wrote long ago, filial by filial, from where an earlier reading left off."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from feedback_service.domain.errors import Refused
from feedback_service.platforms.flamp.client import FlampClient
from feedback_service.platforms.flamp.listing import Listing, Step
from feedback_service.platforms.flamp.refusals import NotThere
from feedback_service.ports.platform import HistoryPage, Span

log = logging.getLogger(__name__)

CURSOR = re.compile(r"(?P<filial>[0-9]{1,20})/(?P<after>[0-9]{0,20})")
END = "end"


@dataclass(frozen=True, slots=True)
class History:
    """A cursor is "FILIAL/REVIEW": the filial that is read, and the review after which its next page begins."""

    client: FlampClient
    filials: Sequence[str]

    async def pages(self, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """Newest first within each filial. Raises Retryable or AccountFault; Refused for a cursor of another kind."""
        start, after = self._place(cursor)
        for number in range(start, len(self.filials)):
            async for page in self._of(number, span, after):
                yield page
            after = ""

    async def _of(self, number: int, span: Span, after: str) -> AsyncIterator[HistoryPage]:
        filial, before = self.filials[number], number / len(self.filials)
        try:
            async for step in Listing(self.client, filial).steps(after):
                is_last = not step.following or _is_below(step, span)
                cursor = self._start(number + 1) if is_last else f"{filial}/{step.following}"
                share = before + (1.0 if is_last else _depth(step, span)) / len(self.filials)
                yield HistoryPage([one for one in step.page.reviews if span.holds(one.created_at)], cursor, share)
                if is_last:
                    return
        except NotThere as problem:
            log.warning("Filial %s is left out: %s", filial, problem, extra={"action": "filial_lost"})
            yield HistoryPage([], self._start(number + 1), before + 1 / len(self.filials))

    def _start(self, number: int) -> str:
        return f"{self.filials[number]}/" if number < len(self.filials) else END

    def _place(self, cursor: str) -> tuple[int, str]:
        """Where to go on: which filial, and after which review."""
        if not cursor:
            return 0, ""
        if cursor == END:
            return len(self.filials), ""
        found = CURSOR.fullmatch(cursor)
        if found is None or found["filial"] not in self.filials:
            raise Refused(f"{cursor[:60]!r} is no place in the history of this account's filials: begin anew")
        return self.filials.index(found["filial"]), found["after"]


def _is_below(step: Step, span: Span) -> bool:
    newest = step.page.newest
    return newest is not None and newest < span.since


def _depth(step: Step, span: Span) -> float:
    """How far down the span the page is, by its dates."""
    newest = step.page.newest
    if newest is None:
        return 0.0
    return min(max((span.until - newest) / (span.until - span.since), 0.0), 1.0)
