"""Finds the reviews that wait for an answer, filial by filial, though one filial may be out of order."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import Review
from feedback_service.platforms.flamp.client import FlampClient
from feedback_service.platforms.flamp.listing import Listing
from feedback_service.platforms.flamp.login import FILIALS
from feedback_service.platforms.flamp.notes import Notes
from feedback_service.platforms.flamp.refusals import NotThere
from feedback_service.platforms.flamp.wire import Page, place_of

log = logging.getLogger(__name__)

WHOLE_EVERY = timedelta(hours=1)

Problem = Retryable | AccountFault | NotThere


@dataclass(slots=True)
class Reading:
    """Every pass over the waiting reviews of one account.

    No list of those alone is known: a filial's list is read to its end in the first pass and hourly, and in between as
    far down as there is something new, or something that waits. It is given oldest first. A pass that a filial broke
    off goes on after that filial the next time: what is wrong with one starves no other.
    """

    client: FlampClient
    filials: Sequence[str]
    notes: Notes
    _start: int = 0
    _read_whole: dict[str, datetime] = field(default_factory=dict)
    _newest: dict[str, datetime] = field(default_factory=dict)
    _homes: dict[str, str] = field(default_factory=dict)
    """The filial by which each review is named: where two show one, it is one item, in every pass."""
    _lost: set[str] = field(default_factory=set)
    _unread: set[str] = field(default_factory=set)

    async def pages(self) -> AsyncIterator[Sequence[Review]]:
        """The waiting reviews of a filial at a time. Raises Retryable or AccountFault; pages already given are good."""
        for step in range(len(self.filials)):
            place = (self._start + step) % len(self.filials)
            filial = self.filials[place]
            found, problem = await self._filial(filial)
            waiting = [one for one in found if one.answer is None]
            if mine := [one for one in waiting if self._homes.setdefault(_number(one), filial) == filial]:
                yield sorted(mine, key=lambda one: (one.created_at, len(one.item_id), one.item_id))
            if isinstance(problem, Retryable | AccountFault):
                self._start = (place + 1) % len(self.filials)
                raise problem
            self._tell(filial, problem)
        self._start = 0
        if len(self._lost) == len(self.filials):
            raise AccountFault("Flamp knows none of the account's filials", FILIALS)

    async def _filial(self, filial: str) -> tuple[Sequence[Review], Problem | None]:
        """What the filial's list shows, and what ended it too early."""
        now = self.client.site.clock.now()
        read_at, known = self._read_whole.get(filial), self._newest.get(filial)
        whole = read_at is None or now - read_at >= WHOLE_EVERY
        found: list[Review] = []
        try:
            async for step in Listing(self.client, filial).steps():
                found += step.page.reviews
                self.notes.take(step)
                self._tell_of_unread(filial, step.page.elsewhere)
                if not whole and known is not None and not _is_worth_more(step.page, known):
                    break
        except (Retryable, AccountFault) as problem:
            return found, problem
        except NotThere as problem:
            self._forget(filial, ())
            return found, problem
        if whole:
            self._forget(filial, found)
            self._read_whole[filial] = now
        self._newest[filial] = max((one.created_at for one in found), default=now)
        return found, None

    def _forget(self, filial: str, shown: Sequence[Review]) -> None:
        """What the filial does not show any more may be given by another."""
        there = {_number(one) for one in shown}
        self._homes = {number: home for number, home in self._homes.items() if home != filial or number in there}

    def _tell(self, filial: str, problem: Problem | None) -> None:
        """Once, and once when it is back."""
        if problem is not None and filial not in self._lost:
            self._lost.add(filial)
            log.warning("Flamp does not know filial %s; %s.", filial, FILIALS, extra={"action": "filial_lost"})
        elif problem is None and filial in self._lost:
            self._lost.remove(filial)
            log.info("Flamp knows filial %s again.", filial, extra={"action": "filial_back"})

    def _tell_of_unread(self, filial: str, elsewhere: Set[str]) -> None:
        """Their reviews are read in their own lists, which nobody reads where they are not among ours."""
        for one in sorted(elsewhere - self._unread - set(self.filials)):
            self._unread.add(one)
            text = "Filial %s shows reviews of filial %s, which nobody answers: put it into filial_ids if it is yours."
            log.warning(text, filial, one, extra={"action": "filial_unread"})


def _is_worth_more(page: Page, known: datetime) -> bool:
    """Whether below this page there may be something that the last pass did not see."""
    return not page.reviews or any(one.created_at > known or one.answer is None for one in page.reviews)


def _number(review: Review) -> str:
    """Flamp's own number, which is one where two filials show one review."""
    place = place_of(review.item_id)
    return place.review if place else review.item_id
