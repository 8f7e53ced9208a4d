"""One cabinet of the Yandex.Market replica, called without a network, through its API and through its pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from feedback_service.platforms.yandex_market.replica import YandexMarketReplica
from feedback_service.ports.replica import (
    CustomerEdit,
    Imposed,
    LedgerEntry,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)
from tests.support.sandbox import NOON, Told

FORM = "application/x-www-form-urlencoded"
DAY = 86_400.0


@dataclass
class YandexShop:
    """`ask` calls the API, `open` and `send` the cabinet; time stands still unless `at` is moved."""

    replica: YandexMarketReplica = field(default_factory=YandexMarketReplica)
    key: str = "shop"
    options: dict[str, object] = field(default_factory=dict)
    at: float = NOON.timestamp()

    def __post_init__(self) -> None:
        self.credentials = dict(self.replica.register(SandboxAccount(self.key, self.options), self.at))

    @property
    def business(self) -> str:
        return self.credentials["business_id"]

    def review(self, text: str = "Хорошая кружка", age: float = 60, **fields: Any) -> int:
        customer = SandboxCustomer("review", self.at - age, text, **{"rating": 5, **fields})
        return int(self.replica.add(self.key, customer))

    def question(self, text: str = "Можно мыть в машине?", age: float = 60, **fields: Any) -> int:
        return int(self.replica.add(self.key, SandboxCustomer("question", self.at - age, text, **fields)))

    def supplement(self, item: int, text: str = "А где ответ?") -> int:
        customer = SandboxCustomer("review", self.at, text, author="Вера", supplement_of=str(item))
        return int(self.replica.add(self.key, customer))

    def edit_customer(self, item: int, **changes: Any) -> None:
        self.replica.edit_customer(self.key, str(item), CustomerEdit(**changes))

    def ask(self, path: str, body: object = None, method: str = "POST", **more: Any) -> Told:
        """One call of the API; `headers` replaces the usual ones, `raw` the body, `imposed` adds faults."""
        headers = more.get("headers", {"api-key": self.credentials["api_key"], "content-type": "application/json"})
        raw = more.get("raw", b"" if body is None else json.dumps(body).encode())
        imposed = tuple(Imposed(kind, options) for kind, options in more.get("imposed", {}).items())
        query = {name: str(value) for name, value in more.get("query", {}).items()}
        response = self.replica.respond(ReplicaRequest(method, path, self.at, query, headers, raw, imposed))
        return Told(response.status, response.headers, json.loads(response.body) if response.body else None)

    def of(self, resource: str, body: object = None, **more: Any) -> Told:
        """A call below this cabinet, for example `goods-feedback/comments`."""
        version = "v1" if resource.startswith("goods-questions") else "v2"
        return self.ask(f"/{version}/businesses/{self.business}/{resource}", body, **more)

    def comment(self, review: int, text: str = "Спасибо за отзыв!", *, body: Any = None, **more: Any) -> Told:
        said = {"text": text, **(body or {})}
        return self.of("goods-feedback/comments/update", {"feedbackId": review, "comment": said}, **more)

    def delete(self, comment: int) -> Told:
        return self.of("goods-feedback/comments/delete", {"id": comment})

    def reviews(self, body: object = None, **query: object) -> list[dict[str, Any]]:
        told = self.of("goods-feedback", body, query=query)
        found: list[dict[str, Any]] = told.document["result"]["feedbacks"]
        return found

    def read(self, review: int) -> dict[str, Any]:
        return self.reviews({"feedbackIds": [review]})[0]

    def comments(self, review: int) -> list[dict[str, Any]]:
        told = self.of("goods-feedback/comments", {"feedbackId": review})
        found: list[dict[str, Any]] = told.document["result"]["comments"]
        return found

    def questions(self, **body: object) -> list[int]:
        told = self.of("goods-questions", body)
        return [one["questionIdentifiers"]["id"] for one in told.document["result"]["questions"]]

    def answer(self, question: int, text: str = "Да, можно", kind: str = "QUESTION", **more: Any) -> Told:
        parent = {"id": question, "type": kind}
        body = {"operationType": "CREATE", "parentEntityId": parent, "text": text}
        return self.of("goods-questions/update", body, **more)

    def answers(self, question: int) -> list[dict[str, Any]]:
        told = self.of("goods-questions/answers", {"questionId": question})
        found: list[dict[str, Any]] = told.document["result"]["answers"]
        return found

    def change(self, operation: str, kind: str, number: int, **more: object) -> Told:
        body = {"operationType": operation, "entityId": {"id": number, "type": kind}, **more}
        return self.of("goods-questions/update", body)

    def entry(self, item: int) -> LedgerEntry:
        return next(one for one in self.replica.ledger(self.at).entries if one.item == str(item))

    def effects(self, item: int) -> list[str]:
        return [write.effect for write in self.entry(item).writes]

    def page(self, path: str, **more: Any) -> ReplicaResponse:
        """A page of the cabinet below this business, as its owner's browser gets it; `form` posts."""
        where = more.get("whole_path", f"/cabinet/business/{self.business}/{path}")
        imposed = tuple(Imposed(kind, options) for kind, options in more.get("imposed", {}).items())
        form: Mapping[str, str] | None = more.get("form")
        return self.replica.respond(
            ReplicaRequest(
                "GET" if form is None else "POST",
                where,
                self.at,
                more.get("query", {}),
                {"content-type": FORM} if form is not None else {},
                b"" if form is None else urlencode(form).encode(),
                imposed,
                signed_in=more.get("signed_in", self.key),
            )
        )

    def send(self, path: str, action: str = "reply", text: str = "Спасибо!", **more: Any) -> ReplicaResponse:
        """What the browser posts after it opened the item's page."""
        seal = re.findall(r'name="csrf" value="([^"]*)"', self.page(path).body.decode())[0]
        form = {"csrf": seal, "action": action, "comment_id": str(more.pop("comment", "")), "text": text}
        return self.page(path, form=form, **more)
