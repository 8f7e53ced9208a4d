"""Reads an account's history page by page, and remembers after each how far it has come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import AccountId
from feedback_service.pipeline.stage import Outage
from feedback_service.ports.backfill import Backfills, Course, Memory
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Historian, Span

PATIENCE = 5
"""Failures in a row after which a person is told; what was read until then is kept, and goes on from there."""

SAME = timedelta(days=1)
"""Two beginnings closer than this are the same: "365 days ago" is another moment each time that it is said."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """`take`: whether unanswered items are to be answered, or left to the collector."""

    historian: Historian
    memory: Memory
    backfills: Backfills
    clock: Clock
    take: bool = False
    outage: Outage = field(default_factory=Outage)

    async def begun(self, account: AccountId, kind: Kind, span: Span, *, anew: bool = False) -> Course:
        """The course that a broken-off reading of a span with the same beginning left, else a new one.

        Not of one that left something which is to be taken now, nor of one that would read on beyond the span.
        """
        before = await self.backfills.course(account, kind)
        if before is None or before.ended_at is not None or anew or (self.take and before.total.left):
            return Course(account=account, kind=kind, span=span)
        is_same = abs(before.span.since - span.since) < SAME and before.span.until <= span.until
        return before if is_same else Course(account=account, kind=kind, span=span)

    async def run(self, course: Course) -> AsyncIterator[Course]:
        """Read on to the end; the course after every page, kept already.

        Waits and goes on where the platform is away for a while. Raises Retryable where it stays away, and AccountFault
        or Refused.
        """
        passed = {course.cursor}
        while course.ended_at is None:
            try:
                async for further in self._pages(course):
                    if further.cursor not in passed:  # a place that is reached again and again is no way forward
                        self.outage.recovered()
                    passed.add(further.cursor)
                    course = further
                    yield course
                course = replace(course, share=1.0, ended_at=self.clock.now())
                await self.backfills.save(course)
                yield course
            except Retryable as problem:
                rest = self.outage.failed(problem.retry_after)
                if self.outage.failures >= PATIENCE:
                    raise
                await self.clock.sleep(rest)

    async def _pages(self, course: Course) -> AsyncIterator[Course]:
        async for page in self.historian.history(course.kind, course.span, course.cursor):
            items = [one for one in page.items if course.span.holds(one.created_at)]
            total = course.total + await self.memory.remember(course.account, items, take=self.take)
            share = max(course.share, min(page.share, 1.0))
            course = replace(course, cursor=page.cursor, share=share, total=total)
            await self.backfills.save(course)
            yield course
