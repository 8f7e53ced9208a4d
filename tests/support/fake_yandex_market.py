"""A few lines of a server that speaks as the Partner API does, and keeps what it was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from feedback_service.platforms.yandex_market.client import YandexMarketClient
from feedback_service.platforms.yandex_market.gate import Gate
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Http
from feedback_service.transports.retry import Patience
from tests.support.fake_wildberries import served

LIST = "/v2/businesses/77/goods-feedback"
COMMENTS = f"{LIST}/comments"
UPDATE = f"{COMMENTS}/update"
QUESTIONS = "/v1/businesses/77/goods-questions"
ANSWERS = f"{QUESTIONS}/answers"


@dataclass(frozen=True)
class Asked:
    """One request, its query and its body."""

    call: str
    query: dict[str, str]
    body: Any


@dataclass
class FakeYandexMarket:
    """`canned` answers come first, in their order; then the lists, `per_page` rows each, and the comments by item.

    The path that is `broken` answers with 500.
    """

    reviews: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    canned: list[web.Response] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    per_page: int = 2
    broken: str = ""

    async def serve(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text() or "null")
        self.asked.append(Asked(f"{request.method} {request.path}", dict(request.query), body))
        if self.canned:
            return self.canned.pop(0)
        if request.path == self.broken:
            return html(500)
        if request.path.endswith(("/update", "/delete")):
            return web.json_response({"status": "OK", "result": {"id": 901}})
        if request.path == COMMENTS:
            return shown({"comments": self.comments.get(body["feedbackId"], [])})
        if request.path == ANSWERS:
            return shown({"answers": self.comments.get(body["questionId"], [])})
        return self._list(request, body)

    def calls(self, path: str) -> int:
        return sum(1 for one in self.asked if one.call.endswith(f" {path}"))

    def _list(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        name, rows = ("feedbacks", self.reviews) if request.path == LIST else ("questions", self.questions)
        if body.get("reactionStatus") == "NEED_REACTION":
            rows = [row for row in rows if row["needReaction"]]
        wanted = body.get("feedbackIds") or body.get("questionIds")
        if wanted:
            rows = [row for row in rows if (row.get("feedbackId") or row["questionIdentifiers"]["id"]) in wanted]
        start = int(request.query.get("pageToken", "0"))
        end = start + self.per_page
        return shown({name: rows[start:end], "totalCount": len(rows)}, str(end) if end < len(rows) else "")


def shown(result: dict[str, Any], token: str = "") -> web.Response:
    return web.json_response(
        {"status": "OK", "result": {**result, "paging": {"nextPageToken": token} if token else {}}}
    )


def refused(status: int, message: str = "", **headers: str) -> web.Response:
    document = {"status": "ERROR", "errors": [{"code": "SOME_CODE", "message": message}]}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response(document, status=status, headers=named)


def html(status: int) -> web.Response:
    return web.Response(status=status, text="<html><h1>Oops</h1></html>", content_type="text/html")


def review(number: int, *, needs: bool = True, comments: int = 0, day: int = 1, text: str = "Хорошо") -> dict[str, Any]:
    return {
        "feedbackId": number,
        "createdAt": f"2026-03-{day:02}T10:00:00+03:00",
        "needReaction": needs,
        "identifiers": {"offerId": f"SKU-{number}"},
        "description": {"comment": text},
        "statistics": {"rating": 5, "commentsCount": comments},
    }


def question(number: int, day: int = 1) -> dict[str, Any]:
    return {
        "questionIdentifiers": {"id": number, "offerId": f"SKU-{number}"},
        "text": "Какой размер?",
        "createdAt": f"2026-03-{day:02}T10:00:00+03:00",
        "author": {"type": "USER", "name": "Прохор"},
    }


def comment(number: int, text: str = "Спасибо!", kind: str = "BUSINESS", **more: Any) -> dict[str, Any]:
    return {"id": number, "text": text, "canModify": True, "author": {"type": kind}, "status": "PUBLISHED", **more}


@asynccontextmanager
async def client_of(fake: FakeYandexMarket, clock: Clock) -> AsyncIterator[YandexMarketClient]:
    """A client of the fake that loses no time by waiting."""
    async with served(fake) as url:  # type: ignore[arg-type]  # it asks for `serve` only
        http = Http(url, {"Api-Key": "ACMA:very-secret:1"})
        patience = Patience(tries=3, first=0.001, longest=0.01)
        try:
            yield YandexMarketClient(http=http, gate=Gate(clock), business=77, clock=clock, patience=patience)
        finally:
            await http.close()
