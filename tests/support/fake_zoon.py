"""A site of Zoon in a few lines, with the oddities that a test asks for; tests/unit judges our reading by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from feedback_service.domain.dispatch import ItemRef, Sighting
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.zoon import SPEC
from feedback_service.platforms.zoon.connector import ZoonConnector
from feedback_service.platforms.zoon.dates import MOSCOW
from feedback_service.ports.platform import Access
from tests.support.sandbox import NOON, HandClock

BAKERY = "503c4c343c72dd7d70000024"
PAGE = "/spb/cafe/bakery/"


@dataclass(frozen=True)
class Written:
    """A review as the site keeps it."""

    at: datetime
    text: str = "Уютно"
    author: str = "Аглая"
    answer: str = ""
    own_id: str = ""

    def html(self) -> str:
        own = f' data-id="{self.own_id}"' if self.own_id else ""
        reply = f'<ul class="subcomments"><li>{self.answer}</li></ul>' if self.answer else ""
        when = f'<meta itemprop="datePublished" content="{self.at.astimezone(MOSCOW).isoformat(timespec="minutes")}">'
        text = f'<div itemprop="text"><p class="js-comment-content">{self.text}</p></div>'
        who = f'data-author="{self.author}"' if self.author else ""
        return f'<li class="js-comment" data-type="comment" {who}{own}>{when}{text}{reply}</li>'


def written(days: float = 1, text: str = "Уютно", **more: str) -> Written:
    """A review, `days` old."""
    return Written(NOON - timedelta(days=days), text, **more)


@dataclass
class FakeZoon:
    """`reviews` by organisation, newest first. `canned` answers the first calls whose path contains the key; `between`
    runs after each piece of a list; `largest` is the most that a piece has, and `on_page` what a page shows at once;
    `extra` stands above the list.
    """

    reviews: dict[str, list[Written]] = field(default_factory=lambda: {BAKERY: []})
    canned: dict[str, list[web.Response]] = field(default_factory=dict)
    between: Callable[[], None] = lambda: None
    largest: int = 1000
    on_page: int = 2
    has_list: bool = True
    extra: str = ""
    asked: list[str] = field(default_factory=list)

    def calls(self, part: str) -> int:
        return sum(1 for one in self.asked if part in one)

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        for part, answers in self.canned.items():
            if part in request.path_qs and answers:
                return answers.pop(0)
        if request.path == "/js.php" and self.has_list:
            return self._piece(request)
        if request.path == f"{PAGE}reviews/":
            return self._page()
        return web.Response(status=404, text="<h1>404</h1>")

    def _piece(self, request: web.Request) -> web.Response:
        assert request.query.getall("owner[]") == ["organization", "prof"]
        assert request.query["action"] == "CommentList"
        assert request.headers["X-Requested-With"] == "XMLHttpRequest"
        skip, limit = int(request.query["skip"]), min(self.largest, int(request.query["limit"]))
        shown = self.reviews.get(request.query["organization"], [])[skip : skip + limit]
        answer = web.json_response({"list": ("" if skip else self.extra) + "".join(one.html() for one in shown)})
        self.between()
        return answer

    def _page(self) -> web.Response:
        shown = self.reviews[BAKERY][: self.on_page]
        more = '<p class="js-show-more-box"></p>' if len(self.reviews[BAKERY]) > self.on_page else ""
        body = f'<div data-owner-id="{BAKERY}"><ul>{"".join(one.html() for one in shown)}</ul>{more}</div>'
        return web.Response(text=body, content_type="text/html")


@dataclass
class Reader:
    """The site, the account that reads it, and their clock."""

    zoon: FakeZoon
    connector: ZoonConnector
    clock: HandClock

    async def collect(self) -> Sequence[Item]:
        return [item async for page in self.connector.unanswered(Kind.REVIEW) for item in page]

    async def texts(self) -> Sequence[str]:
        return [item.words for item in await self.collect()]

    async def see(self, item_id: ItemId, days: float = 1) -> Sighting | None:
        ref = ItemRef(item_id, Kind.REVIEW, NOON - timedelta(days=days))
        return (await self.connector.sight([ref])).get(item_id)


@asynccontextmanager
async def reader(zoon: FakeZoon, organisations: str = BAKERY, site: str = PAGE) -> AsyncIterator[Reader]:
    """The site on a free port of 127.0.0.1, and a connector to it."""
    server = web.AppRunner(_app(zoon), access_log=None, shutdown_timeout=0.1)
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    clock = HandClock()
    access = Access(
        label="berezka/zoon",
        base_url=f"http://127.0.0.1:{server.addresses[0][1]}",
        credentials={"organization_ids": organisations, "site": site},
        clock=clock,
    )
    connector = ZoonConnector.open(SPEC, access)
    try:
        yield Reader(zoon, connector, clock)
    finally:
        await connector.close()
        await server.cleanup()


def _app(zoon: FakeZoon) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", zoon.serve)
    return app
