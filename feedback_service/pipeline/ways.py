"""Makes one connector of an account's ways, and takes the other way where one is not open to the account."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import Unavailable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.domain.supplier import Way
from feedback_service.ports.platform import Connector, Fact, PlatformSpec

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ways:
    """One account by two ways; both name an item by the same id.

    `open_ways` are those that the account has a login for. A way that turns out not to be part of the account's
    subscription is said once, and left alone for this kind of item as long as the process lives.
    """

    label: str
    reading: Way
    writing: Way
    open_ways: Mapping[Way, Connector]
    closed: set[tuple[Way, Kind]] = field(default_factory=set)

    @property
    def spec(self) -> PlatformSpec:
        """That of the way by which answers leave: its windows and limits count."""
        return self.open_ways[self.writing].spec

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """By the way that is read; raises Unavailable where no other is open."""
        for way in self._order(self.reading, kind):
            try:
                async for page in self.open_ways[way].unanswered(kind):
                    yield page
            except Unavailable as problem:
                self._close(way, kind, problem)
            else:
                return

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        found: dict[ItemId, Sighting] = {}
        for kind in dict.fromkeys(ref.kind for ref in refs):
            mine = [ref for ref in refs if ref.kind is kind]
            found |= await self._by(self.reading, kind, lambda one, mine=mine: one.sight(mine))  # type: ignore[misc]
        return found

    async def publish(self, dispatch: Dispatch) -> Receipt:
        return await self._by(self.writing, dispatch.ref.kind, lambda one: one.publish(dispatch))

    async def retract(self, dispatch: Dispatch) -> None:
        await self._by(self.writing, dispatch.ref.kind, lambda one: one.retract(dispatch))

    async def check(self) -> Sequence[Fact]:
        """The facts of every way that is in use, each way once."""
        ways = dict.fromkeys((self.reading, self.writing))
        return [fact for way in ways for fact in await self.open_ways[way].check()]

    async def close(self) -> None:
        for connector in self.open_ways.values():
            await connector.close()

    async def _by(self, first: Way, kind: Kind, work: Callable[[Connector], Awaitable[T]]) -> T:
        for way in self._order(first, kind):
            try:
                return await work(self.open_ways[way])
            except Unavailable as problem:  # the platform said no before anything was done
                self._close(way, kind, problem)
        raise AssertionError("the last way raises")

    def _order(self, first: Way, kind: Kind) -> list[Way]:
        """The way to begin with, then the others; those known to be closed last, so that their reason is heard."""
        return sorted(self.open_ways, key=lambda way: ((way, kind) in self.closed, way is not first))

    def _close(self, way: Way, kind: Kind, problem: Unavailable) -> None:
        others = [one for one in self.open_ways if one is not way and (one, kind) not in self.closed]
        if not others:
            self.closed.discard((way, kind))
            raise problem
        if (way, kind) not in self.closed:
            self.closed.add((way, kind))
            log.warning(
                "%s: %ss go by the %s now: %s", self.label, kind, others[0], problem, extra={"action": "way_closed"}
            )
