"""Starts undetected-chromedriver on a slot; the only file that imports it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from selenium.webdriver.chrome.webdriver import WebDriver

from feedback_service.transports.browser.config import Mode
from feedback_service.transports.browser.finding import Programs
from feedback_service.transports.browser.slot import Slot, copy_driver
from feedback_service.transports.browser.sockets import NO_PRECONNECT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it imports distutils, which Python 3.11 calls deprecated
    import undetected_chromedriver as vendor

SANDBOX_OFF = "--no-sandbox"
LANGUAGES = "ru-RU,ru,en-US,en"
ENOUGH_SHARED_MEMORY = 256 * 2**20
CACHE = 64 * 2**20
FLAGS = (
    "--disable-background-networking",
    "--disable-blink-features=AutomationControlled",  # navigator.webdriver is false, as in a person's browser
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--hide-crash-restore-bubble",
    "--media-cache-size=1",
    "--no-first-run",
    "--no-pings",
    "--password-store=basic",
    f"--disk-cache-size={CACHE}",
    f"--accept-lang={LANGUAGES}",
    "--lang=ru-RU",
)


class _Started(threading.local):
    """What the vendor starts on this thread, with our environment and without pipes that nobody would read."""

    def __init__(self) -> None:
        self.environment: Mapping[str, str] = {}
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, command: Sequence[str], **_: object) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603  the browser that was found or set
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(self.environment),
            start_new_session=True,
        )
        self.processes.append(process)
        return process


_started = _Started()
# The vendor drops its browser's process unwaited, with full pipes, and keeps every driver alive until the end.
vendor.subprocess = SimpleNamespace(Popen=_started.start, PIPE=subprocess.PIPE)
vendor.finalize = lambda *_: None
vendor.Patcher.data_path = tempfile.gettempdir()  # it would make a directory in the home, which a service may not have


class _Options(vendor.ChromeOptions):  # type: ignore[misc]  # the vendor has no types
    """The vendor always takes the browser's sandbox away; here it stays where it is wanted."""

    sandboxed = True

    def add_argument(self, argument: str) -> None:
        if argument != SANDBOX_OFF or not self.sandboxed:
            super().add_argument(argument)


class _OwnSession(WebDriver):
    """Stands between the vendor's class and Selenium's: a Ctrl-C for us must not end the driver in mid-write."""

    def __init__(self, **options: Any) -> None:
        options["service"].popen_kw["start_new_session"] = True
        options["service"].env = dict(_started.environment)
        super().__init__(**options)


class _Driver(vendor.Chrome, _OwnSession):  # type: ignore[misc]  # the vendor has no types
    def __del__(self) -> None:
        """Nothing: whoever started the browser ends it, and no garbage collection does."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to start; `programs` with a driver; `environment` is the browser's whole one."""

    slot: Slot
    programs: Programs
    mode: Mode
    sandboxed: bool
    environment: Mapping[str, str]


def launch(order: Order, processes: list[subprocess.Popen[bytes]]) -> Any:
    """A driver with a living browser; what was started is in `processes` even where this raises."""
    assert order.programs.driver is not None  # it was found, or downloaded before
    copy_driver(order.slot, order.programs.driver)
    _started.environment, _started.processes = order.environment, processes
    return _Driver(
        options=_options(order),
        user_data_dir=str(order.slot.profile),
        driver_executable_path=str(order.slot.driver),
        browser_executable_path=str(order.programs.browser),
        headless=order.mode is Mode.HEADLESS,
        version_main=order.programs.major,
        no_sandbox=False,
    )


def _options(order: Order) -> _Options:
    options = _Options()
    options.sandboxed = order.sandboxed
    options.page_load_strategy = "eager"
    options.add_experimental_option("prefs", dict(NO_PRECONNECT))
    options._ignore_local_proxy = True  # its public name is deprecated, and its successor out of the vendor's reach
    for flag in FLAGS:
        options.add_argument(flag)
    if order.mode is Mode.HEADLESS:
        options.add_argument(f"--user-agent={_user_agent(order.programs.major)}")
    if not order.sandboxed:
        options.add_argument("--test-type")  # hides the warning about the sandbox
    if _little_shared_memory():
        options.add_argument("--disable-dev-shm-usage")
    return options


def _user_agent(major: int) -> str:
    """What the same browser says with a window; without one it would say HeadlessChrome."""
    system = "Macintosh; Intel Mac OS X 10_15_7" if sys.platform == "darwin" else "X11; Linux x86_64"
    return f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"


def _little_shared_memory() -> bool:
    """Docker gives 64 MB, in which tabs crash."""
    try:
        there = os.statvfs("/dev/shm")  # noqa: S108  looked at, not written to
    except OSError:
        return False
    return there.f_frsize * there.f_blocks < ENOUGH_SHARED_MEMORY
