"""Finds the reviews that wait for an answer, organisation by organisation."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import AnswerState, Product, Review, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_business.client import YandexBusinessClient
from feedback_service.platforms.yandex_business.listing import ROUNDS, Listing
from feedback_service.platforms.yandex_business.organisations import Organisations
from feedback_service.platforms.yandex_business.refusals import Closed

log = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(hours=1)
SWEEP_AGAIN = timedelta(minutes=5)
"""After one under which the list did not stand still."""
LONG_AGO = datetime.fromtimestamp(0, UTC)
SWEEPS = 50
"""Organisations swept in one pass at most, the longest due first: each takes up to 30 calls of a second."""
MOST_UNREAD = 100
"""Pages of unread reviews that are read at most."""

Problem = Retryable | AccountFault


@dataclass(slots=True)
class Collecting:
    """Every pass over the unanswered reviews of one account; it notes in `homes` where each review was seen.

    The cabinet has no list of unanswered reviews, but one of unread ones: it is read in every pass. The whole visible
    list is swept in the first pass and hourly, as a review that a person opened counts as read, answered or not. A
    sweep also shows a review that was edited beneath its answer since the sweep before: it is given with that answer.
    A pass that an organisation broke off goes on after it the next time: what is wrong with one starves no other.
    """

    client: YandexBusinessClient
    organisations: Organisations
    homes: dict[ItemId, str]
    _due_on: dict[str, datetime] = field(default_factory=dict)
    _answered: dict[ItemId, str] = field(default_factory=dict)
    _closed: set[str] = field(default_factory=set)
    _start: int = 0

    async def pages(self) -> AsyncIterator[Sequence[Review]]:
        """The waiting reviews of one organisation after the other, oldest first.

        Raises Retryable or AccountFault after what could be read until then; an organisation that is not open to the
        login is passed over while another is.
        """
        organisations = await self.organisations.all()
        due, closed = self._due(organisations), list[Closed]()
        start, count = self._start, len(organisations)
        for place in (number % count for number in range(start, start + count)):
            one, found = organisations[place], dict[ItemId, Review]()
            problem = await self._read(one, due, found)
            if waiting := self._waiting(list(found.values())):
                yield waiting
            if isinstance(problem, Closed):
                closed.append(problem)
                self._tell_closed(one, problem)
            elif problem is not None:
                self._start = (place + 1) % count
                raise problem
            else:
                self._closed.discard(one.sku)
        self._start = 0
        if len(closed) == count:
            raise closed[0]

    def _due(self, organisations: Sequence[Product]) -> Collection[str]:
        now = self.client.clock.now()
        waits = {one.sku: now - self._due_on.get(one.sku, LONG_AGO) for one in organisations}
        return set(sorted((sku for sku in waits if waits[sku] >= timedelta(0)), key=lambda sku: -waits[sku])[:SWEEPS])

    async def _read(self, one: Product, due: Collection[str], found: dict[ItemId, Review]) -> Problem | None:
        """Fill `found`, newest first, and return what ended the reading too early."""
        try:
            if one.sku in due:
                wait = SWEEP_EVERY if await self._sweep(one, found) else SWEEP_AGAIN
                self._due_on[one.sku] = self.client.clock.now() + wait
            else:
                await self._unread(one, found)
        except Closed as problem:
            return await self._closing(one, problem)
        except (Retryable, AccountFault) as problem:
            return problem
        finally:
            self.homes.update(dict.fromkeys(found, one.sku))
        return None

    async def _closing(self, one: Product, problem: Closed) -> Problem:
        """Where the organisation has another number now, the next pass reads it by that."""
        try:
            if one.sku not in self._closed and await self.organisations.follow(one.sku):
                return Retryable(f"organisation {one.sku} has another number now")
        except (Retryable, AccountFault) as other:
            return other
        return problem

    async def _sweep(self, one: Product, found: dict[ItemId, Review]) -> bool:
        """Whether the list stood still while it was read at last."""
        for _ in range(ROUNDS):
            listing = Listing(self.client, one)
            async for page in listing.pages():
                found |= {row.review.item_id: row.review for row in page.rows}
            if not listing.moved:
                return True
        return False

    async def _unread(self, one: Product, found: dict[ItemId, Review]) -> None:
        token, date = "", self.client.clock.now()
        for _ in range(MOST_UNREAD):
            page = await self.client.unread(one, token, date)
            known = len(found)
            found |= {row.review.item_id: row.review for row in page.rows}
            token = page.next_token
            if not token or len(found) == known:
                return
            date = page.rows[-1].review.created_at

    def _waiting(self, newest_first: Sequence[Review]) -> Sequence[Review]:
        waiting = [one for one in reversed(newest_first) if self._waits(one)]
        waiting.sort(key=lambda one: one.created_at)
        return waiting

    def _waits(self, review: Review) -> bool:
        """An answer that was rejected counts as none."""
        if review.answer is None or review.answer.state is AnswerState.REJECTED:
            self._answered.pop(review.item_id, None)
            return True
        before = self._answered.get(review.item_id)
        self._answered[review.item_id] = fingerprint(review)
        return before is not None and before != fingerprint(review)

    def _tell_closed(self, one: Product, problem: Closed) -> None:
        if one.sku not in self._closed:
            self._closed.add(one.sku)
            about = {"action": "organisation_closed"}
            log.error("Organisation %s is left alone: %s", one.sku, problem, extra=about)
