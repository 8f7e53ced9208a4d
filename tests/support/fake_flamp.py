"""Flamp's page and API in a few lines, with the oddities that a test asks for; tests/unit judges our client by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef
from feedback_service.domain.feedback import Item, Kind, Review
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.platforms.flamp import SPEC
from feedback_service.platforms.flamp.connector import FlampConnector
from feedback_service.ports.platform import Access
from tests.support.sandbox import NOON, HandClock

FILIAL = "70000001"
Row = dict[str, Any]


def row(number: int, *, age: float = 60, **fields: object) -> Row:
    """A review of two stars, `age` seconds old, that waits for an answer."""
    return {
        "id": number,
        "user": {"id": 41, "name": "Аглая"},
        "text": f"Отзыв {number}",
        "rating": 2,
        "date_created": (NOON - timedelta(seconds=age)).isoformat(),
        "official_answer": None,
        "photos": [],
        **fields,
    }


def many(count: int, first: int = 1000) -> list[Row]:
    """Reviews with growing numbers, each a minute younger than the one before."""
    return [row(first + number, age=60 * (count - number)) for number in range(count)]


@dataclass
class FakeFlamp:
    """`rows` by filial. `canned` answers the first calls whose path contains the key; `between` runs after each list.

    `hands_out` are the tokens that pages give, in their order, the last one again and again; those in `refused` are
    stale. `links`: whether pages name the next one; `stuck`: whether the last one names itself; `inclusive`: whether
    the review that an offset names is shown again. `slug`: where a filial's short address leads.
    """

    rows: dict[str, list[Row]] = field(default_factory=lambda: {FILIAL: []})
    hands_out: list[str] = field(default_factory=lambda: ["token-one"])
    refused: set[str] = field(default_factory=set)
    canned: dict[str, list[web.Response]] = field(default_factory=dict)
    between: Callable[[], None] = lambda: None
    links: bool = True
    stuck: bool = False
    inclusive: bool = False
    slug: str = "/firm/pekarnya-{filial}"
    most: int = 50
    asked: list[str] = field(default_factory=list)
    accepts: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def calls(self, part: str) -> int:
        return sum(1 for one in self.asked if part in one)

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        for part, answers in self.canned.items():
            if part in request.path_qs and answers:
                return answers.pop(0)
        if request.path.startswith("/firm/"):
            return self._page(request.path)
        self.accepts.append(request.headers["Accept"])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            return refused(403, "Forbidden")
        self.tokens.append(token)
        return refused(401, "Token expired") if token in self.refused else self._api(request)

    def _page(self, path: str) -> web.Response:
        name = path.strip("/").split("/")[1]
        filial = name.rpartition("-")[2]
        if filial not in self.rows:
            return web.Response(status=404, text="<html>Нет такой</html>", content_type="text/html")
        if name == filial and self.slug:
            return web.Response(status=302, headers={"Location": self.slug.replace("{filial}", filial)})
        token = self.hands_out.pop(0) if len(self.hands_out) > 1 else self.hands_out[0]
        answer = web.Response(text="<html>Пекарня</html>", content_type="text/html")
        answer.headers.add("Set-Cookie", "city=1; Path=/")
        if token:
            answer.headers.add("Set-Cookie", f"__cat={token}; Path=/; Max-Age=600")
        return answer

    def _api(self, request: web.Request) -> web.Response:
        filial = request.path.split("/")[4]
        if filial not in self.rows:
            return refused(404, "Filial not found")
        if not request.path.endswith("/reviews"):
            return web.json_response({"code": 200, "filial": {"reviews_count": len(self.rows[filial])}})
        return self._list(filial, request.query)

    def _list(self, filial: str, query: Mapping[str, str]) -> web.Response:
        found = sorted(self.rows[filial], key=lambda one: int(one["id"]), reverse=True)
        if after := query.get("offset_id"):
            found = [one for one in found if int(one["id"]) < int(after) + self.inclusive]
        shown = found[: min(int(query["limit"]), self.most)]
        document: Row = {"code": 200, "reviews": shown}
        is_last = len(found) <= len(shown)
        if (self.links and not is_last) or (self.stuck and is_last):
            last = query.get("offset_id", "") if is_last else shown[-1]["id"]
            path = f"/api/2.0/filials/{filial}/reviews?limit=50&offset_id={last}"
            document["next_link"] = f"https://elsewhere.example{path}"
        self.between()
        return web.json_response(document)


def refused(status: int, message: str = "No", **headers: str) -> web.Response:
    return web.json_response({"code": status, "message": message}, status=status, headers=headers)


def html(status: int = 200) -> web.Response:
    return web.Response(status=status, text="<html><h1>Oops</h1></html>", content_type="text/html")


@asynccontextmanager
async def account(fake: FakeFlamp, clock: HandClock | None = None, filials: str = "") -> AsyncIterator[FlampConnector]:
    """The account as its platform opens it, at the fake."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    access = Access(
        label="berezka/flamp",
        base_url=f"http://127.0.0.1:{runner.addresses[0][1]}",
        credentials={"filial_ids": filials or ",".join(fake.rows)},
        clock=clock or HandClock(),
    )
    connector = FlampConnector.open(SPEC, access)
    try:
        yield connector
    finally:
        await connector.close()
        await runner.cleanup()


async def collect(connector: FlampConnector) -> list[Item]:
    return [item async for page in connector.unanswered(Kind.REVIEW) for item in page]


def numbers(items: list[Item]) -> list[str]:
    return [item.item_id.rpartition("/")[2] for item in items]


def ref(number: int | str, age: float = 60, filial: str = FILIAL) -> ItemRef:
    return ItemRef(ItemId(f"{filial}/{number}"), Kind.REVIEW, NOON - timedelta(seconds=age))


def dispatch(
    item: str = f"{FILIAL}/1", text: str = "Спасибо!", *, receipt_id: str = "", action: Action = Action.ANSWER
) -> Dispatch:
    return Dispatch(
        id=DispatchId(1),
        feedback_id=FeedbackId(1),
        account_id=AccountId(1),
        ref=ItemRef(ItemId(item), Kind.REVIEW, NOON),
        action=action,
        text=text,
        fingerprint="",
        status=DispatchStatus.SENDING,
        revision=1,
        receipt_id=receipt_id,
    )


def review(item: Item | None) -> Review:
    assert isinstance(item, Review)
    return item
