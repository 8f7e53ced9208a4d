"""A machine without a browser is told apart from an account that is out of order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from feedback_service.bootstrap.this_machine import BrowserHere, require_browser
from feedback_service.domain.errors import AccountFault, NoBrowser
from feedback_service.ports.browser import Page
from feedback_service.transports.browser.config import BrowserConfig, Mode
from tests.support.programs import fake_programs

T = TypeVar("T")
ENDED = AccountFault("the session has run out", "sign in again")


class SignedOut:
    """A browser whose account is out of order."""

    async def run(self, script: Callable[[Page], T], seconds: float) -> T:
        raise ENDED

    async def close(self) -> None:
        """Nothing is open."""


def configured(folder: Path) -> BrowserConfig:
    browser, driver = fake_programs(folder)
    return BrowserConfig(browser_path=browser, driver_path=driver, mode=Mode.HEADLESS, data_dir=folder)


async def test_an_accounts_own_fault_stays_its_own(tmp_path: Path) -> None:
    here = BrowserHere(SignedOut(), configured(tmp_path))

    with pytest.raises(AccountFault) as told:
        await here.run(lambda _: None, 1.0)

    assert told.value is ENDED


async def test_where_the_browser_has_vanished_it_is_the_machines_fault(tmp_path: Path) -> None:
    config = configured(tmp_path)
    await require_browser(config)
    assert config.browser_path is not None
    config.browser_path.unlink()

    with pytest.raises(NoBrowser, match=r"is not there.*install-system-packages"):
        await BrowserHere(SignedOut(), config).run(lambda _: None, 1.0)


async def test_a_window_without_a_display_is_the_machines_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    browser, driver = fake_programs(tmp_path)
    config = BrowserConfig(browser_path=browser, driver_path=driver, mode=Mode.HEADED, data_dir=tmp_path)

    with pytest.raises(NoBrowser, match="no display"):
        await require_browser(config)
