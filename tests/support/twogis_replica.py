"""A short way to call the 2GIS replica without a network: one account, its branches, its customers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from feedback_service.platforms.twogis.replica import TwoGisReplica
from feedback_service.ports.replica import Imposed, LedgerEntry, ReplicaRequest, SandboxAccount, SandboxCustomer
from tests.support.sandbox import NOON, Told

API = "/api/1.0"


@dataclass
class Place:
    """One account that is signed in; `token` goes with every call of the cabinet."""

    options: Mapping[str, object] = field(default_factory=dict)
    replica: TwoGisReplica = field(default_factory=TwoGisReplica)
    key: str = "pekarnya"
    at: float = NOON.timestamp()

    def __post_init__(self) -> None:
        self.reopen(**self.options)
        self.token = self.replica.issue_session(self.key, self.at, 10**6)["dg_session_token"]

    def reopen(self, **options: object) -> None:
        self.credentials = self.replica.register(SandboxAccount(self.key, options), self.at)

    @property
    def branch_ids(self) -> list[str]:
        return self.credentials["branch_ids"].split(",")

    @property
    def branch(self) -> str:
        return self.branch_ids[0]

    def review(self, text: str = "Хлеб тёплый, очередь длинная", age: float = 60, **more: Any) -> str:
        fields = {"rating": 4, "author": "Аглая Тестова", **more}
        return self.replica.add(self.key, SandboxCustomer("review", self.at - age, text, **fields))

    def ask(self, method: str, path: str, query: Mapping[str, object] | None = None, **more: Any) -> Told:
        """One call; `body` is JSON, `raw` bytes, `imposed` adds faults, `headers` replaces the token's."""
        headers = more.get("headers", {"authorization": f"Bearer {self.token}"})
        raw = more.get("raw", json.dumps(more["body"]).encode() if "body" in more else b"")
        faults = tuple(Imposed(kind, options) for kind, options in more.get("imposed", {}).items())
        texts = {name: str(value) for name, value in (query or {}).items()}
        answered = self.replica.respond(ReplicaRequest(method, path, self.at, texts, headers, raw, faults))
        return Told(answered.status, answered.headers, json.loads(answered.body))

    def sign_in(self, password: str | None = None, **more: Any) -> Told:
        body = {"login": self.credentials["login"], "password": password or self.credentials["password"]}
        return self.ask("POST", f"{API}/users/auth", body=body, headers={}, **more)

    def listed(self, branch: str | None = None, **query: object) -> Told:
        return self.ask("GET", f"{API}/presence/branch/{branch or self.branch}/reviews", query)

    def ids(self, branch: str | None = None, **query: object) -> list[str]:
        return [one["id"] for one in self.listed(branch, **query).document["result"]["items"]]

    def told(self, item: str) -> Told:
        return self.ask("GET", f"{API}/presence/reviews/{item}", {"catalog": "2gis"})

    def read(self, item: str) -> Any:
        return self.told(item).document["result"]

    def answer(self, item: str, text: str = "Спасибо, ждём снова!", official: object = False, **more: Any) -> Told:
        body = {"text": text, "catalog": "2gis", "isOfficialAnswer": official}
        return self.ask("POST", f"{API}/presence/reviews/{item}/comments", **{"body": body, **more})

    def comments(self, item: str) -> Any:
        asked = self.ask("GET", f"{API}/presence/reviews/{item}/comments", {"catalog": "2gis", "limit": 200})
        return asked.document["result"]["items"]

    def delete(self, item: str, comment: str, **query: str) -> Told:
        asked = query or {"catalog": "2gis", "type": "reply"}
        return self.ask("DELETE", f"{API}/presence/reviews/{item}/comments/{comment}", asked)

    def public(self, path: str | None = None, **query: object) -> Told:
        """A call with the page's key and without a token."""
        asked = {"key": self.credentials["reviews_key"], **query}
        return self.ask("GET", path or f"/2.0/branches/{self.branch}/reviews", asked, headers={"host": "127.0.0.1:9"})

    def entry(self, item: str) -> LedgerEntry:
        return next(one for one in self.replica.ledger(self.at).entries if one.item == item)

    def effects(self, item: str) -> list[str]:
        return [write.effect for write in self.entry(item).writes]


def message(told: Told) -> str:
    """What an error of the cabinet says; it repeats the status."""
    assert told.document["meta"]["code"] == told.status
    return str(told.document["meta"]["errors"][0]["message"])
