"""A browser without Chromium: opens a replica's real pages over http, reads them by CSS, and sends their forms.

It runs no script, so it is for cabinets whose pages are plain forms. The gate before a cabinet sees in it a browser
that people use. One is as quick as its requests; that Chromium does the same is for each platform's own tests to show.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from feedback_service.domain.errors import Retryable
from feedback_service.ports.browser import Page, PageAnswer, PageCall, lost
from feedback_service.transports.browser.page import WriteAnswer
from tests.support.pages import HUMAN, PEOPLE

T = TypeVar("T")

FIELD = re.compile(r"(?P<inner>.*?)(?:@(?P<attribute>[A-Za-z_][\w:.-]*))?", re.DOTALL)
FORM = "application/x-www-form-urlencoded"
SECONDS = 10.0
MOST_HOPS = 10


@dataclass
class PaperPage:
    """Fulfils Page; `cookies` are sent to every address, as a test has one server only."""

    cookies: dict[str, str] = field(default_factory=dict, repr=False)
    url: str = "about:blank"
    soup: BeautifulSoup = field(default_factory=lambda: BeautifulSoup("", "html.parser"), repr=False)
    writing: bool = False
    opened: list[str] = field(default_factory=list)
    typed: dict[int, str] = field(default_factory=dict)

    def open(self, url: str) -> None:
        self.opened.append(url)
        self._load("GET", url)
        if challenge := self._challenge():
            self._pass_the_antibot(challenge)
            self._load("GET", url)

    def fetch(self, call: PageCall) -> PageAnswer:
        body = None if call.json is None else json.dumps(call.json).encode()
        headers = {"content-type": "application/json", **call.headers} if body else dict(call.headers)
        status, url, text = self._ask(call.method, urljoin(self.url, call.path), body, headers)
        return (WriteAnswer if self.writing else PageAnswer)(call, status, url, text)

    def wait_for(self, marks: Mapping[str, str], seconds: float | None = None) -> str:
        for name, selector in marks.items():
            if self.has(selector):
                return name
        raise lost(f"the page shows none of: {', '.join(marks.values())}", writing=self.writing)

    def has(self, selector: str) -> bool:
        return self.soup.select_one(selector) is not None

    def rows(self, selector: str, fields: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
        return [{name: _read(row, field) for name, field in fields.items()} for row in self.soup.select(selector)]

    def fill(self, selector: str, text: str) -> None:
        self.wait_for({"the field": selector})
        found = self.soup.select_one(selector)
        assert found is not None
        self.typed[id(found)] = text

    def click(self, selector: str) -> bool:
        self.wait_for({"what to click": selector})
        found = self.soup.select_one(selector)
        assert found is not None
        if found.name == "a":
            self._load("GET", urljoin(self.url, str(found["href"])))
            return True
        form = found.find_parent("form")
        assert form is not None, f"{selector} is in no form: nothing would happen"
        self._submit(form, found)
        return True

    def write_begins(self) -> None:
        self.writing = True

    def _submit(self, form: Tag, button: Tag) -> None:
        fields = [
            (
                str(one["name"]),
                self.typed.get(id(one), one.text if one.name == "textarea" else str(one.get("value", ""))),
            )
            for one in form.select("input[name], textarea[name]")
            if one.get("type") not in {"submit", "checkbox", "radio"} or one.has_attr("checked")
        ]
        if button.get("name"):
            fields.append((str(button["name"]), str(button.get("value", ""))))
        sent = [(name, re.sub(r"\r\n?|\n", "\r\n", value)) for name, value in fields]  # as browsers do
        target = urljoin(self.url, str(form.get("action") or self.url))
        body = urlencode(sent, errors="replace").encode()
        self._load(str(form.get("method", "get")).upper(), target, body, {"content-type": FORM})

    def _load(self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> None:
        _, self.url, text = self._ask(method, url, body, {"accept": "text/html", **(headers or {})})
        self.soup, self.typed = BeautifulSoup(text, "html.parser"), {}

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, str, str]:
        """Follow redirects as a browser does; raises what the port says where the connection breaks."""
        for _ in range(MOST_HOPS):
            try:
                status, moved, text = self._exchange(method, url, body, headers)
            except (OSError, http.client.HTTPException) as problem:
                raise lost(f"{method} {url}: {type(problem).__name__}", writing=self.writing) from problem
            if not moved:
                return status, url, text
            url = urljoin(url, moved)
            if status not in (307, 308):
                method, body = "GET", None
        raise Retryable(f"{url}: redirects without end")

    def _exchange(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, str, str]:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, {"user-agent": PEOPLE, "cookie": cookies, **headers})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for line in answer.headers.get_all("set-cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            moved = str(answer.headers.get("location", "")) if answer.status in (301, 302, 303, 307, 308) else ""
            return answer.status, moved, text
        finally:
            connection.close()

    def _challenge(self) -> tuple[str, str] | None:
        """The antibot's question and where its answer goes, where this is its page."""
        found = self.soup.select_one("[data-challenge][data-report]")
        return (str(found["data-challenge"]), str(found["data-report"])) if found else None

    def _pass_the_antibot(self, challenge: tuple[str, str]) -> None:
        question, report = challenge
        body = json.dumps({**HUMAN, "challenge": question}).encode()
        self._exchange("POST", urljoin(self.url, report), body, {"content-type": "application/json"})


@dataclass
class PaperBrowser:
    """Fulfils Browser with one page; scripts run one after another on a thread, as the sandbox has the loop."""

    page: PaperPage = field(default_factory=PaperPage)
    order: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, script: Callable[[Page], T], seconds: float) -> T:
        async with self.order:
            self.page.writing = False
            return await asyncio.to_thread(script, self.page)

    async def close(self) -> None:
        return None


def _read(row: Tag, wanted: str) -> str:
    found = FIELD.fullmatch(wanted)
    assert found
    inner, attribute = found["inner"].strip(), found["attribute"]
    one = row.select_one(inner) if inner else row
    if one is None:
        return ""
    if attribute:
        value = one.get(attribute, "")
        text = " ".join(value) if isinstance(value, list) else str(value or "")
    else:
        text = str(one.get("value", "")) if one.name == "input" else _inner_text(one)
    return re.sub(r"\r\n?", "\n", text)


def _inner_text(one: Tag) -> str:
    """The element's text with its line breaks, about as a browser tells it for an element that keeps white space."""
    for gap in one.find_all("br"):
        gap.replace_with("\n")
    return one.get_text().removeprefix("\n") if one.name in {"textarea", "pre"} else one.get_text().strip("\n")
