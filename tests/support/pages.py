"""A marketplace as small as can be with a cabinet for browsers, and a visitor who speaks http like one."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import aiohttp

from feedback_service.ports.replica import (
    CustomerEdit,
    LedgerEntries,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)
from feedback_service.sandbox.server import Sandbox

BAZAAR = "bazaar"
COOKIES = ("__Secure-bazaar-token", "bazaar-sid")
PEOPLE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
HUMAN = {"webdriver": False, "languages": ["ru-RU", "ru"], "chrome": True, "plugins": 5, "traces": 0}


@dataclass
class Bazaar:
    """A replica whose cabinet shows the account's name; POST below /cabinet/api/ writes an answer."""

    platform: str = BAZAAR
    pages: str = "/cabinet"
    session_cookies: tuple[str, ...] = COOKIES
    refuses: bool = True
    opened: dict[str, Mapping[str, object]] = field(default_factory=dict)
    written: list[tuple[str | None, bytes]] = field(default_factory=list)

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        if request.method == "POST":
            self.written.append((request.signed_in, request.body))
        if not f"{request.path}/".startswith(f"{self.pages}/") or "/api/" in request.path:
            body = json.dumps({"seller": request.signed_in, "query": dict(request.query)}).encode()
            return ReplicaResponse(200, {"content-type": "application/json"}, body)
        shown = f'<!doctype html><div id="shop">{request.signed_in}</div>'
        return ReplicaResponse(200, {"content-type": "text/html; charset=utf-8"}, shown.encode())

    def signed_out(self, request: ReplicaRequest) -> ReplicaResponse | None:
        if not self.refuses:
            return None
        return ReplicaResponse(401, {"content-type": "application/json"}, b'{"error":"unauthorized"}')

    def register(self, account: SandboxAccount, at: float) -> Mapping[str, str]:
        self.opened[account.key] = account.options
        return {"token": f"token-of-{account.key}"}

    def account_of(self, request: ReplicaRequest) -> str | None:
        return None

    def add(self, account_key: str, customer: SandboxCustomer) -> str:
        raise KeyError(account_key)

    def edit_customer(self, account_key: str, item: str, edit: CustomerEdit) -> None:
        raise KeyError(item)

    def ledger(self, at: float) -> LedgerEntries:
        return LedgerEntries()


@dataclass(frozen=True)
class Seen:
    """What came back; `cookies` are those that it set."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: Mapping[str, str]

    def shows(self, element: str) -> bool:
        return f'id="{element}"' in self.text

    @property
    def document(self) -> Any:
        return json.loads(self.text)

    def value(self, name: str) -> str:
        """What the page holds as name="…", or in a hidden field of that name."""
        found = re.search(rf'(?:data-{name}=|name="{name}" value=)"([^"]*)"', self.text)
        assert found, self.text
        return html.unescape(found[1])


@dataclass
class Visitor:
    """A browser without a screen: keeps cookies, follows no redirect by itself, and says of itself what it likes."""

    client: aiohttp.ClientSession
    sandbox: Sandbox
    user_agent: str = PEOPLE
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Seen:
        """One request; path is below /bazaar unless it comes from a page ("/bazaar/…")."""
        address = path if path.startswith(f"/{BAZAAR}") else f"/{BAZAAR}{path}"
        sent = {"user-agent": self.user_agent, "cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        asked = self.client.request(
            method, self.sandbox.url + address, data=body or None, headers=sent, allow_redirects=False
        )
        async with asked as told:
            fresh = {}
            for line in told.headers.getall("set-cookie", []):
                fresh |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            self.cookies |= fresh
            return Seen(told.status, told.headers, await told.text(), fresh)

    async def open(self, path: str = "/cabinet") -> Seen:
        return await self.ask("GET", path, accept="text/html")

    async def call(self, path: str = "/cabinet/api/answer", method: str = "POST") -> Seen:
        return await self.ask(method, path, b"{}", content_type="application/json", accept="application/json")

    async def report(self, challenge: str, **findings: object) -> Seen:
        body = json.dumps({**HUMAN, "challenge": challenge, **findings}).encode()
        return await self.ask("POST", "/cabinet/__gate/clearance", body, content_type="application/json")

    async def pass_the_antibot(self) -> None:
        page = await self.open()
        assert (await self.report(page.value("challenge"))).status == 204

    async def submit(self, step: str, **typed: str) -> Seen:
        body = urlencode(typed).encode()
        headers = {"content_type": "application/x-www-form-urlencoded"}
        return await self.ask("POST", f"/cabinet/__gate/{step}", body, **headers)

    async def sign_in(self, account: str, after: str = "") -> Seen:
        login = self.sandbox.gates[BAZAAR].login(account)
        return await self.submit("sign-in", login=login.login, password=login.password, next=after)

    def without_clearance(self) -> dict[str, str]:
        return {name: value for name, value in self.cookies.items() if name in COOKIES}
