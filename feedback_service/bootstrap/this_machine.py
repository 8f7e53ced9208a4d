"""Tells a machine on which no browser can start apart from an account that is out of order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from feedback_service.domain.errors import AccountFault, NoBrowser
from feedback_service.ports.browser import Browser, Page

if TYPE_CHECKING:
    from feedback_service.transports.browser.config import BrowserConfig

T = TypeVar("T")


async def require_browser(config: BrowserConfig) -> None:
    """Raise NoBrowser, with its remedy, where none can start on this machine."""
    from feedback_service.transports.browser.finding import display_problem, find

    try:
        await asyncio.to_thread(find, config)  # it runs both programs and waits for them
        problem = display_problem(config.mode)
    except AccountFault as fault:
        problem = fault
    if problem is not None:
        raise NoBrowser(problem.reason, problem.remedy) from problem


@dataclass(frozen=True, slots=True)
class BrowserHere:
    """Fulfils Browser, with NoBrowser for what is the machine's fault; a fault costs a second look at the programs."""

    browser: Browser
    config: BrowserConfig

    async def run(self, script: Callable[[Page], T], seconds: float) -> T:
        try:
            return await self.browser.run(script, seconds)
        except AccountFault as problem:
            try:
                await require_browser(self.config)
            except NoBrowser as missing:
                raise missing from problem
            raise

    async def close(self) -> None:
        await self.browser.close()
