"""A few lines of a server that shows the cabinet's lists, takes answers, and lets a test say anything in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.domain.session import Cookie
from feedback_service.platforms.yandex_business import connect
from feedback_service.platforms.yandex_business.connector import YandexBusinessConnector
from feedback_service.ports.platform import Access
from feedback_service.transports.retry import Patience
from tests.support.platforms import KeptSession
from tests.support.sandbox import NOON, HandClock

OURS = "70000000001"
CSRF = "0123abcd:1772000000"
ANSWER = "POST /sprav/api/ugcpub/business-answer"
COOKIES = tuple(
    Cookie(name=name, value=f"very-secret-{name}", domain=".yandex.ru") for name in ("Session_id", "sessionid2")
)


@dataclass
class FakeYandexBusiness:
    """`lists` are reviews by organisation, newest first; `before` may change or answer a call before it is served."""

    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    companies: list[dict[str, Any]] = field(default_factory=list)
    branches: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    visible: int = 600
    before: Callable[[web.Request], web.Response | None] = lambda request: None
    asked: list[tuple[str, Mapping[str, str], Mapping[str, str]]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append((f"{request.method} {request.path}", dict(request.query), dict(request.headers)))
        if (told := self.before(request)) is not None:
            return told
        if request.method == "POST":
            return self._posted(request, await request.read())
        part = request.path.split("/")[3:]
        if part == ["companies"]:
            return web.json_response({"total": len(self.companies), **_cut(self.companies, request, "listCompanies")})
        if part[0] == "chain":
            rows = self.branches[part[1]]
            return web.json_response(
                {"companyList": {"pager": {"total": len(rows)}, **_cut(rows, request, "companies")}}
            )
        if part[0] not in self.lists:
            return web.Response(status=403, text="no")
        return web.json_response(self._listed(self.lists[part[0]], request))

    def _listed(self, rows: list[dict[str, Any]], request: web.Request) -> Mapping[str, object]:
        if request.query.get("unread") == "true":
            rows = [row for row in rows if row["id"] in self.unread]
            start = int(request.query.get("continue_token", "0"))
            shown = rows[start : start + 20]
            more = {"continue_token": str(start + 20)} if start + 20 < len(rows) else {}
        else:
            start = (int(request.query.get("page", "1")) - 1) * 20
            shown, more = rows[: self.visible][start : start + 20], {}
        pager = {"limit": 20, "offset": start, "total": len(rows), **more}
        return {"list": {"pager": pager, "csrf_token": "of-the-list", "items": shown}}

    def _posted(self, request: web.Request, body: bytes) -> web.Response:
        if request.headers.get("X-CSRF-Token") != CSRF:
            return csrf_refused()
        if request.path.endswith("/business-answer"):
            told = json.loads(body)
            self.answers.append(told)
            row = next(row for rows in self.lists.values() for row in rows if row["id"] == told["reviewId"])
            row["owner_comment"] = {"text": told["text"]} if told["text"] else None
            return web.Response(text="OK")
        return web.Response(status=404)

    def calls(self, part: str = "") -> int:
        return sum(1 for call, _, _ in self.asked if part in call)


def csrf_refused(status: int = 488) -> web.Response:
    return web.json_response({"csrf": CSRF}, status=status)


def row(item: str, age: float = 60, **fields: Any) -> dict[str, Any]:
    """A review of `age` seconds before noon."""
    at = int(NOON.timestamp() - age)
    fixed = {"id": item, "time_created": at, "rating": 4, "full_text": f"Отзыв {item}", "author": {"user": "Аглая"}}
    return {**fixed, "business_answer_csrf_token": f"of-{item}", **fields}


def rows(count: int, **fields: Any) -> list[dict[str, Any]]:
    """r0000 is the newest; a minute lies between two."""
    return [row(f"r{number:04}", age=60 * (number + 1), **fields) for number in range(count)]


def company(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "permanent_id": number,
        "tycoon_id": number + 1,
        "type": "ordinal",
        "displayName": f"Лавка {number}",
        **fields,
    }


def ref(item: str, age: float = 60) -> ItemRef:
    return ItemRef(ItemId(item), Kind.REVIEW, datetime.fromtimestamp(int(NOON.timestamp() - age), UTC))


def dispatch(item: str, text: str = "Спасибо за отзыв!", age: float = 60, **fields: Any) -> Dispatch:
    number = DispatchId(1)
    fixed: dict[str, Any] = {
        "fingerprint": "",
        "status": DispatchStatus.SENDING,
        "revision": 1,
        "action": Action.ANSWER,
    }
    ids = {"id": number, "feedback_id": FeedbackId(1), "account_id": AccountId(1), "ref": ref(item, age)}
    return Dispatch(text=text, **{**fixed, **ids, **fields})


@dataclass
class Opened:
    """An account of the fake: its connector, its session, its clock."""

    fake: FakeYandexBusiness
    connector: YandexBusinessConnector
    sessions: KeptSession
    clock: HandClock

    async def collect(self) -> list[str]:
        return [item.item_id async for page in self.connector.unanswered(Kind.REVIEW) for item in page]

    def later(self, passed: timedelta) -> None:
        self.clock.advance(passed.total_seconds())


@asynccontextmanager
async def account(fake: FakeYandexBusiness, permanent_id: str = OURS) -> AsyncIterator[Opened]:
    """The account while the block runs; its reads are repeated without a wait worth the name."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    clock = HandClock()
    sessions = KeptSession(COOKIES, clock)
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    access = Access(
        label="shop/maps", base_url=url, credentials={"permanent_id": permanent_id}, clock=clock, sessions=sessions
    )
    connector = connect(access)
    connector.client.patience = Patience(tries=3, first=0.001, longest=0.01)
    try:
        yield Opened(fake, connector, sessions, clock)
    finally:
        await connector.close()
        await runner.cleanup()


def _cut(rows: list[dict[str, Any]], request: web.Request, name: str) -> Mapping[str, object]:
    start = (int(request.query.get("page", "1")) - 1) * 20
    return {name: rows[start : start + 20]}
