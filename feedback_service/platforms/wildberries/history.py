"""Reads what customers wrote in a span of time, list by list, from where an earlier reading broke off."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.platforms.wildberries.archive import Archive, second_of
from feedback_service.platforms.wildberries.client import ListQuery, WildberriesClient
from feedback_service.platforms.wildberries.collecting import Extent
from feedback_service.ports.platform import HistoryPage, Span

WAITING, ANSWERED, ARCHIVE = "waiting", "answered", "archive"
LISTS = (WAITING, ANSWERED, ARCHIVE)
"""In this order: an item that is answered meanwhile moves from the first list to the second, and is met there."""
MARK = re.compile(r"(?P<kind>[a-z]+)/(?P<list>[a-z]+)/(?P<second>[0-9]{1,12})/(?P<skip>[0-9]{1,9})")
END = "end"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a list: whole Unix seconds have been read, up to this one (down to it, in the archive).

    `skip` is where in the archive the reading stands, which has no filter by dates.
    """

    list: str
    second: int
    skip: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One account's past of a kind: what has no answer, then what has one, each by its dates, oldest first.

    Whether the list without answers still shows what has no answer for a month, or has no words, is not stated: the
    archive holds both beside all that was answered. So its unanswered reviews are given as well, as far as the list
    does not show them; not with a scarce budget, as a page of the archive takes more than one call.
    """

    client: WildberriesClient
    kind: Kind
    extent: Extent
    span: Span
    is_scarce: bool = False

    @property
    def _lists(self) -> Sequence[str]:
        return LISTS if self.kind is Kind.REVIEW and not self.is_scarce else LISTS[:2]

    async def pages(self, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """Raises Retryable or AccountFault, and Refused for a cursor that is none of this kind's."""
        mark = self._mark(cursor)
        while mark is not None:
            items, onward = await self._read(mark)
            following = onward or self._start(self._number(mark) + 1)
            yield HistoryPage(
                [one for one in items if self.span.holds(one.created_at)], self._text(following), self._share(following)
            )
            mark = following

    async def _read(self, mark: Mark) -> tuple[Sequence[Item], Mark | None]:
        """The next page of a list, and where it goes on; None at its end."""
        if mark.list == ARCHIVE:
            items, place = await Archive(self.client, self.extent, self.span).page((mark.second, mark.skip))
            return items, None if place is None else Mark(ARCHIVE, *place)
        return await self._dated(mark)

    async def _dated(self, mark: Mark) -> tuple[Sequence[Item], Mark | None]:
        """Rows of whole seconds: a page's last second may go on on the next page, and is left to it.

        It is asked for from a second before, as it is not stated whether dateFrom itself is included.
        """
        found: list[Item] = []
        query = ListQuery(
            answered=mark.list == ANSWERED,
            take=self.extent.take,
            since=mark.second - 1,
            until=int(self.span.until.timestamp()) + 1,
        )
        while query.skip <= self.extent.deepest:
            page = await self.client.listed(self.kind, query)
            found += [one for one in page.items if second_of(one) >= mark.second]
            if page.rows < self.extent.take:
                return found, None
            last = mark.second if page.latest is None else int(page.latest.timestamp())
            if last > mark.second:
                return [one for one in found if second_of(one) < last], replace(mark, second=last)
            query = replace(query, skip=query.skip + self.extent.take)
        raise Retryable(f"more {self.kind}s of one second than the list can show")

    def _start(self, number: int) -> Mark | None:
        """The beginning of a list; None behind the last one."""
        if number >= len(self._lists):
            return None
        name = self._lists[number]
        first = self.span.until.timestamp() + 1 if name == ARCHIVE else self.span.since.timestamp()
        return Mark(name, int(first))

    def _number(self, mark: Mark) -> int:
        return self._lists.index(mark.list)

    def _share(self, mark: Mark | None) -> float:
        """Lists read, and of the one at hand the part of the span that is behind us."""
        if mark is None:
            return 1.0
        since, until = self.span.since.timestamp(), self.span.until.timestamp()
        gone = min(max((mark.second - since) / (until - since), 0.0), 1.0)
        within = 1 - gone if mark.list == ARCHIVE else gone
        return (self._number(mark) + within) / len(self._lists)

    def _text(self, mark: Mark | None) -> str:
        return f"{self.kind}/{END}" if mark is None else f"{self.kind}/{mark.list}/{mark.second}/{mark.skip}"

    def _mark(self, cursor: str) -> Mark | None:
        if not cursor:
            return self._start(0)
        if cursor == f"{self.kind}/{END}":
            return None
        found = MARK.fullmatch(cursor)
        if found is None or found["kind"] != self.kind or found["list"] not in self._lists:
            raise Refused(f"{cursor[:60]!r} is no place in a history of {self.kind}s on Wildberries: begin anew")
        return Mark(found["list"], int(found["second"]), int(found["skip"]))
