"""The browsers of one process: few at a time, closed when nobody uses them, none closed that works."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.domain.identity import AccountId
from feedback_service.ports.browser import Browser
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import CabinetSpec
from feedback_service.ports.sessions import Sessions
from feedback_service.transports.browser.account_browser import AccountBrowser
from feedback_service.transports.browser.config import BrowserConfig
from feedback_service.transports.browser.cookies import Home
from feedback_service.transports.browser.membership import Membership
from feedback_service.transports.browser.stage import Stage

log = logging.getLogger(__name__)


@dataclass
class _Seat:
    """One place for a running browser. `working` is also true while it is being closed."""

    working: bool
    idle: asyncio.TimerHandle | None = None


class BrowserPool:
    """Used on one event loop. Nothing is started before the first script."""

    def __init__(self, config: BrowserConfig, sessions: Sessions, clock: Clock) -> None:
        self._config = config
        self._sessions = sessions
        self._clock = clock
        self._browsers: dict[str, AccountBrowser] = {}
        self._seats: dict[AccountBrowser, _Seat] = {}  # least recently used first
        self._changed = asyncio.Event()
        self._closings: set[asyncio.Task[None]] = set()

    def browser(self, account_label: str, account_id: AccountId, cabinet: CabinetSpec, cabinet_url: str) -> Browser:
        """The account's browser; `account_label` is "supplier/account", an empty `cabinet_url` the platform's own."""
        home = Home(cabinet.sites, cabinet_url or cabinet.url)
        membership = Membership(account_label, account_id, cabinet, self._sessions, self._clock)
        browser = AccountBrowser(membership, Stage(self._config, account_label, home), self)
        self._browsers[account_label] = browser
        return browser

    async def close(self) -> None:
        """Close every browser, those at work after their script."""
        everything = [*self._seats, *self._browsers.values()]
        for outcome in await asyncio.gather(*(one.close() for one in set(everything)), return_exceptions=True):
            if isinstance(outcome, BaseException):
                log.warning("A browser did not close: %s", outcome, extra={"action": "browser_failed"})
        await asyncio.gather(*self._closings, return_exceptions=True)

    async def sit(self, browser: AccountBrowser) -> None:
        """Wait until the browser may run; the one that nobody used for longest makes room."""
        while not self._take(browser):
            idle = next((one for one, seat in self._seats.items() if not seat.working), None)
            if idle is None or browser in self._seats:
                self._changed.clear()
                await self._changed.wait()
            else:
                await self._end(idle)

    def rise(self, browser: AccountBrowser) -> None:
        """Its script has ended; the browser stays for a while."""
        seat = _Seat(working=False)
        self._seats.pop(browser, None)
        self._seats[browser] = seat
        loop = asyncio.get_running_loop()
        seat.idle = loop.call_later(self._config.idle_seconds, self._retire, browser, seat)
        self._changed.set()

    def part(self, browser: AccountBrowser) -> None:
        """It is closed, and needs its seat no more."""
        seat = self._seats.pop(browser, None)
        if seat and seat.idle:
            seat.idle.cancel()
        self._changed.set()

    def _take(self, browser: AccountBrowser) -> bool:
        seat = self._seats.get(browser)
        if (seat and seat.working) or (seat is None and len(self._seats) >= self._config.limit):
            return False
        if seat and seat.idle:
            seat.idle.cancel()
        self._seats[browser] = _Seat(working=True)
        return True

    def _retire(self, browser: AccountBrowser, seat: _Seat) -> None:
        if self._seats.get(browser) is seat:
            task = asyncio.get_running_loop().create_task(self._end(browser))
            self._closings.add(task)
            task.add_done_callback(self._closings.discard)

    async def _end(self, browser: AccountBrowser) -> None:
        """Close one that is idle."""
        seat = self._seats[browser]
        if seat.working:
            return
        seat.working = True
        try:
            with suppress(FeedbackServiceError):
                await browser.leave()
        finally:
            self.part(browser)
