"""A sandbox in the test's own loop, a clock moved by hand, and a short way to call the Wildberries replica."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from feedback_service.platforms.wildberries.replica import WildberriesReplica
from feedback_service.ports.replica import Imposed, ReplicaRequest, SandboxAccount, SandboxCustomer

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class HandClock:
    """The `Clock` port; time passes only by `advance` or by sleeping, which returns at once."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Told:
    """A response with its JSON read."""

    status: int
    headers: Mapping[str, str]
    document: Any


@dataclass
class Shop:
    """One seller of the Wildberries replica, called without a network; nothing limits it unless asked."""

    replica: WildberriesReplica = field(default_factory=WildberriesReplica)
    key: str = "shop"
    options: dict[str, object] = field(default_factory=lambda: {"rate": 1e6, "burst": 1_000_000})
    at: float = NOON.timestamp()

    def __post_init__(self) -> None:
        self.token = self.replica.register(SandboxAccount(self.key, self.options), self.at)["token"]

    def review(self, text: str = "Хорошая кружка", age: float = 60, **fields: Any) -> str:
        customer = SandboxCustomer("review", self.at - age, text, **{"rating": 5, **fields})
        return self.replica.add(self.key, customer)

    def question(self, text: str = "Можно мыть в машине?", age: float = 60, **fields: Any) -> str:
        return self.replica.add(self.key, SandboxCustomer("question", self.at - age, text, **fields))

    def ask(
        self, method: str, path: str, query: Mapping[str, object] | None = None, body: object = None, **more: Any
    ) -> Told:
        """One request; `headers` replaces the usual ones, `raw` the JSON body, `imposed` adds faults."""
        headers = more.get("headers", {"authorization": self.token, "content-type": "application/json"})
        raw = more.get("raw", json.dumps(body).encode() if body is not None else b"")
        imposed = tuple(Imposed(kind, options) for kind, options in more.get("imposed", {}).items())
        texts = {name: str(value) for name, value in (query or {}).items()}
        response = self.replica.respond(
            ReplicaRequest(method, path, self.at, texts, headers, raw, imposed),
        )
        return Told(response.status, response.headers, json.loads(response.body) if response.body else None)

    def answer(self, item: str, text: str = "Спасибо за отзыв!", **more: Any) -> Told:
        return self.ask("POST", "/api/v1/feedbacks/answer", body={"id": item, "text": text}, **more)

    def edit(self, item: str, text: str = "Спасибо вам!") -> Told:
        return self.ask("PATCH", "/api/v1/feedbacks/answer", body={"id": item, "text": text})

    def reply(self, item: str, text: str = "Да, можно", state: str = "wbRu") -> Told:
        body = {"id": item, "answer": {"text": text}, "state": state}
        return self.ask("PATCH", "/api/v1/questions", body=body)

    def read(self, item: str) -> Any:
        return self.ask("GET", "/api/v1/feedback", {"id": item}).document["data"]

    def read_question(self, item: str) -> Any:
        return self.ask("GET", "/api/v1/question", {"id": item}).document["data"]

    def reviews(self, answered: bool = False, **query: object) -> Any:
        asked = {"isAnswered": str(answered).lower(), "take": 100, "skip": 0, **query}
        return self.ask("GET", "/api/v1/feedbacks", asked).document["data"]

    def ids(self, answered: bool = False, **query: object) -> list[str]:
        return [one["id"] for one in self.reviews(answered, **query)["feedbacks"]]

    def entry(self, item: str) -> Any:
        return next(one for one in self.replica.ledger(self.at).entries if one.item == item)
