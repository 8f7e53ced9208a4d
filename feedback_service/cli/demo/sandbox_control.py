"""Speaks to a running sandbox: opens accounts, lets customers write, plays faults, reads the ledger."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from feedback_service.ports.replica import SandboxCustomer

SECONDS = 30.0
DAY = 86_400.0
PAGE = 500
"""Customers per call."""


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """An account on the sandbox; `cabinet_url` is empty where its platform has no cabinet."""

    platform: str
    key: str
    base_url: str
    credentials: Mapping[str, str]
    cabinet_url: str = ""


@dataclass(frozen=True, slots=True)
class SandboxControl:
    url: str

    def open(self, platform: str, key: str, options: Mapping[str, object]) -> OpenedAccount:
        """Open an account named `key` on the platform."""
        answer = self._call("POST", "accounts", [{"platform": platform, "key": key, "options": dict(options)}])
        opened = answer["accounts"][0]
        wanted = {name: opened[name] for name in OpenedAccount.__slots__ if name in opened}
        return OpenedAccount(**wanted)

    def sign_in(self, platform: str, account: str, lasts: float = DAY) -> list[dict[str, Any]]:
        """Cookies that sign a browser in to the account's cabinet for `lasts` seconds, as an extension exports them."""
        body = {"platform": platform, "account": account, "lasts": lasts}
        cookies: list[dict[str, Any]] = self._call("POST", "sessions", body)["cookies"]
        return cookies

    def pubsub(self) -> str:
        """Where the sandbox's Pub/Sub emulator listens, as host:port; empty where it has none."""
        return str(self._call("GET", "").get("pubsub") or "")

    def write(self, platform: str, account: str, customers: Sequence[SandboxCustomer]) -> list[str]:
        """Let customers write; returns the items' ids in the same order."""
        items: list[str] = []
        for start in range(0, len(customers), PAGE):
            page = customers[start : start + PAGE]
            body = [{"platform": platform, "account": account, **asdict(customer)} for customer in page]
            items += self._call("POST", "customers", body)["items"]
        return items

    def play(self, *faults: Mapping[str, object]) -> None:
        """Plan faults."""
        self._call("POST", "faults", [dict(fault) for fault in faults])

    def ledger(self, *, entries: bool = True) -> dict[str, Any]:
        """What the platforms saw: {"summary": …, "entries": […], "unknown_writes": […]}."""
        return self._call("GET", "ledger" if entries else "ledger?entries=false")

    def requests(self, platform: str, account: str) -> list[dict[str, Any]]:
        """The account's requests that the sandbox remembers, oldest first; `at` is epoch seconds."""
        seen: list[dict[str, Any]] = self._call("GET", f"requests?platform={platform}&account={account}")["requests"]
        return seen

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310  the sandbox's own http address on this machine
            f"{self.url}/_sandbox/{path}".rstrip("/"),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found
