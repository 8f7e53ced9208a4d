"""Closes a browser's idle connections before a write, so that Chromium sends it once."""

from __future__ import annotations

from typing import Any

PAGE = "chrome://net-internals/#sockets"
CLOSE = "chrome.send('closeIdleSockets')"
NO_PRECONNECT = {"net.network_prediction_options": 2}
"""The browser's preference never to open a connection ahead of its use: such a one counts as kept, too."""


class Sockets:
    """The tab of one browser that closes connections.

    Where a kept connection breaks before the answer, Chromium repeats the request on another one, a POST as well: a
    customer would see two answers. On a connection of its own a request is never repeated. Seen with Chromium 156: a
    server that took a POST and hung up got it two or three times, and once where idle connections had been closed and
    none was opened ahead. A page that calls its server by itself in the same moment could still lend its connection,
    so a look after the write stays needed.
    """

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._tab: str | None = None

    def close_idle(self) -> None:
        """Leave no connection to be used again; the page stays as it is. Raises what Selenium raises."""
        home = self._driver.current_window_handle
        try:
            self._enter()
            self._driver.execute_cdp_cmd("Runtime.evaluate", {"expression": CLOSE})
        finally:
            self._driver.switch_to.window(home)

    def _enter(self) -> None:
        if self._tab is not None:
            self._driver.switch_to.window(self._tab)
            return
        self._driver.switch_to.new_window("tab")
        self._driver.get(PAGE)
        self._tab = self._driver.current_window_handle
