"""A few lines of a server that answers Ozon's methods as a test tells it, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from feedback_service.platforms.ozon import SPEC
from feedback_service.platforms.ozon.client import OzonClient
from feedback_service.platforms.ozon.connector import OzonConnector
from feedback_service.platforms.ozon.goods import Goods
from feedback_service.platforms.ozon.notes import Notes
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Http
from feedback_service.transports.retry import Patience
from feedback_service.transports.throttle import Budget, Throttle
from tests.support.sandbox import HandClock

Method = Callable[[Mapping[str, Any]], object]
"""Takes the request's document and returns the answer's, or a whole `web.Response`."""


@dataclass
class FakeOzon:
    """`methods` by path; a path without one does not exist, which Ozon says in plain text."""

    methods: dict[str, Method] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append((request.path, body))
        self.headers.append(dict(request.headers))
        method = self.methods.get(request.path)
        if method is None:
            return web.Response(status=404, text="404 page not found")
        answer = method(body)
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def refused(status: int, code: int | str, message: str, **headers: str) -> web.Response:
    """An error as Ozon words it."""
    return web.json_response({"code": code, "message": message, "details": []}, status=status, headers=headers)


@asynccontextmanager
async def client_of(fake: FakeOzon, clock: Clock | None = None) -> AsyncIterator[OzonClient]:
    """A client of the fake, without a limit of requests; its retries wait for next to nothing."""
    runner = web.AppRunner(_app(fake))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    clock = clock or HandClock()
    client = OzonClient(
        http=Http(f"http://127.0.0.1:{port}", {"Client-Id": "100", "Api-Key": "key"}),
        throttle=Throttle(Budget(1e6, 1_000_000), clock),
        clock=clock,
        patience=Patience(tries=2, first=0.001, longest=0.5),
    )
    try:
        yield client
    finally:
        await client.http.close()
        await runner.cleanup()


@asynccontextmanager
async def connector_of(fake: FakeOzon, clock: Clock | None = None) -> AsyncIterator[OzonConnector]:
    async with client_of(fake, clock) as client:
        yield OzonConnector(spec=SPEC, client=client, goods=Goods(client), notes=Notes())


def _app(fake: FakeOzon) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.serve)
    return app
