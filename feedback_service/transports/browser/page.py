"""The port Page on a Selenium driver: every step within the turn's limit, every failure told by its outcome."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from feedback_service.domain.errors import InDoubt, Retryable
from feedback_service.ports.browser import PageAnswer, PageCall
from feedback_service.transports.browser import scripts
from feedback_service.transports.browser.config import Limits
from feedback_service.transports.browser.sockets import Sockets
from feedback_service.transports.browser.turn import Turn

LOOK_AGAIN = 0.05
"""Seconds between two looks for an element."""
FIELD = re.compile(r"(?P<inner>.*?)(?:@(?P<attribute>[A-Za-z_][\w:.-]*))?", re.DOTALL)


class WriteAnswer(PageAnswer):
    """The answer to a call that may have written: one that cannot be read leaves that open."""

    def document(self) -> object:
        try:
            return super().document()
        except Retryable as problem:
            raise InDoubt(f"{problem}; it may have been written") from None


@dataclass(frozen=True, slots=True)
class SeleniumPage:
    """Fulfils Page for one turn."""

    driver: Any  # Selenium's driver, as the vendor's class keeps to no types
    turn: Turn
    limits: Limits
    sockets: Sockets

    @property
    def url(self) -> str:
        with self._step("asking for the address"):
            return cast("str", self._evaluate(scripts.URL))

    def open(self, url: str) -> None:
        with self._step(f"opening {url}"):
            self.driver.set_page_load_timeout(max(1.0, min(self.limits.load, self.turn.left)))
            if "#" in url and self.driver.current_url == url:
                self.driver.refresh()
            else:
                self.driver.get(url)
            if self._evaluate(scripts.FAILED):
                raise self.turn.lost(f"opening {url}: the browser cannot reach it")

    def fetch(self, call: PageCall) -> PageAnswer:
        with self._step(str(call)):
            self._on_origin(call)
            self.driver.set_script_timeout(max(1.0, self.turn.left))
            body = None if call.json is None else json.dumps(call.json, ensure_ascii=False)
            headers = {"Content-Type": "application/json", **call.headers} if body else dict(call.headers)
            found = self.driver.execute_async_script(scripts.FETCH, call.method, call.path, headers, body)
            if "problem" in found:
                raise self.turn.lost(f"{call}: {found['problem']}")
            answer = WriteAnswer if self.turn.writing else PageAnswer
            return answer(call, found["status"], found["url"], found["text"])

    def wait_for(self, marks: Mapping[str, str], seconds: float | None = None) -> str:
        return self._shown(marks, seconds)[0]

    def _shown(self, marks: Mapping[str, str], seconds: float | None = None) -> tuple[str, float]:
        """The name of the first, and the page that it is on, by the moment when that was loaded."""
        until = time.monotonic() + (self.limits.look if seconds is None else seconds)
        while True:
            with self._step("looking for " + ", ".join(f"{name} ({one})" for name, one in marks.items())):
                name, loaded = self._evaluate(scripts.SHOWN, list(marks.items()))
                if name is not None:
                    return name, loaded
                if time.monotonic() > until:
                    wanted = ", ".join(f"{name} ({selector})" for name, selector in marks.items())
                    raise self.turn.lost(f"the page shows none of: {wanted}")
            self.turn.wait(LOOK_AGAIN)

    def has(self, selector: str) -> bool:
        with self._step(f"looking for {selector}"):
            return bool(self._evaluate(scripts.HAS, selector))

    def rows(self, selector: str, fields: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
        wanted = [(name, *_parts(field)) for name, field in fields.items()]
        with self._step(f"reading {selector}"):
            return cast("Sequence[Mapping[str, str]]", self._evaluate(scripts.ROWS, selector, wanted))

    def fill(self, selector: str, text: str) -> None:
        self.wait_for({"the field": selector})
        with self._step(f"filling {selector}"):
            self._evaluate(scripts.SELECT_ALL, selector)
            if text:
                # Selenium's own typing takes no emoji, and a line break of it may send the form.
                self.driver.execute_cdp_cmd("Input.insertText", {"text": text})
            else:
                self._evaluate(scripts.CLEAR)
            filled = self._evaluate(scripts.FILLED, selector)
            if filled.rstrip("\n") != text.rstrip("\n"):
                raise self.turn.lost(f"{selector} took {len(filled)} of {len(text)} characters, or others")

    def click(self, selector: str) -> bool:
        _, loaded = self._shown({"what to click": selector})
        with self._step(f"clicking {selector}"):
            self.driver.find_element("css selector", selector).click()
            return bool(self._evaluate(scripts.LOADED) != loaded)

    def write_begins(self) -> None:
        with self._step("closing idle connections"):
            self.sockets.close_idle()
        self.turn.begin_writing()

    def _evaluate(self, script: str, *arguments: object) -> Any:
        """Run it in the page, at half the cost of Selenium's own way, which brings a library along each time."""
        expression = f"(function() {{{script}}})(...{json.dumps(arguments)})"
        found = self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        if trouble := found.get("exceptionDetails"):
            raise WebDriverException(str(trouble.get("exception", trouble).get("description", trouble["text"])))
        return found["result"].get("value")

    def _on_origin(self, call: PageCall) -> None:
        here = self.driver.current_url
        if urlsplit(urljoin(here, call.path))[:2] != urlsplit(here)[:2]:
            raise self.turn.lost(f"{call}: the page is elsewhere ({here})")

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        self.turn.check(what)
        try:
            yield
        except (WebDriverException, HTTPError, OSError) as problem:
            self.turn.check(what)
            raise self.turn.lost(f"{what}: {_reason(problem)}") from problem


def _parts(field: str) -> tuple[str, str]:
    found = FIELD.fullmatch(field)
    assert found  # the expression takes every text
    return found["inner"].strip(), found["attribute"] or ""


def _reason(problem: Exception) -> str:
    text = getattr(problem, "msg", None) or str(problem)
    return text.strip().partition("\n")[0] or type(problem).__name__
