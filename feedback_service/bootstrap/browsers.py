"""Gives accounts their browsers; nothing of a browser is imported before one is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from feedback_service import logs
from feedback_service.bootstrap.accounts import cabinet_url_of
from feedback_service.domain.errors import Configuration
from feedback_service.domain.supplier import Account
from feedback_service.ports.browser import Browser
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import PlatformSpec
from feedback_service.ports.sessions import SessionKeeper, Sessions
from feedback_service.settings import Settings
from feedback_service.transports.browser.membership import Membership

if TYPE_CHECKING:
    from feedback_service.transports.browser.config import BrowserConfig
    from feedback_service.transports.browser.pool import BrowserPool


def browser_config(settings: Settings, role: str = "worker", at_least: int = 1) -> BrowserConfig:
    """How browsers of this process are started; `role` keeps the profiles of two processes apart.

    `at_least`: browsers that may run at a time whatever the settings say, as so many are worked with at once.
    """
    from feedback_service.transports.browser.config import BrowserConfig, Mode, Sandbox

    return BrowserConfig(
        browser_path=Path(settings.browser_path) if settings.browser_path else None,
        driver_path=Path(settings.browser_driver_path) if settings.browser_driver_path else None,
        mode=Mode(settings.browser_mode),
        sandbox=Sandbox(settings.browser_sandbox),
        may_download=settings.browser_download,
        data_dir=settings.data_dir,
        role=role,
        limit=max(settings.browser_limit, at_least),
        idle_seconds=timedelta(minutes=settings.browser_idle_minutes).total_seconds(),
        redact=logs.hide,
    )


def session_keeper(sessions: Sessions, clock: Clock, account: Account, spec: PlatformSpec) -> SessionKeeper:
    """The account's session, for a way that takes the cabinet's cookies without a browser. Raises Configuration."""
    if spec.cabinet is None:
        raise Configuration(f"nobody signs in to {spec.title}")
    return Membership(f"{account.supplier}/{account.key}", account.id, spec.cabinet, sessions, clock)


@dataclass(slots=True)
class Browsers:
    """The browsers of one process, made when the first account asks for one."""

    settings: Settings
    role: str
    sessions: Sessions
    clock: Clock
    at_least: int = 1
    pools: list[BrowserPool] = field(default_factory=list)

    def of(self, account: Account, spec: PlatformSpec) -> Browser:
        """The account's browser. Raises Configuration where its platform is not worked with in one."""
        if spec.cabinet is None:
            raise Configuration(f"{spec.title} is not worked with in a browser")
        label = f"{account.supplier}/{account.key}"
        return self._pool().browser(label, account.id, spec.cabinet, cabinet_url_of(account, spec))

    async def close(self) -> None:
        """End every browser."""
        for pool in self.pools:
            await pool.close()

    def _pool(self) -> BrowserPool:
        if not self.pools:
            from feedback_service.transports.browser.pool import BrowserPool

            self.pools.append(
                BrowserPool(browser_config(self.settings, self.role, self.at_least), self.sessions, self.clock)
            )
        return self.pools[0]
