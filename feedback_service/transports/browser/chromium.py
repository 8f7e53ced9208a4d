"""One running Chromium with everything that belongs to it: started within a limit, and ended without remains."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from feedback_service.domain.errors import FeedbackServiceError, Retryable
from feedback_service.transports.browser import download, finding, host, keeper, slot
from feedback_service.transports.browser.config import BrowserConfig, Mode
from feedback_service.transports.browser.display import Display
from feedback_service.transports.browser.keeping import Keeper
from feedback_service.transports.browser.launch import Order, launch
from feedback_service.transports.browser.sockets import Sockets
from feedback_service.transports.browser.surroundings import sandboxed, surroundings

DRIVERS = "drivers"
"""Below the data directory: drivers that were downloaded, one for each major version."""
NO_SANDBOX = "; if this machine allows Chromium no sandbox, set BROWSER_SANDBOX=off"
CLOSE_SECONDS = 5.0
RESPONSE_SECONDS = 5.0
DEATH_SECONDS = 0.2
"""How often a starting browser is looked at."""


class Chromium:
    """Used on one thread; only `kill` may come from others."""

    def __init__(self, config: BrowserConfig, directory: Path) -> None:
        """Start it. Raises AccountFault where that cannot work here, Retryable where it did not work now."""
        with host.refusals(directory):
            self._start(config, directory)

    def _start(self, config: BrowserConfig, directory: Path) -> None:
        programs = download.complete(finding.find(config), config.data_dir / DRIVERS)
        if problem := finding.display_problem(config.mode):
            raise problem
        self._processes: list[subprocess.Popen[bytes]] = []
        self._driver: Any = None
        with ExitStack() as undo:
            self.slot = slot.take(directory)
            undo.callback(self.slot.release)
            undo.callback(self._reap)
            self._keeper = Keeper(self.slot)
            undo.callback(self._keeper.end)
            environment = self._environment(config.mode)
            order = Order(self.slot, programs, config.mode, sandboxed(config.sandbox), environment)
            with self.limited(config.limits.start, starting=True) as late:
                self._driver = _launched(order, self._processes)
            if late.is_set():  # the limit passed when there was nothing to kill yet
                raise Retryable("the browser does not start in time", retry_after=30.0)
            self.sockets = Sockets(self._driver)
            undo.callback(self.sockets.end)
            self._ends = undo.pop_all()

    @property
    def driver(self) -> Any:
        """Selenium's; it has no types of its own that the vendor's class keeps to."""
        return self._driver

    @property
    def alive(self) -> bool:
        """Whether the browser, its driver and its keeper still run; a stuck one does, too."""
        return self._keeper.alive and all(
            one.poll() is None for one in [*self._processes, self._driver.service.process]
        )

    def responds(self) -> bool:
        """Whether it is alive and obeys; one that is stuck is killed."""
        if not self.alive:
            return False
        try:
            with self.limited(RESPONSE_SECONDS) as late:
                return self._driver.current_url is not None and not late.is_set()
        except Exception:  # noqa: BLE001  whatever it raises, it is of no use any more
            return False

    @contextmanager
    def limited(self, seconds: float, *, starting: bool = False) -> Iterator[threading.Event]:
        """Kill the browser when the block lasts longer, which ends every call that waits for it; the event says so.

        `starting`: also when one of its processes has ended by itself, for which the driver would wait a minute.
        """
        over, done = threading.Event(), threading.Event()

        def watch() -> None:
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0 and not (starting and self._has_died()):
                if done.wait(min(left, DEATH_SECONDS) if starting else left):
                    return
            over.set()
            self.kill()

        threading.Thread(target=watch, name="browser limit", daemon=True).start()
        try:
            yield over
        finally:
            done.set()

    def _has_died(self) -> bool:
        return any(one.poll() is not None for one in self._processes)

    def kill(self) -> None:
        """End every process of it at once; the thread that drives it gets an error."""
        keeper.kill_all(str(self.slot.directory))

    def close(self) -> None:
        """Let it write its profile and leave, kill what does not, and give the profile free; harmless to repeat."""
        if self.alive:
            with suppress(Exception), self.limited(CLOSE_SECONDS):
                self._driver.execute_cdp_cmd("Browser.close", {})
                self._processes[-1].wait(CLOSE_SECONDS)
        self._ends.close()

    def _environment(self, mode: Mode) -> dict[str, str]:
        environment = {**surroundings(self.slot.directory), keeper.MARK: str(self.slot.directory)}
        if mode is Mode.XVFB:
            display = Display(environment)
            self._processes.append(display.process)
            environment["DISPLAY"] = display.name
        return environment

    def _reap(self) -> None:
        """Leave no zombies: the keeper has ended them all, or there was none yet."""
        self.kill()
        service = getattr(self._driver, "service", None)
        for process in [*self._processes, *([service.process] if service else [])]:
            process.wait()
        if self._driver is not None:
            self._driver.command_executor.close()


def _launched(order: Order, processes: list[subprocess.Popen[bytes]]) -> Any:
    try:
        return launch(order, processes)
    except FeedbackServiceError:
        raise
    except Exception as problem:
        died = [one for one in processes if one.returncode not in (None, -signal.SIGKILL)]
        if isinstance(problem, OSError) and not died:
            raise host.told(problem, order.slot.directory) from problem
        hint = NO_SANDBOX if order.sandboxed else ""
        reason = f"it ended by itself with code {died[0].returncode}{hint}" if died else _first_line(problem)
        raise Retryable(f"the browser does not start: {reason}", retry_after=30.0) from problem


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0] or type(problem).__name__
