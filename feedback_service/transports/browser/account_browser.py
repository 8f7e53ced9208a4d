"""The port Browser for one account: its scripts in order on its own thread, its browser replaced when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypeVar

from feedback_service.domain.errors import Retryable
from feedback_service.domain.session import Session
from feedback_service.ports.browser import Page
from feedback_service.transports.browser.lane import Lane
from feedback_service.transports.browser.membership import Membership
from feedback_service.transports.browser.stage import Stage
from feedback_service.transports.browser.turn import Turn

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
PATIENCE = 2.0
"""Seconds that a script which nobody waits for has to end by itself, before its browser is killed."""


class Seats(Protocol):
    """The pool, as one browser sees it."""

    async def sit(self, browser: AccountBrowser) -> None: ...

    def rise(self, browser: AccountBrowser) -> None: ...

    def part(self, browser: AccountBrowser) -> None: ...


class AccountBrowser:
    """Fulfils Browser. `stage` lives on the thread of the lane; everything here on the event loop."""

    def __init__(self, membership: Membership, stage: Stage, seats: Seats) -> None:
        self._membership = membership
        self._stage = stage
        self._seats = seats
        self._lane = Lane(f"browser {membership.label}")
        self._order = asyncio.Lock()
        self._turn: Turn | None = None
        self._closing = False

    @property
    def label(self) -> str:
        return self._membership.label

    async def run(self, script: Callable[[Page], T], seconds: float) -> T:
        """See Browser.run; starting a browser has its own limit besides.

        A cancelled script ends at its next step, or with its browser; one that has begun to write goes on to its end.
        In both cases this returns no sooner.
        """
        async with self._order:
            session = await self._membership.session()
            await self._seats.sit(self)
            try:
                if self._closing:
                    raise Retryable(f"{self.label}: the browser is being closed")
                return await self._perform(script, seconds, session)
            finally:
                self._seats.rise(self)

    async def close(self) -> None:
        """End the script that runs, unless it writes, then the browser; a later script starts it anew."""
        self._closing = True
        if self._turn:
            self._turn.abandon()
        async with self._order:
            self._closing = False
            await self.leave()
            self._seats.part(self)

    async def leave(self) -> None:
        """Close the browser and end its thread; for the pool, which knows that no script runs."""
        if self._lane.running:
            left = self._lane.submit(self._stage.leave)
            self._lane.end()
            await asyncio.shield(asyncio.wrap_future(left))

    async def _perform(self, script: Callable[[Page], T], seconds: float, session: Session | None) -> T:
        self._turn = turn = self._stage.turn(seconds)
        try:
            work = self._lane.submit(lambda: self._stage.perform(script, turn, session))
            performed = await self._finished(work, turn)
        finally:
            self._turn = None
        saved = await self._membership.keep(performed.cookies)
        if saved is not None:
            self._stage.session_in_use = saved
        return performed.result

    async def _finished(self, work: Future[T], turn: Turn) -> T:
        future = asyncio.wrap_future(work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            if turn.abandon():
                await asyncio.wait([future], timeout=PATIENCE)
                if not future.done():
                    await asyncio.to_thread(self._stage.kill)  # it looks until the last process is gone
            with suppress(asyncio.CancelledError):
                await asyncio.wait([future])
            if future.done() and not future.cancelled():
                future.exception()  # it is told to nobody, and that is known
            raise
