"""A page of Ozon's cabinet in memory: its calls reach the replica, its looks are told by the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from feedback_service.domain.errors import InDoubt, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.platforms.ozon.replica import OzonReplica
from feedback_service.ports.browser import Page, PageAnswer, PageCall
from feedback_service.ports.replica import Imposed, ReplicaRequest, SandboxAccount, SandboxCustomer
from tests.support.sandbox import HandClock

T = TypeVar("T")

SITE = "https://cabinet.example/cabinet"
SHOP = "shop"
Canned = tuple[int, object]


@dataclass
class FakePage:
    """Fulfils `Page`.

    `canned` answers a path instead of the replica; `impose` names faults of the replica; `shows` are the selectors of
    which an element is there; `on_click` runs instead of a click. A selector that is not shown fails a wait, which is
    InDoubt once a write has begun, as the port says.
    """

    replica: OzonReplica
    clock: HandClock
    canned: dict[str, Canned] = field(default_factory=dict)
    impose: tuple[Imposed, ...] = ()
    shows: set[str] = field(default_factory=lambda: {"#app"})
    table: Sequence[Mapping[str, str]] = ()
    on_click: Callable[[FakePage, str], None] = lambda page, selector: None
    asked: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    filled: dict[str, str] = field(default_factory=dict)
    writing: bool = False
    url: str = "about:blank"

    def open(self, url: str) -> None:
        self.url = url
        self.opened.append(url)

    def fetch(self, call: PageCall) -> PageAnswer:
        path = urlsplit(call.path).path.removeprefix("/cabinet")
        self.asked.append((path, json.loads(json.dumps(call.json))))
        if path in self.canned:
            status, document = self.canned[path]
            text = document if isinstance(document, str) else json.dumps(document)
            return PageAnswer(call, status, call.path, text)
        return self._from_replica(call)

    def _from_replica(self, call: PageCall) -> PageAnswer:
        request = ReplicaRequest(
            call.method,
            urlsplit(call.path).path,
            self.clock.now().timestamp(),
            headers={"content-type": "application/json", **call.headers},
            body=json.dumps(call.json).encode(),
            imposed=self.impose,
            signed_in=SHOP,
        )
        response = self.replica.respond(request)
        return PageAnswer(call, response.status, call.path, response.body.decode())

    def wait_for(self, marks: Mapping[str, str], seconds: float | None = None) -> str:
        for name, selector in marks.items():
            if selector in self.shows:
                return name
        raise self._lost(f"none of {', '.join(marks)} is there")

    def has(self, selector: str) -> bool:
        return selector in self.shows

    def rows(self, selector: str, fields: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
        return [{name: row.get(name, "") for name in fields} for row in self.table]

    def fill(self, selector: str, text: str) -> None:
        self.filled[selector] = text

    def click(self, selector: str) -> bool:
        self.on_click(self, selector)
        return False

    def write_begins(self) -> None:
        self.writing = True

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def _lost(self, what: str) -> Exception:
        return InDoubt(what) if self.writing else Retryable(what)


@dataclass
class FakeBrowser:
    """Fulfils `Browser` with one page."""

    page: FakePage

    async def run(self, script: Callable[[Page], T], seconds: float) -> T:
        self.page.writing = False
        return script(self.page)

    async def close(self) -> None:
        return None


@dataclass
class Shop:
    """A seller of the replica with a browser in its cabinet."""

    clock: HandClock = field(default_factory=HandClock)
    replica: OzonReplica = field(default_factory=OzonReplica)
    options: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        account = SandboxAccount(SHOP, {"rate": 1e6, "burst": 1_000_000, **self.options})
        self.credentials = self.replica.register(account, self.clock.now().timestamp())
        self.page = FakePage(self.replica, self.clock)
        self.browser = FakeBrowser(self.page)

    def customer(self, kind: Kind, text: str = "Крышка тугая", age: float = 3600) -> str:
        at = self.clock.now().timestamp() - age
        rating = 4 if kind is Kind.REVIEW else None
        return self.replica.add(SHOP, SandboxCustomer(kind.value, at, text, rating=rating, author="Аглая"))
