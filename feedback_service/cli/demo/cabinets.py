"""Lets the demo's browsers in: whether one starts here, and the sign-ins that a person would bring."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from feedback_service import bootstrap
from feedback_service.cli.demo.shops import Market
from feedback_service.cli.demo.stalls import out_of_reach
from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.settings import Settings

if TYPE_CHECKING:
    from feedback_service.transports.browser.config import BrowserConfig

START_SECONDS = 30.0
"""The longest that the browser may take which is started to see whether one starts."""
Finish = Callable[[Sequence[str]], None]
"""Runs one command of ours to its end."""


def there_is_a_browser(settings: Settings, console: Console) -> bool:
    """Whether a browser starts and obeys here; says what follows where none does.

    It is really started: one that is found may still lack a library or the right to its sandbox, and accounts that are
    worked with in it would wait for it for ever.
    """
    try:
        _start_one(bootstrap.browser_config(settings))
    except (AccountFault, Retryable) as problem:
        away = out_of_reach(browser=False)
        left_out = f", {' and '.join(away)} left out" if away else ""
        told = f"demo: no browser here ({problem}); platforms are answered by their APIs instead{left_out}"
        console.print(told, soft_wrap=True, markup=False)
        return False
    return True


def _start_one(config: BrowserConfig) -> None:
    """Start a browser on an empty profile, and end it. Raises AccountFault or Retryable where that does not work."""
    from feedback_service.transports.browser.chromium import Chromium

    place = config.data_dir / "browser-trial"
    try:
        chromium = Chromium(replace(config, limits=replace(config.limits, start=START_SECONDS)), place)
        try:
            if not chromium.responds():
                raise Retryable("the browser starts, but does not obey")
        finally:
            chromium.close()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sign_in(market: Market, place: Path, finish: Finish) -> None:
    """Import the cookies of every account that lives by a session, as `login --cookies` does."""
    for stall, cookies in market.write_cookies(place).items():
        finish(["login", stall.label, "--cookies", str(cookies)])
        cookies.unlink()
