"""Finds the browser and its driver, and tells what is wrong with them; nothing is ever downloaded here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.ports.platform import Fact
from feedback_service.transports.browser.config import BrowserConfig, Mode
from feedback_service.transports.browser.host import RETRY_SECONDS, SCARCE

OLDEST = 115
"""The first Chromium whose new headless mode is a whole browser and whose driver is published for every version."""
REMEDY = "run scripts/install-system-packages, or set BROWSER_PATH and BROWSER_DRIVER_PATH"
VERSION_SECONDS = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DRIVERS = ("chromedriver", "chromium-chromedriver")
USUAL_PLACES = (
    "/usr/bin",
    "/usr/local/bin",
    "/usr/lib/chromium",
    "/usr/lib/chromium-browser",
    "/opt/google/chrome",
    "/opt/homebrew/bin",
    "/snap/bin",
)
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
VERSION = re.compile(r"\b(\d+)\.\d+[\d.]*")


@dataclass(frozen=True, slots=True)
class Programs:
    """The pair that will be used; `driver` None where it may be downloaded for `major`."""

    browser: Path
    driver: Path | None
    major: int
    version: str


def find(config: BrowserConfig) -> Programs:
    """The browser and the driver that fits it.

    Raises AccountFault in one line: missing, cannot run, too old, not of one version; Retryable on a machine that is
    too busy to tell.
    """
    browser = _found("browser", config.browser_path, BROWSERS, APPLICATIONS)
    version = _version(browser)
    major = _major(version)
    if major < OLDEST:
        raise AccountFault(f"{browser} is version {version}; at least {OLDEST} is needed", REMEDY)
    if config.may_download and config.driver_path is None and _first(DRIVERS, ()) is None:
        return Programs(browser, None, major, version)
    driver = _found("driver", config.driver_path, DRIVERS, ())
    theirs = _version(driver)
    if _major(theirs) != major:
        problem = f"{browser} is version {version} and {driver} is for {theirs}; they must be of one version"
        raise AccountFault(problem, REMEDY)
    return Programs(browser, driver, major, version)


def facts(config: BrowserConfig) -> Sequence[Fact]:
    """What `feedback-service check` says of the browser; never raises."""
    try:
        programs = find(config)
    except AccountFault as problem:
        return [Fact("browser", False, problem.reason, problem.remedy)]
    except Retryable as problem:
        return [Fact("browser", False, str(problem), "try again when the machine has less to do")]
    driver = programs.driver or "a driver that will be downloaded"
    found = [Fact("browser", True, f"{programs.browser} {programs.version} with {driver}, {config.mode}")]
    if unseen := display_problem(config.mode):
        found.append(Fact("display", False, unseen.reason, unseen.remedy))
    return found


def display_problem(mode: Mode) -> AccountFault | None:
    """What stands in the way of showing the browser's window."""
    if mode is Mode.XVFB and shutil.which("Xvfb") is None:
        return AccountFault("Xvfb is not installed", "run scripts/install-system-packages, or use headless mode")
    if mode is Mode.HEADED and os.uname().sysname != "Darwin" and not _has_display():
        return AccountFault("there is no display here", "use headless mode or xvfb, or forward a display")
    return None


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _found(what: str, given: Path | None, names: Sequence[str], places: Sequence[str]) -> Path:
    if given is not None:
        if not given.is_file() or not os.access(given, os.X_OK):
            raise AccountFault(f"the {what} {given} is not there or may not be run", REMEDY)
        return given
    path = _first(names, places)
    if path is None:
        raise AccountFault(f"no {what} is found ({', '.join(names)})", REMEDY)
    return path


def _first(names: Sequence[str], places: Iterable[str]) -> Path | None:
    path = os.pathsep.join([os.environ.get("PATH", ""), *USUAL_PLACES])
    for name in names:
        if found := shutil.which(name, path=path):
            return Path(found)
    return next((Path(place) for place in places if os.access(place, os.X_OK)), None)


def _version(program: Path) -> str:
    try:
        # The program is an operator's setting or was found among the system's own.
        shown = subprocess.run(  # noqa: S603
            [program, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise Retryable(f"{program} does not tell its version within {VERSION_SECONDS} s") from None
    except OSError as problem:
        if problem.errno in SCARCE:
            raise Retryable(f"{program} cannot be run now: {problem.strerror}", RETRY_SECONDS) from None
        raise AccountFault(f"{program} cannot be run: {problem}", REMEDY) from None
    found = VERSION.search(shown.stdout)
    if shown.returncode or not found:
        said = " ".join((shown.stderr or shown.stdout).split())[:200]
        raise AccountFault(f"{program} does not tell its version: {said or f'code {shown.returncode}'}", REMEDY)
    return found.group()


def _major(version: str) -> int:
    return int(version.partition(".")[0])
