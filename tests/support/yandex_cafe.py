"""One login of the Yandex Business replica, signed in and called without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from feedback_service.platforms.yandex_business.replica import YandexBusinessReplica
from feedback_service.ports.replica import (
    CustomerEdit,
    Imposed,
    LedgerEntry,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)
from tests.support.sandbox import NOON

DAY = 86_400.0
ANSWER = "/sprav/api/ugcpub/business-answer"
CSRF = "/sprav/api/view/chain/0/list/"


def document_of(response: ReplicaResponse) -> Any:
    assert response.headers["content-type"].startswith("application/json"), response
    return json.loads(response.body)


@dataclass
class YandexCafe:
    """Time stands still unless `at` is moved; `cookies` and `csrf` are what a browser would hold."""

    replica: YandexBusinessReplica = field(default_factory=YandexBusinessReplica)
    key: str = "cafe"
    options: dict[str, object] = field(default_factory=dict)
    at: float = NOON.timestamp()

    def __post_init__(self) -> None:
        told = self.replica.register(SandboxAccount(self.key, self.options), self.at)["permanent_id"]
        self.homes = [int(one) for one in told.split(",") if one]
        self.cookies = {**self.replica.issue_session(self.key, self.at, DAY), "i": ""}
        self.csrf = document_of(self.ask("POST", CSRF))["csrf"]

    def review(self, text: str = "Вкусные блины", age: float = 60, **fields: Any) -> str:
        return self.replica.add(self.key, SandboxCustomer("review", self.at - age, text, **{"rating": 5, **fields}))

    def edit_customer(self, item: str, **changes: Any) -> None:
        self.replica.edit_customer(self.key, item, CustomerEdit(**changes))

    def ask(self, method: str, path: str, query: Mapping[str, object] | None = None, **more: Any) -> ReplicaResponse:
        """One request; `cookies` and `csrf` replace the usual ones, `raw` is a body, `imposed` adds faults."""
        cookies = "; ".join(f"{name}={value}" for name, value in more.get("cookies", self._cookies()).items())
        token = more.get("csrf", getattr(self, "csrf", None))
        headers = {"cookie": cookies, **({} if token is None else {"x-csrf-token": token})}
        imposed = tuple(Imposed(kind, options) for kind, options in more.get("imposed", {}).items())
        texts = {name: str(value) for name, value in (query or {}).items()}
        return self.replica.respond(
            ReplicaRequest(method, path, self.at, texts, headers, more.get("raw", b""), imposed)
        )

    def read(self, path: str, **query: object) -> Any:
        """The JSON of a call that succeeds."""
        response = self.ask("GET", path, query)
        assert response.status == 200, response
        return document_of(response)

    def listing(self, home: int | None = None, **query: object) -> Any:
        return self.read(f"/sprav/api/{home or self.homes[0]}/reviews", **query)

    def ids(self, home: int | None = None, **query: object) -> list[str]:
        return [one["id"] for one in self.listing(home, **query)["list"]["items"]]

    def unread(self, **query: object) -> Iterator[list[str]]:
        """The pages of the unread list, each read when it is asked for."""
        token: str | None = ""
        while token is not None:
            listed = self.listing(unread="true", continue_token=token, **query)["list"]
            yield [one["id"] for one in listed["items"]]
            token = listed["pager"].get("continue_token")

    def item(self, review: str) -> Any:
        """The review as one of the first twenty shows it."""
        return next(one for one in self.listing()["list"]["items"] if one["id"] == review)

    def form(self, review: str, text: str = "Спасибо!") -> dict[str, object]:
        """The body of an answer, with the tokens of a list read now."""
        listed = self.listing()["list"]
        item = next(one for one in listed["items"] if one["id"] == review)
        return {
            "reviewId": review,
            "text": text,
            "reviewsCsrfToken": listed["csrf_token"],
            "answerCsrfToken": item["business_answer_csrf_token"],
        }

    def send(self, form: object, **more: Any) -> ReplicaResponse:
        return self.ask("POST", ANSWER, raw=json.dumps(form).encode(), **more)

    def answer(self, review: str, text: str = "Спасибо!", **more: Any) -> ReplicaResponse:
        return self.send(self.form(review, text), **more)

    def entry(self, item: str) -> LedgerEntry:
        return next(one for one in self.replica.ledger(self.at).entries if one.item == item)

    def effects(self, item: str) -> list[str]:
        return [write.effect for write in self.entry(item).writes]

    def _cookies(self) -> Mapping[str, str]:
        return getattr(self, "cookies", {})
