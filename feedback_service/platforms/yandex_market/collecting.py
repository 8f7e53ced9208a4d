"""Finds the reviews and questions that wait for an answer, by few calls though the platform's own mark misses some."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import AnswerState, Question, Review, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_market import bodies, wire
from feedback_service.platforms.yandex_market.client import YandexMarketClient
from feedback_service.platforms.yandex_market.wire import Listed, Remark

T = TypeVar("T", Review, Question)

SWEEP_EVERY = timedelta(hours=1)
SWEEP_AGAIN = timedelta(minutes=5)
"""After one that was cut short: meanwhile the marked reviews are read as always."""
LOOKS = 100
"""Calls for the comments of one review each that a sweep may make besides; with one for 50 reviews it stays far below
the 5 000 an hour of either method. Source: OpenAPI of the Partner API, 2026-07."""
SPAN = timedelta(days=27)
"""Of one list of questions: the description allows "one month", and February is one."""
SPANS = 7
"""Lists of questions in one pass: a little more than the half year for which reviews are shown."""

Problem = Retryable | AccountFault
Look = tuple[int, bool, str]
"""What a review looked like when its comments were read: while it looks the same they are not read again."""


@dataclass(slots=True)
class ReviewReading:
    """Every pass over the unanswered reviews of one account.

    The platform's mark `needReaction` is false as soon as somebody opened a review in the cabinet, answered or not.
    So the marked ones are read in every pass, and all reviews of the half year in the first one and hourly after it;
    a review that has no comment there waits as well. One with comments is looked into once, since customers and brands
    may comment too. A marked review under which our answer stands was edited by its author since: it is given with
    that answer.
    """

    client: YandexMarketClient
    _next_sweep: datetime | None = None
    _known: dict[ItemId, tuple[Look, Remark | None]] = field(default_factory=dict)

    async def pages(self) -> AsyncIterator[Sequence[Review]]:
        """The waiting reviews, oldest first. Raises Retryable or AccountFault after what could be read until then."""
        now = self.client.clock.now()
        sweeps = self._next_sweep is None or now >= self._next_sweep
        listed, problem = await self._listed(all_of_them=sweeps)
        found, looks_problem = await self._waiting(list(listed.values()))
        if sweeps:
            self._next_sweep = now + (SWEEP_EVERY if problem is None else SWEEP_AGAIN)
        if found:
            yield oldest_first(found)
        if either := problem or looks_problem:
            raise either
        if sweeps:
            self._known = {item_id: kept for item_id, kept in self._known.items() if item_id in listed}

    async def _listed(self, *, all_of_them: bool) -> tuple[Mapping[ItemId, Listed], Problem | None]:
        """What the list shows, and what ended it too early."""
        listed: dict[ItemId, Listed] = {}
        try:
            async for page in self.client.reviews(all_of_them=all_of_them):
                listed.update({one.review.item_id: one for one in page})
        except (Retryable, AccountFault) as problem:
            return listed, problem
        return listed, None

    async def _waiting(self, listed: Sequence[Listed]) -> tuple[list[Review], Problem | None]:
        """The waiting ones among the listed, and what ended the looks at their comments too early."""
        found = [one.review for one in listed if one.comments == 0]
        for one in self._to_look(listed):
            try:
                remark = await self._answer(one)
            except (Retryable, AccountFault) as problem:
                return found, problem
            if (waiting := _as_waiting(one, remark)) is not None:
                found.append(waiting)
        return found, None

    def _to_look(self, listed: Sequence[Listed]) -> Sequence[Listed]:
        """Of those with comments: the known ones (no call), the marked ones, and the newest LOOKS of the others."""
        commented = [one for one in listed if one.comments]
        known = [one for one in commented if self._is_known(one)]
        marked = [one for one in commented if one.needs_reaction and not self._is_known(one)]
        others = [one for one in commented if not one.needs_reaction and not self._is_known(one)]
        newest = sorted(others, key=lambda one: one.review.created_at, reverse=True)[:LOOKS]
        return [*known, *marked, *newest]

    async def _answer(self, one: Listed) -> Remark | None:
        item_id = one.review.item_id
        if self._is_known(one):
            return self._known[item_id][1]
        remark = wire.answer_among(await self.client.comments(int(item_id)))
        if remark is None or remark.state is AnswerState.VISIBLE:
            self._known[item_id] = (_look(one), remark)
        return remark

    def _is_known(self, one: Listed) -> bool:
        kept = self._known.get(one.review.item_id)
        return kept is not None and kept[0] == _look(one)


@dataclass(slots=True)
class QuestionReading:
    """Every pass over the unanswered questions of one account: the lists of a month each that make up half a year.

    The platform's mark for questions is about answers, not about being opened, so it is taken at its word. The newest
    month is read in every pass; the older ones, in which little is new, in the first and then hourly: all of them each
    minute would take 420 of the 1 000 calls an hour that the method has (OpenAPI of the Partner API, 2026-07).
    """

    client: YandexMarketClient
    _next_sweep: datetime | None = None

    async def pages(self) -> AsyncIterator[Sequence[Question]]:
        """The waiting questions, the newest month first, each once.

        Raises Retryable or AccountFault; pages before are good.
        """
        now = self.client.clock.now()
        newest, *older = reversed(spans(now.date()))
        sweeps = self._next_sweep is None or now >= self._next_sweep
        seen: set[ItemId] = set()
        async for page in self._listed([newest], seen):
            yield page
        if not sweeps:
            return
        self._next_sweep = now + SWEEP_AGAIN
        async for page in self._listed(older, seen):
            yield page
        self._next_sweep = now + SWEEP_EVERY

    async def _listed(
        self, months: Sequence[tuple[date, date | None]], seen: set[ItemId]
    ) -> AsyncIterator[Sequence[Question]]:
        for since, until in months:
            async for page in self.client.questions(bodies.unanswered_questions(since, until)):
                fresh = [one for one in page if one.item_id not in seen]
                seen.update(one.item_id for one in fresh)
                if fresh:
                    yield oldest_first(fresh)


def spans(today: date) -> Sequence[tuple[date, date | None]]:
    """Spans of dates, oldest first; neighbours share a day, as it is not stated whether the last one is included.

    The newest has no end: "today" is another day in Moscow for some hours.
    """
    starts = [today - SPAN * number for number in range(SPANS, 0, -1)]
    return [*((start, start + SPAN) for start in starts[:-1]), (starts[-1], None)]


def oldest_first(items: Sequence[T]) -> Sequence[T]:
    return sorted(items, key=lambda item: (item.created_at, int(item.item_id)))


def _look(one: Listed) -> Look:
    return (one.comments, one.needs_reaction, fingerprint(one.review))


def _as_waiting(one: Listed, remark: Remark | None) -> Review | None:
    stands = remark is not None and remark.state is not AnswerState.REJECTED
    return None if stands and not one.needs_reaction else wire.with_answer(one.review, remark)
