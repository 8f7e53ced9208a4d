"""A scripted chat-completions server, and the model adapter pointed at it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from feedback_service.domain.feedback import Feedback, FeedbackStatus, Item, Question, Review
from feedback_service.domain.identity import AccountId, FeedbackId, ItemId, PlatformKey, SupplierKey
from feedback_service.domain.length import TextLimit
from feedback_service.domain.supplier import Supplier, Voice
from feedback_service.llm import ModelConfig, OpenAIModel
from feedback_service.ports.language import Brief
from feedback_service.ports.storage import Charge
from tests.support.sandbox import NOON, HandClock

AT = datetime(2026, 3, 1, tzinfo=UTC)
KEY = "sk-canary-5f0c"
HANG_UP = "hang up"
SILENCE = "silence"


@dataclass
class CountingBudget:
    """Fulfils the port Budget: notes what is taken, and asks for the wait it was told to ask for."""

    wait: float = 0.0
    taken: list[tuple[str, float]] = field(default_factory=list)

    async def take(self, *charges: Charge) -> float:
        for charge in charges:
            assert 0 < charge.units <= charge.per_minute
            assert charge.burst >= charge.units
            self.taken.append((charge.name, charge.units))
        return self.wait


@dataclass
class ScriptedServer:
    """Plays its script, one entry for each request: a response, HANG_UP or SILENCE; the last entry repeats."""

    script: Sequence[web.Response | str]
    bodies: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    port: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        assert request.path == "/v1/chat/completions"
        self.bodies.append(await request.json())
        self.keys.append(request.headers.get("authorization", ""))
        entry = self.script[min(len(self.bodies), len(self.script)) - 1]
        if entry == SILENCE:
            await asyncio.Event().wait()
        if isinstance(entry, web.Response):
            headers = {name: value for name, value in entry.headers.items() if name.lower() != "content-length"}
            return web.Response(status=entry.status, body=entry.body, headers=headers)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    @property
    def documents(self) -> list[Any]:
        """The JSON documents of the user's messages."""
        return [json.loads(body["messages"][1]["content"]) for body in self.bodies]


@dataclass
class Bench:
    """The adapter under test with everything around it."""

    server: ScriptedServer
    model: OpenAIModel
    budget: CountingBudget
    clock: HandClock


def config(**changes: Any) -> ModelConfig:
    usual = ModelConfig(
        base_url="http://127.0.0.1:1/v1",
        api_key=KEY,
        classifier_model="gpt-4.1-mini",
        drafter_model="gpt-4.1",
        timeout_seconds=20,
    )
    return replace(usual, **changes)


@asynccontextmanager
async def bench(*script: web.Response | str, wait: float = 0.0, **changes: Any) -> AsyncIterator[Bench]:
    """The adapter against a server that plays the script."""
    server = ScriptedServer(script)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    budget, clock = CountingBudget(wait), HandClock(NOON)
    model = OpenAIModel(config(base_url=f"http://127.0.0.1:{server.port}/v1", **changes), budget, clock)
    try:
        yield Bench(server, model, budget, clock)
    finally:
        await model.close()
        await runner.cleanup()


def said(
    content: object, tokens: tuple[int, int] = (100, 10), headers: Mapping[str, str] | None = None
) -> web.Response:
    """A good completion; a content that is no text is sent as JSON."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return completed({"role": "assistant", "content": text}, "stop", tokens, headers)


def completed(
    message: Mapping[str, object],
    finish: str,
    tokens: tuple[int, int] = (100, 10),
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "whatever",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)},
    }
    return web.json_response(body, headers=headers)


def refused(status: int, headers: Mapping[str, str] | None = None, **error: object) -> web.Response:
    """An error of the API, in its own shape."""
    usual = {"message": "no", "type": "invalid_request_error", "param": None, "code": None}
    return web.json_response({"error": usual | error}, status=status, headers=headers)


def entry(key: str, **changes: object) -> dict[str, object]:
    """One usable entry of a classification."""
    usual: dict[str, object] = {
        "id": key,
        "sentiment": "positive",
        "topics": ["качество"],
        "language": "ru",
        "urgency": "normal",
        "needs_person": False,
    }
    return usual | changes


def feedback(number: int = 1, text: str = "Хороший чайник", **fields: Any) -> Feedback:
    return kept(number, Review(item_id=ItemId(f"r{number}"), created_at=AT, **{"rating": 5, "text": text, **fields}))


def question(number: int = 1, text: str = "Какой объём?") -> Feedback:
    return kept(number, Question(item_id=ItemId(f"q{number}"), created_at=AT, text=text))


def kept(number: int, item: Item) -> Feedback:
    return Feedback(
        id=FeedbackId(number * 1000),
        account_id=AccountId(1),
        supplier=SupplierKey("tea"),
        platform=PlatformKey("wildberries"),
        item=item,
        status=FeedbackStatus.COLLECTED,
        revision=1,
    )


def brief(one: Feedback | None = None, objection: str = "", **voice: Any) -> Brief:
    supplier = Supplier(
        key=SupplierKey("tea"), title="Чайный дом", voice=Voice(**voice), stop_words=("возврат", "брак")
    )
    return Brief(feedback=one or feedback(), supplier=supplier, limit=TextLimit(2, 5000), objection=objection)
