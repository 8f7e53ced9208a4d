"""Makes one connector of an account's ways, and takes the other way where one is not open to the account."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from feedback_service.domain.dispatch import Dispatch, ItemRef, Receipt, Sighting
from feedback_service.domain.errors import FenceLost, Refused, Retryable, Unavailable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.domain.passage import Passage, Use
from feedback_service.domain.supplier import Way
from feedback_service.pipeline.closures import Closures
from feedback_service.pipeline.strictest import strictest
from feedback_service.ports.platform import Connector, Dismisser, Fact, Historian, HistoryPage, PlatformSpec, Span

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ways:
    """One account by two ways; both name an item by the same id.

    `open_ways` are those that the account has a login for. A way that turns out not to be part of the account's
    subscription is said once, and left alone for this use and kind of item until it is worth asking again.
    """

    label: str
    reading: Way
    writing: Way
    open_ways: Mapping[Way, Connector]
    closures: Closures = field(default_factory=Closures)

    @property
    def spec(self) -> PlatformSpec:
        """That of the way by which answers leave; of all of them where that may be any: its windows and limits count.

        It stays so while the process lives: what left by the other way may still be in doubt.
        """
        declared = self.open_ways[self.writing].spec
        if not any(one.use is Use.WRITING and one.way is not None for one in self.closures.met):
            return declared
        return strictest(declared, [one.spec for way, one in self.open_ways.items() if way is not self.writing])

    async def unanswered(self, kind: Kind) -> AsyncIterator[Sequence[Item]]:
        """By the way that is read; raises Unavailable where no other is open."""
        await self.closures.load()
        for passage, after in self._tries(Use.READING, kind):
            try:
                async for page in self._connector(passage).unanswered(kind):
                    yield page
            except Unavailable as problem:
                if after is None:
                    raise
                await self._close(passage, after, problem)
            else:
                await self._open(passage)
                return

    async def history(self, kind: Kind, span: Span, cursor: str = "") -> AsyncIterator[HistoryPage]:
        """By the way that is read; where that knows no history, or is not open, by the other one.

        A cursor names its way, "api:…", as no way can go on from another's: where one takes over, it begins the span
        anew. Raises Refused where no way of the account knows a history.
        """
        await self.closures.load()
        begun, place = _place(cursor)
        for passage, after in self._in_turn(Use.READING, kind, self._historians(begun)):
            historian = self._connector(passage)
            assert isinstance(historian, Historian)
            try:
                async for page in historian.history(kind, span, place if passage.way is begun else ""):
                    yield replace(page, cursor=f"{passage.way}:{page.cursor}")
            except Unavailable as problem:
                if after is None:
                    raise
                await self._close(passage, after, problem)
            else:
                await self._open(passage)
                return

    async def sight(self, refs: Sequence[ItemRef]) -> Mapping[ItemId, Sighting]:
        found: dict[ItemId, Sighting] = {}
        for kind in dict.fromkeys(ref.kind for ref in refs):
            mine = [ref for ref in refs if ref.kind is kind]
            found |= await self._by(Use.READING, kind, lambda one, mine=mine: one.sight(mine))  # type: ignore[misc]
        return found

    async def publish(self, dispatch: Dispatch) -> Receipt:
        return await self._by(Use.WRITING, dispatch.ref.kind, lambda one: one.publish(dispatch))

    async def retract(self, dispatch: Dispatch) -> None:
        await self._by(Use.WRITING, dispatch.ref.kind, lambda one: one.retract(dispatch))

    async def dismiss(self, refs: Sequence[ItemRef]) -> None:
        """By the first way that knows of it; where none does, nothing happens."""
        order = sorted(self.open_ways, key=lambda way: way is not self.writing)
        for connector in (self.open_ways[way] for way in order):
            if isinstance(connector, Dismisser):
                await connector.dismiss(refs)
                return

    async def check(self) -> Sequence[Fact]:
        """The facts of every way that is in use, each way once; of all where one is closed."""
        await self.closures.load()
        stand_ins = self.open_ways if any(one.way is not None for one in self.closures.known) else ()
        ways = dict.fromkeys((self.reading, self.writing, *stand_ins))
        return [fact for way in ways for fact in await self.open_ways[way].check()]

    async def close(self) -> None:
        for connector in self.open_ways.values():
            await connector.close()

    async def _by(self, use: Use, kind: Kind, work: Callable[[Connector], Awaitable[T]]) -> T:
        await self.closures.load()
        for passage, after in self._tries(use, kind):
            try:
                done = await work(self._connector(passage))
            except Unavailable as problem:  # the platform said no before anything was done
                if after is None:
                    raise
                await self._close(passage, after, problem)
            else:
                await self._open(passage)
                return done
        raise AssertionError("the last way raises")

    def _tries(self, use: Use, kind: Kind) -> list[tuple[Passage, Passage | None]]:
        """What to try and what after it, the way in use first; ways that are shut only where all of them are."""
        first = self.reading if use is Use.READING else self.writing
        return self._in_turn(use, kind, sorted(self.open_ways, key=lambda way: way is not first))

    def _in_turn(self, use: Use, kind: Kind, ways: Sequence[Way]) -> list[tuple[Passage, Passage | None]]:
        order = [Passage(use, kind, way) for way in ways]
        passages = [one for one in order if not self.closures.is_shut(one)] or order
        return list(zip(passages, [*passages[1:], None], strict=True))

    def _historians(self, begun: Way | None) -> Sequence[Way]:
        """The ways that know a history: the one that a reading was begun by, then the one that is read."""
        able = [way for way, one in self.open_ways.items() if isinstance(one, Historian)]
        if not able:
            by = " or the ".join(self.open_ways)
            raise Refused(f"{self.label}: the history of {self.spec.title} cannot be read by the {by}")
        return sorted(able, key=lambda way: (way is not begun, way is not self.reading))

    def _connector(self, passage: Passage) -> Connector:
        assert passage.way is not None
        return self.open_ways[passage.way]

    async def _close(self, passage: Passage, after: Passage, problem: Unavailable) -> None:
        if await self.closures.close(passage, problem):
            use, kind = passage.use, passage.kind
            told = {"action": "way_closed", "way": passage.way}
            log.warning("%s: %s of %ss goes by the %s now: %s", self.label, use, kind, after.way, problem, extra=told)

    async def _open(self, passage: Passage) -> None:
        """Said once. What was done must not look undone because this could not be noted: the next time notes it."""
        with suppress(Retryable, FenceLost):
            if await self.closures.open(passage):
                log.info("%s: %s works again.", self.label, passage, extra={"action": "way_open", "way": passage.way})


def _place(cursor: str) -> tuple[Way | None, str]:
    """Of whose history a cursor is, and that way's own part of it. Raises Refused for what is no cursor of ours."""
    if not cursor:
        return None, ""
    name, _, place = cursor.partition(":")
    if name not in list(Way) or not place:
        raise Refused(f"{cursor[:60]!r} is no place in a history of this account: begin anew")
    return Way(name), place
