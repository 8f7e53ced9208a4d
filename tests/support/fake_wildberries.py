"""A few lines of a server that shows Wildberries' lists and lets a test act between two pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from feedback_service.platforms.wildberries.client import WildberriesClient
from feedback_service.platforms.wildberries.token import Token, TokenKind
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Http
from feedback_service.transports.retry import Patience
from feedback_service.transports.throttle import Budget, Throttle

PERSONAL = Token(kind=TokenKind.PERSONAL, scope=1 << 7)


@dataclass
class FakeWildberries:
    """`rows` are unanswered unless their id is in `answered`; those in `unlisted` are shown by the archive alone.

    `between` runs after each list that was served.
    """

    rows: list[dict[str, object]] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    between: Callable[[], None] = lambda: None
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    canned: list[web.Response] = field(default_factory=list)
    deepest: int = 199_990

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append((f"{request.method} {request.path}", dict(request.query)))
        if self.canned:
            return self.canned.pop(0)
        if request.path.endswith(("/feedback", "/question")):
            return self._one(request.query["id"])
        if "take" not in request.query:
            return web.Response(status=204)
        return self._list(request)

    def _list(self, request: web.Request) -> web.Response:
        query = request.query
        skip, take = int(query["skip"]), int(query["take"])
        if skip > self.deepest:
            return web.json_response({"data": None, "error": True, "errorText": "Something went wrong"}, status=400)
        rows = self._archived() if request.path.endswith("/archive") else self._of(query)
        name = "questions" if "questions" in request.path else "feedbacks"
        shown = [self._shown(row) for row in rows[skip : skip + take]]
        self.between()
        return web.json_response({"data": {name: shown}, "error": False})

    def _of(self, query: Mapping[str, str]) -> list[dict[str, object]]:
        since, until = float(query.get("dateFrom", 0)), float(query.get("dateTo", 1e12))
        wanted = query["isAnswered"] == "true"
        rows = [row for row in self.rows if since <= seconds(row) <= until and row["id"] not in self.unlisted]
        return [row for row in rows if (row["id"] in self.answered) is wanted]

    def _archived(self) -> list[dict[str, object]]:
        """Newest first: all that was answered, what no other list shows, and a half of the rest."""
        in_doubt = {row["id"] for row in self.rows[::2]} | self.answered | self.unlisted
        return [row for row in reversed(self.rows) if row["id"] in in_doubt]

    def _one(self, item_id: str) -> web.Response:
        row = next((row for row in self.rows if row["id"] == item_id), None)
        if row is None:
            return web.json_response({"data": None, "error": True, "errorText": "Невозможно получить"}, status=422)
        return web.json_response({"data": self._shown(row), "error": False})

    def _shown(self, row: dict[str, object]) -> dict[str, object]:
        answer = {"text": "Спасибо!", "state": "wbRu"} if row["id"] in self.answered else None
        return {"answer": answer, **row}

    def calls(self, path: str) -> int:
        return sum(1 for call, _ in self.asked if call == path)


def rows(count: int, *, per_second: int = 1, start: int = 1_770_000_000) -> list[dict[str, object]]:
    """Reviews r0000, r0001 … in the order of their dates, some of the same second."""
    return [{"id": f"r{number:04}", "createdDate": stamp(start + number // per_second)} for number in range(count)]


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def seconds(row: dict[str, object]) -> float:
    return datetime.fromisoformat(str(row["createdDate"])).timestamp()


@asynccontextmanager
async def served(fake: FakeWildberries) -> AsyncIterator[str]:
    """The fake's URL while the block runs."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def client_of(
    fake: FakeWildberries, clock: Clock, budget: Budget | None = None
) -> AsyncIterator[WildberriesClient]:
    """A client of the fake; without a budget nothing limits it."""
    async with served(fake) as url:
        http = Http(url, {"Authorization": "very-secret"})
        throttle = Throttle(budget or Budget(1e6, 1_000_000), clock)
        patience = Patience(tries=3, first=0.001, longest=0.01)
        try:
            yield WildberriesClient(http=http, throttle=throttle, token=PERSONAL, clock=clock, patience=patience)
        finally:
            await http.close()
