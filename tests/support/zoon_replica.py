"""A short way to call the Zoon replica without a network: one owner, the organisations, their customers."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from bs4 import BeautifulSoup, Tag

from feedback_service.platforms.zoon.replica import ZoonReplica
from feedback_service.ports.replica import (
    Imposed,
    LedgerEntry,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)
from tests.support.sandbox import NOON

FORM = "application/x-www-form-urlencoded"
LIST = {"area": "service", "action": "CommentList", "owner[]": "organization", "limit": "102", "skip": "0"}


def soup(markup: str) -> BeautifulSoup:
    return BeautifulSoup(markup, "html.parser")


def unveiled(listed: str) -> list[Tag]:
    """The items of a list in their order, scripted ones read out of their scripts."""
    items: list[Tag] = []
    for one in soup(listed).find_all(["li", "script"], recursive=False):
        if one.name == "li":
            items.append(one)
            continue
        for veiled in str(one.string).split('"')[1::2]:
            plain = veiled.replace("A", "@").replace("=", "A").replace("@", "=")
            items.extend(soup(base64.b64decode(plain, validate=True).decode()).find_all("li", recursive=False))
    return items


@dataclass
class Cafe:
    """One owner who is signed in to the cabinet."""

    options: Mapping[str, object] = field(default_factory=dict)
    replica: ZoonReplica = field(default_factory=ZoonReplica)
    key: str = "pekarnya"
    at: float = NOON.timestamp()

    def __post_init__(self) -> None:
        self.reopen(**self.options)

    def reopen(self, **options: object) -> None:
        self.credentials = self.replica.register(SandboxAccount(self.key, options), self.at)

    @property
    def organization_ids(self) -> list[str]:
        return [one for one in self.credentials["organization_ids"].split(",") if one]

    @property
    def organization(self) -> str:
        return self.organization_ids[0]

    def review(self, text: str = "Хлеб тёплый, очередь длинная", age: float = 60, **more: Any) -> str:
        fields = {"rating": 4, "author": "Аглая Тестова", **more}
        return self.replica.add(self.key, SandboxCustomer("review", self.at - age, text, **fields))

    def ask(self, method: str, path: str, query: Mapping[str, str] | None = None, **more: Any) -> ReplicaResponse:
        """One request; `imposed` adds faults."""
        faults = tuple(Imposed(kind, options) for kind, options in more.get("imposed", {}).items())
        signed_in = more.get("signed_in", self.key) if path.startswith("/cabinet") else None
        headers, body = more.get("headers", {}), more.get("body", b"")
        return self.replica.respond(
            ReplicaRequest(method, path, self.at, query or {}, headers, body, faults, signed_in)
        )

    def listing(self, organization: str = "", **query: object) -> str:
        """What `list` holds."""
        asked = {**LIST, "organization": organization or self.organization, **{n: str(v) for n, v in query.items()}}
        answered = self.ask("GET", "/js.php", asked)
        assert answered.status == 200
        return str(json.loads(answered.body)["list"])

    def items(self, organization: str = "", **query: object) -> list[Tag]:
        return unveiled(self.listing(organization, **query))

    def page(self) -> BeautifulSoup:
        """The organisation's page."""
        answered = self.ask("GET", self.replica.page_of(self.key) + "reviews/")
        assert answered.status == 200
        return soup(answered.body.decode())

    def cabinet(self, number: int = 1, organization: str = "") -> BeautifulSoup:
        path = f"/cabinet/organizations/{organization or self.organization}/reviews"
        answered = self.ask("GET", path, {"page": str(number)})
        assert answered.status == 200
        return soup(answered.body.decode())

    def card(self, item: str) -> Tag:
        """A review on the first page of the cabinet."""
        found = self.cabinet().select_one(f'article.review[data-id="{item}"]')
        assert found is not None
        return found

    def send(self, form: Tag | None, text: str | None = None, **more: Any) -> ReplicaResponse:
        """Send a form as a browser does."""
        assert form is not None
        fields = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
        if text is not None:
            fields["text"] = text.replace("\n", "\r\n")
        path = urlsplit(str(form["action"])).path.removeprefix("/zoon")
        body = urlencode(fields, errors="replace").encode()
        return self.ask("POST", path, **{"headers": {"content-type": FORM}, "body": body, **more})

    def answer(self, item: str, text: str = "Спасибо, ждём снова!", **more: Any) -> ReplicaResponse:
        return self.send(self.card(item).select_one("form.reply"), text, **more)

    def follow(self, moved: ReplicaResponse) -> BeautifulSoup:
        """The page that a form leads to."""
        assert moved.status == 303
        target = urlsplit(moved.headers["location"])
        answered = self.ask("GET", target.path.removeprefix("/zoon"), dict(parse_qsl(target.query)))
        return soup(answered.body.decode())

    def entry(self, item: str) -> LedgerEntry:
        return next(one for one in self.replica.ledger(self.at).entries if one.item == item)

    def effects(self, item: str) -> list[str]:
        return [write.effect for write in self.entry(item).writes]


def shown(response: ReplicaResponse) -> str:
    """The words of a page that is none."""
    problem = soup(response.body.decode()).select_one("main[data-view=problem] .problem")
    assert problem is not None
    return problem.text


def texts(root: Tag, selector: str) -> list[str]:
    return [one.text for one in root.select(selector)]
