"""Lets the demo's browsers in: whether there is one, and the sign-ins that a person would bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from feedback_service import bootstrap
from feedback_service.cli.demo.shops import Market
from feedback_service.domain.errors import AccountFault
from feedback_service.settings import Settings

Finish = Callable[[Sequence[str]], None]
"""Runs one command of ours to its end."""


def there_is_a_browser(settings: Settings, console: Console) -> bool:
    """Whether Chromium and its driver can be used here; says what follows where they cannot."""
    from feedback_service.transports.browser.finding import find

    try:
        find(bootstrap.browser_config(settings))
    except AccountFault as problem:
        console.print(
            f"demo: no browser here ({problem}); Ozon and Yandex.Market are answered by their APIs instead",
            soft_wrap=True,
        )
        return False
    return True


def sign_in(market: Market, place: Path, finish: Finish) -> None:
    """Import the cookies of every account that is worked with in a browser, as `login --cookies` does."""
    for stall, cookies in market.write_cookies(place).items():
        finish(["login", stall.label, "--cookies", str(cookies)])
        cookies.unlink()
