"""Google's four hosts in a few lines, with the oddities that a test asks for; tests/unit judges our client by it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from aiohttp import web

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.platforms.google_business import SPEC
from feedback_service.platforms.google_business.connector import GoogleBusinessConnector
from feedback_service.ports.platform import Access
from feedback_service.transports.retry import Patience
from tests.support.fake_wildberries import served
from tests.support.sandbox import NOON, HandClock

PLACE = "accounts/1/locations/10"
CREDENTIALS = {"client_id": "made-up.apps", "client_secret": "very-secret", "refresh_token": "1//very-secret-too"}
Row = dict[str, Any]


def review(number: int, *, age: float = 60, place: str = PLACE, **fields: Any) -> Row:
    """A review of four stars, `age` seconds old, that waits for an answer."""
    at = (NOON - timedelta(seconds=age)).isoformat().replace("+00:00", "Z")
    return {
        "name": f"{place}/reviews/r{number}",
        "reviewId": f"r{number}",
        "reviewer": {"displayName": "Аглая"},
        "starRating": "FOUR",
        "comment": f"Отзыв {number}",
        "createTime": at,
        "updateTime": at,
        **fields,
    }


def reply(text: str, state: str = "APPROVED", **fields: Any) -> Row:
    return {"comment": text, "updateTime": "2026-03-10T11:00:00Z", "reviewReplyState": state, **fields}


def item(number: int, place: str = PLACE) -> ItemId:
    return ItemId(f"{place}/reviews/r{number}")


def refused(status: int, word: str = "", reason: str = "", **headers: str) -> web.Response:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}] if reason else []
    error = {"code": status, "message": "made up", "status": word, "details": details}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response({"error": error}, status=status, headers=named)


def html(status: int) -> web.Response:
    return web.Response(status=status, text="<html><h1>Oops</h1></html>", content_type="text/html")


@dataclass
class FakeGoogle:
    """`rows` by the location's full name, as Google lists them. `shut` locations answer 403.

    `canned` answers the first calls whose "METHOD /path" contains the key; `between` runs after each list, `looked`
    after each look at one review.
    `in_order`: whether a list of several locations has what changed last first, or goes location by location.
    """

    rows: dict[str, list[Row]] = field(default_factory=lambda: {PLACE: []})
    shut: set[str] = field(default_factory=set)
    canned: dict[str, list[web.Response]] = field(default_factory=dict)
    between: Callable[[], None] = lambda: None
    looked: Callable[[], None] = lambda: None
    per_page: int = 2
    in_order: bool = True
    expires_in: object = 3600
    tokens: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)

    def calls(self, part: str) -> int:
        return sum(1 for one in self.asked if part in one)

    def forget(self) -> None:
        self.asked.clear()

    async def serve(self, request: web.Request) -> web.Response:
        named = f"{request.method} {request.path}"
        self.asked.append(named)
        self.queries.append(dict(request.query))
        self.bodies.append(await request.text())
        for part, answers in self.canned.items():
            if part in named and answers:
                return answers.pop(0)
        if request.path == "/token":
            self.tokens.append(f"token-{len(self.tokens) + 1}")
            return web.json_response({"access_token": self.tokens[-1], "expires_in": self.expires_in})
        if request.headers.get("Authorization") != f"Bearer {self.tokens[-1]}":
            return refused(401, "UNAUTHENTICATED")
        return self._served(request)

    def _served(self, request: web.Request) -> web.Response:
        parts = request.path.strip("/").split("/")
        if parts == ["v1", "accounts"]:
            names = dict.fromkeys("/".join(name.split("/")[:2]) for name in self.rows)
            return web.json_response({"accounts": [{"name": name, "accountName": "Берёзка"} for name in names]})
        if parts[0] == "v1":
            return self._locations("/".join(parts[1:3]), request.query.get("pageToken", "0"))
        if parts[-1] == "locations:batchGetReviews":
            return self._batch(json.loads(self.bodies[-1]))
        return self._of_location(request, "/".join(parts[1:5]), parts[6:])

    def _locations(self, account: str, token: str) -> web.Response:
        mine = [name.removeprefix(f"{account}/") for name in self.rows if name.startswith(f"{account}/")]
        start = int(token)
        named = [{"name": name, "title": f"Лавка {name[-1]}"} for name in mine[start : start + 100]]
        more = {"nextPageToken": str(start + 100)} if start + 100 < len(mine) else {}
        return web.json_response({"locations": named, **more} if named else {})

    def _batch(self, body: Row) -> web.Response:
        names = body["locationNames"]
        if self.shut & set(names):
            return refused(403, "PERMISSION_DENIED")
        rows = [{"name": name, "review": row} for name in names for row in self.rows[name]]
        if self.in_order:
            rows.sort(key=lambda row: str(row["review"]["updateTime"]), reverse=True)
        return self._page("locationReviews", rows, body.get("pageToken", "0"))

    def _of_location(self, request: web.Request, place: str, rest: list[str]) -> web.Response:
        if place in self.shut:
            return refused(403, "PERMISSION_DENIED")
        if place not in self.rows:
            return refused(404, "NOT_FOUND")
        if not rest:
            return self._page("reviews", self.rows[place], request.query.get("pageToken", "0"))
        row = next((one for one in self.rows[place] if one["reviewId"] == rest[0]), None)
        if row is None or (request.method == "DELETE" and not row.get("reviewReply")):
            return refused(404, "NOT_FOUND")
        if request.method == "GET":
            self.looked()
            return web.json_response(row)
        row["reviewReply"] = None if request.method == "DELETE" else reply(json.loads(self.bodies[-1])["comment"])
        return web.json_response(row["reviewReply"] or {})

    def _page(self, name: str, rows: list[Row], token: str) -> web.Response:
        start, end = int(token), int(token) + self.per_page
        shown = {name: rows[start:end]} if rows[start:end] else {}
        response = web.json_response({**shown, **({"nextPageToken": str(end)} if end < len(rows) else {})})
        self.between()
        return response


@dataclass
class Desk:
    """A connector to the fake, which loses no time by waiting."""

    fake: FakeGoogle
    connector: GoogleBusinessConnector
    clock: HandClock

    async def collect(self, given: list[str] | None = None) -> list[str]:
        """What waits; `given` keeps what came before a failure."""
        found: list[str] = [] if given is None else given
        async for page in self.connector.unanswered(Kind.REVIEW):
            found += [one.item_id for one in page]
        return found

    async def see(self, *items: ItemId) -> dict[ItemId, Item | None]:
        found = await self.connector.sight([ItemRef(one, Kind.REVIEW, NOON) for one in items])
        return {item_id: sighting.item for item_id, sighting in found.items()}

    async def answer(self, item_id: ItemId, text: str = "Спасибо!", **more: Any) -> None:
        await self.connector.publish(dispatch(item_id, text, **more))

    def row(self, number: int, place: str = PLACE) -> Row:
        return next(one for one in self.fake.rows[place] if one["reviewId"] == f"r{number}")


def dispatch(item_id: ItemId, text: str = "Спасибо!", action: Action = Action.ANSWER, previous: str = "") -> Dispatch:
    return Dispatch(
        id=DispatchId(1),
        feedback_id=FeedbackId(1),
        account_id=AccountId(1),
        ref=ItemRef(item_id, Kind.REVIEW, NOON),
        action=action,
        text=text,
        fingerprint="",
        status=DispatchStatus.SENDING,
        revision=1,
        previous_text=previous,
    )


@asynccontextmanager
async def desk(fake: FakeGoogle, **credentials: str) -> AsyncIterator[Desk]:
    clock = HandClock()
    async with served(fake) as url:  # type: ignore[arg-type]  # it asks for `serve` only
        access = Access(label="berezka/google", base_url=url, credentials={**CREDENTIALS, **credentials}, clock=clock)
        connector = GoogleBusinessConnector.open(SPEC, access)
        quick = replace(connector.client, patience=Patience(tries=3, first=0.001, longest=0.01))
        for part in (connector.directory, connector.reading):
            part.client = quick
        hurried = replace(connector, client=quick, sighter=replace(connector.sighter, client=quick))
        try:
            yield Desk(fake, hurried, clock)
        finally:
            await connector.close()
