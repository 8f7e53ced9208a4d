"""What a cancelled script costs the others on the event loop: nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from feedback_service.domain.session import Session
from feedback_service.ports.browser import Page
from feedback_service.transports.browser.account_browser import AccountBrowser
from feedback_service.transports.browser.cookies import Home
from feedback_service.transports.browser.membership import Membership
from feedback_service.transports.browser.stage import Performed, Stage
from feedback_service.transports.browser.turn import Turn
from feedback_service.transports.clock import SystemClock
from tests.support.browsers import ACCOUNT, CABINET, LABEL, MemorySessions, config_for, signed_in

T = TypeVar("T")
LOOP_ANSWERS = 5.0


class StuckStage(Stage):
    """Its script hears nothing until the browser is killed, and killing takes until the event loop has answered."""

    def __init__(self, directory: Path, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(config_for(directory), LABEL, Home(CABINET.sites, CABINET.url))
        self.begun = asyncio.Event()
        self.loop_answered = False
        self._loop = loop
        self._killed = threading.Event()

    def perform(self, script: Callable[[Page], T], turn: Turn, session: Session | None) -> Performed[T]:
        self._loop.call_soon_threadsafe(self.begun.set)
        self._killed.wait(LOOP_ANSWERS * 4)
        raise turn.lost("the browser was killed")

    def kill(self) -> None:
        answered = threading.Event()
        self._loop.call_soon_threadsafe(answered.set)
        self.loop_answered = answered.wait(LOOP_ANSWERS)
        self._killed.set()


class OneSeat:
    """Fulfils Seats."""

    async def sit(self, browser: AccountBrowser) -> None: ...

    def rise(self, browser: AccountBrowser) -> None: ...

    def part(self, browser: AccountBrowser) -> None: ...


async def test_the_event_loop_goes_on_while_the_browser_of_a_cancelled_script_is_killed(tmp_path: Path) -> None:
    stage = StuckStage(tmp_path, asyncio.get_running_loop())
    membership = Membership(LABEL, ACCOUNT, CABINET, MemorySessions(signed_in()), SystemClock())
    browser = AccountBrowser(membership, stage, OneSeat())
    task = asyncio.create_task(browser.run(lambda page: page.url, 100))
    await stage.begun.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert stage.loop_answered
    await browser.close()
