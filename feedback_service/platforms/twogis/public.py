"""Reads reviews without any login, as the site of 2GIS shows them to everybody; nothing can be written this way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis.pace import Pace
from feedback_service.platforms.twogis.public_wire import PublicPage, Shown, read_public
from feedback_service.platforms.twogis.refusals import reason, refusal, status_of
from feedback_service.platforms.twogis.wire import Unreadable
from feedback_service.transports.documents import moment_of
from feedback_service.transports.http import Call
from feedback_service.transports.retry import Patience, patiently

HOST = "https://public-api.reviews.2gis.com"
KEY = "take reviews_key anew from a page of 2gis.ru (reviewApiKey in its source text); see that branch_ids are right"
PAGE = 50
MOST_PAGES = 400
"""Pages of one list that are read at most; one public client stops at 5 000 reviews."""
WHOLE_EVERY = timedelta(hours=1)
SLACK = timedelta(seconds=2)
SECOND = timedelta(seconds=1)
RATED = ("true", "false")
"""Two passes: reviews that count in the rating, and the others. One list of both is not known to exist."""

Query = Mapping[str, str]


@dataclass(slots=True)
class PublicReviews:
    """The branches of one account. Version 2.0 goes from date to date; 3.0 counts, and takes over where 2.0 is gone."""

    pace: Pace
    key: str = field(repr=False)
    branches: Sequence[str]
    patience: Patience = field(default_factory=Patience)
    _version: str = "2.0"
    _start: int = 0
    _known: dict[str, tuple[datetime, dict[ItemId, Shown]]] = field(default_factory=dict)

    async def unanswered(self) -> AsyncIterator[Sequence[Review]]:
        """The reviews without an official answer, a branch at a time. Raises Retryable or AccountFault.

        There is no list of those alone: a branch is read to its end hourly, and its first pages in between. A pass goes
        on behind the branch that broke the one before off: what is wrong with one starves no other.
        """
        now, start, count = self.pace.clock.now(), self._start, len(self.branches)
        for place in (number % count for number in range(start, start + count)):
            branch, self._start = self.branches[place], (place + 1) % count
            read_at, known = self._known.get(branch, (None, {}))
            if read_at is not None and now - read_at < WHOLE_EVERY:
                known |= await self._shown(branch, first_pages=True)
            else:
                known = await self._shown(branch, first_pages=False)
                self._known[branch] = (now, known)
            waiting = [one.review for one in known.values() if not one.hidden and one.review.answer is None]
            if waiting:
                yield sorted(waiting, key=lambda one: (one.created_at, one.item_id))
        self._start = 0

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        """What everybody sees of every ref. Raises Retryable or AccountFault.

        No call for one review is known, so each branch's list is read down to the oldest of them.
        """
        seen_at = self.pace.clock.now()
        missing = {ref.item_id: ref for ref in refs}
        found = {ref.item_id: Sighting(None, seen_at) for ref in refs}
        for branch in self.branches:
            if not missing:
                break
            oldest = min(ref.created_at for ref in missing.values()) - SLACK
            async for page in self._branch(branch, until=oldest):
                hits = {one.review.item_id: one.review for one in page if one.review.item_id in missing}
                found |= {item_id: Sighting(review, seen_at) for item_id, review in hits.items()}
                missing = {item_id: ref for item_id, ref in missing.items() if item_id not in hits}
        return found

    async def first_page(self) -> int:
        """How many reviews the first page of the first branch has."""
        return (await self._page(self.branches[0], self._query(RATED[0]))).rows

    async def _shown(self, branch: str, *, first_pages: bool) -> dict[ItemId, Shown]:
        until = self.pace.clock.now() if first_pages else None
        return {one.review.item_id: one async for page in self._branch(branch, until) for one in page}

    async def _branch(self, branch: str, until: datetime | None = None) -> AsyncIterator[Sequence[Shown]]:
        for rated in RATED:
            async for page in self._pages(branch, self._query(rated)):
                yield page.shown
                if until and page.shown and page.shown[-1].review.created_at < until:
                    break

    async def _pages(self, branch: str, query: Query) -> AsyncIterator[PublicPage]:
        """Every page of one list. An address that leads back to itself ends it."""
        asked: list[Query] = []
        rows = 0
        while query not in asked:
            if len(asked) >= MOST_PAGES:
                raise Retryable(f"the public list of branch {branch} does not end")
            asked.append(query)
            page = await self._page(branch, query)
            yield page
            rows += page.rows
            following = self._following(page, query, rows)
            if following is None:
                return
            query = following

    def _following(self, page: PublicPage, query: Query, rows: int) -> Query | None:
        if self._version == "2.0":
            return _overlapping({**query, **dict(page.following)}, query) if page.following else None
        if not page.rows or page.total is None or rows >= page.total:
            return None
        return {**query, "offset": str(rows)}

    def _query(self, rated: str) -> Query:
        return {
            "key": self.key,
            "limit": str(PAGE),
            "rated": rated,
            "sort_by": "date_created",
            "locale": "ru_RU",
            "fields": "meta.total_count",
        }

    async def _page(self, branch: str, query: Query) -> PublicPage:
        return await patiently(lambda: self._asked(branch, query), self.patience, self.pace.clock)

    async def _asked(self, branch: str, query: Query) -> PublicPage:
        answer = await self.pace.exchange(
            Call(method="GET", path=f"/{self._version}/branches/{branch}/reviews", query=query)
        )
        status = status_of(answer)
        if status in (404, 410) and self._version == "2.0":
            self._version = "3.0"
            return await self._asked(branch, query)
        if status in (400, 401, 403, 404):
            raise AccountFault(f"the public reviews of branch {branch} are closed ({status} {reason(answer)})", KEY)
        if (problem := refusal(answer)) is not None:
            raise problem
        try:
            return read_public(answer.json(), branch, self.pace.clock.now())
        except Unreadable as unreadable:
            raise Retryable(f"{answer.call}: {unreadable}: {answer.excerpt()}") from unreadable


def _overlapping(following: Query, query: Query) -> Query:
    """The next page from a second above its border, as whoever shares the border's instant may be left out else."""
    border, before = moment_of(following.get("offset_date")), moment_of(query.get("offset_date"))
    if border is None or (before is not None and border + SECOND >= before):
        return following
    return {**following, "offset_date": (border + SECOND).isoformat()}
