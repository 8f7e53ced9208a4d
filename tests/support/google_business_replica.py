"""A short way to call the Google replica without a network: one person, what they manage, their customers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from feedback_service.platforms.google_business.replica import GoogleBusinessReplica
from feedback_service.ports.replica import Imposed, LedgerEntry, ReplicaRequest, SandboxAccount, SandboxCustomer
from tests.support.sandbox import NOON, Told

FORM = "application/x-www-form-urlencoded"


@dataclass
class Profile:
    """One account that is signed in; its token goes with every call."""

    options: Mapping[str, object] = field(default_factory=dict)
    replica: GoogleBusinessReplica = field(default_factory=GoogleBusinessReplica)
    key: str = "bulochnaya"
    at: float = NOON.timestamp()

    def __post_init__(self) -> None:
        self.reopen(**self.options)
        self.token = self.refresh().document["access_token"]

    def reopen(self, **options: object) -> None:
        self.credentials = self.replica.register(SandboxAccount(self.key, options), self.at)

    def review(self, text: str = "Хлеб тёплый, очередь длинная", age: float = 60, **more: Any) -> str:
        fields = {"rating": 4, "author": "Аглая Тестова", **more}
        return self.replica.add(self.key, SandboxCustomer("review", self.at - age, text, **fields))

    def refresh(self, imposed: Mapping[str, Mapping[str, object]] | None = None, **changes: str | None) -> Told:
        """A call of the token endpoint; None leaves a field out."""
        fields = {"grant_type": "refresh_token", **self.credentials, **changes}
        raw = urlencode({name: value for name, value in fields.items() if value is not None}).encode()
        return self.ask("POST", "/token", headers={"content-type": FORM}, raw=raw, imposed=imposed or {})

    def ask(self, method: str, path: str, query: Mapping[str, object] | None = None, **more: Any) -> Told:
        """One call; `body` is JSON, `raw` bytes, `imposed` adds faults, `headers` replaces the token's."""
        headers = more.get("headers", {"authorization": f"Bearer {getattr(self, 'token', '')}"})
        raw = more.get("raw", json.dumps(more["body"]).encode() if "body" in more else b"")
        faults = tuple(Imposed(kind, options) for kind, options in more.get("imposed", {}).items())
        texts = {name: str(value) for name, value in (query or {}).items()}
        answered = self.replica.respond(ReplicaRequest(method, path, self.at, texts, headers, raw, faults))
        is_json = answered.headers["content-type"].startswith("application/json")
        document = json.loads(answered.body) if answered.body and is_json else answered.body.decode()
        return Told(answered.status, answered.headers, document)

    def groups(self) -> list[str]:
        return [one["name"] for one in self.ask("GET", "/v1/accounts").document.get("accounts", [])]

    def locations(self, group: str | None = None, mask: str = "name,metadata") -> list[Any]:
        """All pages of one account's locations."""
        asked: dict[str, object] = {"readMask": mask, "pageSize": 100}
        found: list[Any] = []
        while True:
            page = self.ask("GET", f"/v1/{group or self.groups()[0]}/locations", asked).document
            found += page.get("locations", [])
            if "nextPageToken" not in page:
                return found
            asked["pageToken"] = page["nextPageToken"]

    def parents(self, group: str | None = None, *, verified: bool = True) -> list[str]:
        """Names that v4 takes."""
        group = group or self.groups()[0]
        return [
            f"{group}/{one['name']}"
            for one in self.locations(group)
            if one["metadata"].get("hasVoiceOfMerchant", False) is verified
        ]

    def listed(self, parent: str | None = None, **query: object) -> Told:
        return self.ask("GET", f"/v4/{parent or self.parents()[0]}/reviews", query)

    def names(self, parent: str | None = None, **query: object) -> list[str]:
        return [one["name"] for one in self.listed(parent, **query).document.get("reviews", [])]

    def batch(self, parents: list[str], **body: object) -> Told:
        group = "/".join(parents[0].split("/")[:2])
        return self.ask("POST", f"/v4/{group}/locations:batchGetReviews", body={"locationNames": parents, **body})

    def told(self, name: str) -> Told:
        return self.ask("GET", f"/v4/{name}")

    def read(self, name: str) -> Any:
        return self.told(name).document

    def answer(self, name: str, text: object = "Спасибо, ждём снова!", **more: Any) -> Told:
        return self.ask("PUT", f"/v4/{name}/reply", **{"body": {"comment": text}, **more})

    def delete(self, name: str) -> Told:
        return self.ask("DELETE", f"/v4/{name}/reply")

    def entry(self, name: str) -> LedgerEntry:
        return next(one for one in self.replica.ledger(self.at).entries if one.item == name)

    def effects(self, name: str) -> list[str]:
        return [write.effect for write in self.entry(name).writes]


def error(told: Told) -> tuple[int, str]:
    """Code and status of an error's body; the code repeats the response's."""
    assert told.document["error"]["code"] == told.status
    return told.status, str(told.document["error"]["status"])


def reason(told: Told) -> Any:
    """The detail of an error that gives its reason."""
    return next(one for one in told.document["error"]["details"] if "reason" in one)
