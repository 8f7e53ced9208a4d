"""One seller of the Ozon replica, called without a network, through the API and through the cabinet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from feedback_service.platforms.ozon.replica import OzonReplica
from feedback_service.platforms.ozon.replica.items import Item
from feedback_service.ports.replica import (
    Imposed,
    LedgerEntry,
    ReplicaRequest,
    ReplicaResponse,
    SandboxAccount,
    SandboxCustomer,
)
from tests.support.sandbox import NOON, Told

FREE: dict[str, object] = {"rate": 1e6, "burst": 1_000_000}


@dataclass
class OzonShop:
    """Nothing limits it unless asked; `at` is moved by hand."""

    replica: OzonReplica = field(default_factory=OzonReplica)
    key: str = "shop"
    options: dict[str, object] = field(default_factory=dict)
    at: float = NOON.timestamp()

    def __post_init__(self) -> None:
        self.reopen({**FREE, **self.options})

    def reopen(self, options: Mapping[str, object]) -> None:
        self.credentials = dict(self.replica.register(SandboxAccount(self.key, options), self.at))

    def review(self, text: str = "Хорошая кружка", age: float = 60, **fields: Any) -> str:
        customer = SandboxCustomer("review", self.at - age, text, **{"rating": 5, "product": "Кружка", **fields})
        return self.replica.add(self.key, customer)

    def question(self, text: str = "Можно мыть в машине?", age: float = 60, **fields: Any) -> str:
        return self.replica.add(
            self.key, SandboxCustomer("question", self.at - age, text, **{"product": "Кружка", **fields})
        )

    def ask(self, path: str, body: object = None, **more: Any) -> Told:
        """One call of the API; `headers` changes some headers, `raw` replaces the body, `imposed` adds faults."""
        keys = {"client-id": self.credentials["client_id"], "api-key": self.credentials["api_key"]}
        return self._told(path, body, {**more, "usual": keys})

    def click(self, path: str, body: Mapping[str, object] | None = None, **more: Any) -> Told:
        """One JSON call of the cabinet, as its own page makes it; `path` without "/cabinet/api/"."""
        questions = "question" in path or "answer" in path
        company = self.credentials["company_id"]
        headers = {
            "x-o3-company-id": company,
            "x-o3-app-name": "seller-ui",
            "x-o3-language": "ru",
            "x-o3-page-type": "questions" if questions else "review",
        }
        named = {"sc_company_id" if questions else "company_id": company, "company_type": "seller"}
        return self._told(
            f"/cabinet/api/{path}", {**named, **(body or {})}, {"signed_in": self.key, **more, "usual": headers}
        )

    def look(self, path: str, signed_in: str | None = "shop") -> ReplicaResponse:
        """A page of the cabinet."""
        return self.replica.respond(ReplicaRequest("GET", path, self.at, signed_in=signed_in))

    def comment(self, review: str, text: str = "Спасибо за отзыв!", **more: Any) -> Told:
        return self.ask("/v1/review/comment/create", {"review_id": review, "text": text}, **more)

    def answer(self, question: str, text: str = "Да, можно", **more: Any) -> Told:
        body = {"question_id": question, "sku": self.sku(question), "text": text}
        return self.ask("/v1/question/answer/create", body, **more)

    def comments(self, review: str) -> Any:
        return self.ask("/v1/review/comment/list", {"review_id": review, "limit": 20}).document["comments"]

    def answers(self, question: str) -> Any:
        body = {"question_id": question, "sku": self.sku(question)}
        return self.ask("/v1/question/answer/list", body).document["answers"]

    def read(self, review: str) -> Any:
        return self.ask("/v2/review/info", {"review_id": review}).document

    def read_question(self, question: str) -> Any:
        return self.ask("/v1/question/info", {"question_id": question}).document

    def sku(self, item: str) -> int:
        return Item(item, self.entry(item).customer).sku

    def entry(self, item: str) -> LedgerEntry:
        return next(one for one in self.replica.ledger(self.at).entries if one.item == item)

    def effects(self, item: str) -> list[str]:
        return [write.effect for write in self.entry(item).writes]

    def _told(self, path: str, body: object, more: Mapping[str, Any]) -> Told:
        sent = {"content-type": "application/json", **more["usual"], **more.get("headers", {})}
        request = ReplicaRequest(
            more.get("method", "POST"),
            path,
            self.at,
            headers={name: value for name, value in sent.items() if value is not None},
            body=more.get("raw", b"" if body is None else json.dumps(body).encode()),
            imposed=tuple(Imposed(kind, options) for kind, options in more.get("imposed", {}).items()),
            signed_in=more.get("signed_in"),
        )
        response = self.replica.respond(request)
        is_json = response.headers.get("content-type") == "application/json" and response.body
        return Told(response.status, response.headers, json.loads(response.body) if is_json else response.body)
