"""A short way to use the Flamp replica without a network: one company, its visitors, its representative's browser."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from bs4 import BeautifulSoup

from feedback_service.platforms.flamp.replica import FlampReplica
from feedback_service.ports.replica import (
    Imposed,
    LedgerEntry,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)
from tests.support.sandbox import NOON, Told

DEEP = ';q=1;depth=1;scopes={"user":{"fields":"id,name"},"official_answer":{},"photos":{}};application/json'
FORM = "application/x-www-form-urlencoded"


@dataclass
class Shown:
    """One page as a browser would have it."""

    response: ReplicaResponse

    def __post_init__(self) -> None:
        assert self.response.headers["content-type"] == "text/html; charset=utf-8"
        self.soup = BeautifulSoup(self.response.body, "html.parser")

    @property
    def status(self) -> int:
        return self.response.status

    def text(self, selector: str) -> str:
        found = self.soup.select_one(selector)
        return "" if found is None else found.get_text().removeprefix("\n")

    def each(self, selector: str, attribute: str) -> Sequence[str]:
        return [str(one[attribute]) for one in self.soup.select(selector)]

    def fields(self, form: str) -> dict[str, str]:
        return {str(one["name"]): str(one["value"]) for one in self.soup.select(f"{form} input[type=hidden]")}


@dataclass
class Firm:
    """One company; `word` is the token that its visitors have from a page."""

    options: Mapping[str, object] = field(default_factory=dict)
    replica: FlampReplica = field(default_factory=FlampReplica)
    key: str = "pekarnya"
    at: float = NOON.timestamp()

    def __post_init__(self) -> None:
        self.reopen(**self.options)
        self.word = self.token() if self.filials else ""

    def reopen(self, **options: object) -> None:
        self.credentials = self.replica.register(SandboxAccount(self.key, options), self.at)

    @property
    def filials(self) -> list[str]:
        return [one for one in self.credentials["filial_ids"].split(",") if one]

    @property
    def filial(self) -> str:
        return self.filials[0]

    def review(self, text: str = "Хлеб тёплый, очередь длинная", age: float = 60, **more: Any) -> str:
        fields = {"rating": 4, "author": "Аглая", **more}
        return self.replica.add(self.key, SandboxCustomer("review", self.at - age, text, **fields))

    def visit(self, path: str | None = None, **more: Any) -> ReplicaResponse:
        """A visitor's request for a public page; a redirect is not followed."""
        parts = urlsplit(path or f"/firm/{self.filial}/")
        return self._ask("GET", parts.path, dict(parse_qsl(parts.query)), **more)

    def hops(self, most: int = 9) -> list[ReplicaResponse]:
        """The filial's page with the redirects before it."""
        seen = [self.visit()]
        while seen[-1].status == 302 and len(seen) < most:
            seen.append(self.visit(seen[-1].headers["location"].removeprefix("/flamp")))
        return seen

    def token(self) -> str:
        words = [one.headers["set-cookie"] for one in self.hops() if "set-cookie" in one.headers]
        return words[-1].partition("=")[2].partition(";")[0]

    def read(self, path: str = "", accept: str = DEEP, **more: Any) -> Told:
        """A call of the API; `query`, `imposed`, and `headers` instead of the token's."""
        headers = more.get("headers", {"authorization": f"Bearer {self.word}"})
        where = path or f"/api/2.0/filials/{self.filial}/reviews"
        query = {name: str(value) for name, value in more.get("query", {"limit": 50}).items()}
        told = self._ask("GET", where, query, headers={"accept": accept, **headers}, imposed=more.get("imposed"))
        return Told(told.status, told.headers, json.loads(told.body))

    def reviews(self, **more: Any) -> list[Any]:
        """What the API shows, without the stub."""
        return [one for one in self.read(**more).document["reviews"] if one["id"] != 2]

    def page(self, path: str = "", **more: Any) -> Shown:
        """A page of the cabinet."""
        return Shown(self._ask("GET", f"/cabinet{path}", signed_in=self.key, **more))

    def send(self, item: str, fields: Mapping[str, str], **more: Any) -> ReplicaResponse:
        """A form to a review's page; `media` and `body` instead of a form's."""
        headers = {"content-type": more.pop("media", FORM)}
        body = more.pop("body", urlencode(fields, errors="surrogatepass").encode())
        return self._ask("POST", f"/cabinet/r/{item}", headers=headers, signed_in=self.key, body=body, **more)

    def answer(self, item: str, text: str = "Спасибо, ждём снова!", **more: Any) -> ReplicaResponse:
        """Open the review's page, fill the form, send it."""
        return self.send(item, {**self.page(f"/r/{item}").fields("form.reply"), "text": text}, **more)

    def delete(self, item: str, answer: object, **more: Any) -> ReplicaResponse:
        """Send the form that deletes one answer."""
        fields = self.page(f"/r/{item}").fields(f'.official-answer[data-id="{answer}"] form.delete')
        return self.send(item, fields, **more)

    def states(self, item: str) -> Sequence[str]:
        return self.page(f"/r/{item}").each(".answers .official-answer", "data-state")

    def entry(self, item: str) -> LedgerEntry:
        return next(one for one in self.replica.ledger(self.at).entries if one.item == item)

    def effects(self, item: str) -> list[str]:
        return [write.effect for write in self.entry(item).writes]

    def _ask(self, method: str, path: str, query: Mapping[str, str] | None = None, **more: Any) -> ReplicaResponse:
        imposed = tuple(Imposed(kind, options) for kind, options in (more.pop("imposed", None) or {}).items())
        return self.replica.respond(ReplicaRequest(method, path, self.at, query or {}, imposed=imposed, **more))
