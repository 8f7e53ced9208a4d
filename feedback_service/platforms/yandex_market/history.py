"""Reads what customers wrote in a span of time, cut into pieces as long as one list may be, oldest first."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_market import bodies, wire
from feedback_service.platforms.yandex_market.client import YandexMarketClient
from feedback_service.platforms.yandex_market.names import OfferNames
from feedback_service.platforms.yandex_market.sighting import beneath
from feedback_service.ports.platform import HistoryPage, Span

PIECES = {Kind.REVIEW: timedelta(days=180), Kind.QUESTION: timedelta(days=24)}
"""Of one list: six months of reviews and a month of questions are allowed (OpenAPI of the Partner API, 2026-07), and a
little is asked for around each piece, as ends are left out of the one list, and are days in Moscow in the other."""
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
MARK = re.compile(r"(?P<kind>[a-z]+)/(?P<start>[0-9]{1,11})/(?P<token>\S{0,2000})")


@dataclass(frozen=True, slots=True)
class Found:
    """One page: its items, those of them that may have an answer, and the token of the page after it."""

    items: Sequence[Item]
    answered: Collection[ItemId]
    next_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One account's past of a kind. A cursor is "KIND/SECOND/TOKEN": where a piece begins, and its page that is next.

    An answer is not part of any list: it costs a call, which is made where a review has comments, or where a question
    is not among those that want an answer. A page's token may be used again later, says the description.
    """

    client: YandexMarketClient
    names: OfferNames
    kind: Kind
    span: Span

    async def pages(self, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """Raises Retryable or AccountFault, and Refused for a cursor that is none of this kind's."""
        start, token = self._place(cursor)
        while start < self.span.until:
            piece = Span(start, min(start + PIECES[self.kind], self.span.until.replace(microsecond=0) + SECOND))
            async for page in self._of(piece, token):
                yield page
            start, token = piece.until, ""

    async def _of(self, piece: Span, token: str) -> AsyncIterator[HistoryPage]:
        waiting = await self._waiting(piece)
        passed: set[str] = set()
        while token not in passed:
            passed.add(token)
            found = await self._page(piece, token, waiting)
            items = [one for one in found.items if piece.holds(one.created_at) and self.span.holds(one.created_at)]
            named = await self.names.named(await self._answered(items, found.answered))
            cursor = self._cursor(piece.since if found.next_token else piece.until, found.next_token)
            yield HistoryPage(named, cursor, self._share(piece, found))
            token = found.next_token
            if not token:
                return
        raise Retryable(f"the list of {self.kind}s does not end")

    async def _page(self, piece: Span, token: str, waiting: Collection[ItemId]) -> Found:
        if self.kind is Kind.REVIEW:
            before = piece.until + SECOND
            body = bodies.reviews_between(piece.since - SECOND, before if before < self._now else None)
            reviews = await self.client.reviews_page(body, token)
            commented = {one.review.item_id for one in reviews.rows if one.comments}
            return Found([one.review for one in reviews.rows], commented, reviews.next_token)
        questions = await self.client.questions_page(bodies.questions(*self._days(piece)), token)
        return Found(questions.rows, {one.item_id for one in questions.rows} - set(waiting), questions.next_token)

    async def _waiting(self, piece: Span) -> Collection[ItemId]:
        """The questions of a piece that want an answer; which reviews do is told by their own list."""
        if self.kind is Kind.REVIEW:
            return ()
        listed = self.client.questions(bodies.unanswered_questions(*self._days(piece)))
        return {one.item_id async for page in listed for one in page}

    async def _answered(self, items: Sequence[Item], answered: Collection[ItemId]) -> Sequence[Item]:
        looked = [one for one in items if one.item_id in answered]
        remarks = await beneath(self.client, looked)
        found = {one.item_id: wire.answer_among(some) for one, some in zip(looked, remarks, strict=True)}
        return [wire.with_answer(one, found.get(one.item_id)) for one in items]

    def _days(self, piece: Span) -> tuple[date, date | None]:
        """Without an end where that is today or later: "today" is another day in Moscow for some hours."""
        last = piece.until + DAY
        return (piece.since - DAY).date(), last.date() if last + DAY < self._now else None

    def _share(self, piece: Span, found: Found) -> float:
        last = found.items[-1].created_at if found.items else piece.since
        reached = min(max(last, piece.since), piece.until) if found.next_token else piece.until
        return min(max((reached - self.span.since) / (self.span.until - self.span.since), 0.0), 1.0)

    @property
    def _now(self) -> datetime:
        return self.client.clock.now()

    def _cursor(self, start: datetime, token: str) -> str:
        return f"{self.kind}/{int(start.timestamp())}/{token}"

    def _place(self, cursor: str) -> tuple[datetime, str]:
        """The beginning of a piece, and which page of it is next."""
        first = self.span.since.replace(microsecond=0)
        if not cursor:
            return first, ""
        found = MARK.fullmatch(cursor)
        if found is None or found["kind"] != self.kind or (start := int(found["start"])) < first.timestamp():
            raise Refused(f"{cursor[:60]!r} is no place in a history of {self.kind}s on Yandex.Market: begin anew")
        return datetime.fromtimestamp(start, UTC), found["token"]
