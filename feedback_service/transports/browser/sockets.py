"""Closes a browser's idle connections before a write, so that Chromium sends it once."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import websocket
from selenium.common.exceptions import WebDriverException

PAGE = "chrome://net-internals/#sockets"
CLOSE = "chrome.send('closeIdleSockets'), true"
READY = "document.readyState === 'complete' && typeof chrome.send === 'function'"
THROUGH_THE_NETWORK: tuple[str, Mapping[str, object]] = ("Storage.getCookies", {})
"""Answered by the process that holds the connections: it has then heard of their closing, too."""
SECONDS = 5.0
LOOK_AGAIN = 0.02
NO_PRECONNECT = {"net.network_prediction_options": 2}
"""The browser's preference never to open a connection ahead of its use: such a one counts as kept, too."""


class Sockets:
    """The tab of one browser that closes connections, spoken to directly: the driver would have to change tabs twice.

    Where a kept connection breaks before the answer, Chromium repeats the request on another one, a POST as well: a
    customer would see two answers. On a connection of its own a request is never repeated. Seen with Chromium 156: a
    server that took a POST and hung up got it two or three times, and once where idle connections had been closed and
    none was opened ahead. A page that calls its server by itself in the same moment could still lend its connection,
    so a look after the write stays needed.
    """

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._line: websocket.WebSocket | None = None
        self._asked = 0

    def close_idle(self) -> None:
        """Leave no connection to be used again; the page stays as it is. Raises WebDriverException."""
        try:
            if self._line is None:
                self._line = self._opened()
            if not self._is_true(self._line, CLOSE):
                raise websocket.WebSocketException("the tab for it is gone")
            self._ask(self._line, *THROUGH_THE_NETWORK)
        except (websocket.WebSocketException, OSError) as problem:
            self.end()
            raise WebDriverException(f"connections cannot be closed: {problem}") from problem

    def end(self) -> None:
        """Hang up; harmless to repeat."""
        if self._line is not None:
            line, self._line = self._line, None
            line.close(timeout=0)

    def _opened(self) -> websocket.WebSocket:
        target = self._driver.execute_cdp_cmd("Target.createTarget", {"url": PAGE, "background": True})["targetId"]
        browser = self._driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        line = websocket.create_connection(
            f"ws://{browser}/devtools/page/{target}", SECONDS, suppress_origin=True, http_no_proxy=["*"]
        )
        until = time.monotonic() + SECONDS
        while not self._is_true(line, READY):
            if time.monotonic() > until:
                line.close(timeout=0)
                raise WebDriverException(f"{PAGE} does not open")
            time.sleep(LOOK_AGAIN)
        return line

    def _is_true(self, line: websocket.WebSocket, expression: str) -> bool:
        told = self._ask(line, "Runtime.evaluate", {"expression": expression, "returnByValue": True})
        return told.get("result", {}).get("value") is True

    def _ask(self, line: websocket.WebSocket, method: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        self._asked += 1
        line.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while (told := json.loads(line.recv())).get("id") != self._asked:
            continue
        found: dict[str, Any] = told.get("result", {})
        return found
