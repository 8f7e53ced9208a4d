"""A cabinet of 2GIS in a few lines, with the oddities that a test asks for; tests/unit judges our client by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef
from feedback_service.domain.errors import AccountFault
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.domain.session import Cookie, Session
from feedback_service.platforms.twogis import SPEC
from feedback_service.platforms.twogis.connector import TwoGisConnector
from feedback_service.ports.platform import Access
from feedback_service.ports.sessions import SessionKeeper
from tests.support.sandbox import NOON, HandClock

BRANCH = "70000001"
TOKEN = "token-of-the-session"
Row = dict[str, Any]


def row(item: int, *, age: float = 60, **fields: object) -> Row:
    """A review of two stars and a day's words, `age` seconds old, that waits for an answer."""
    return {
        "id": str(item),
        "rating": 2,
        "text": f"Отзыв {item}",
        "catalog": {"id": "2gis", "name": "2GIS"},
        "dateCreated": (NOON - timedelta(seconds=age)).isoformat(),
        "commentsCount": 0,
        "user": {"name": "Аглая"},
        "allowedActions": {"reply": True},
        "hasCompanyComment": False,
        "firstAnswer": None,
        **fields,
    }


@dataclass
class FakeTwoGis:
    """`rows` by branch. `canned` answers the first calls whose "METHOD /path" contains the key; `between` runs after
    each list. `includes_border`: whether `offsetDate` itself is still shown. `single` narrows what one review tells.
    """

    rows: dict[str, list[Row]] = field(default_factory=lambda: {BRANCH: []})
    orgs: list[str] = field(default_factory=lambda: ["9001"])
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    comments: dict[str, list[Row]] = field(default_factory=dict)
    canned: dict[str, list[web.Response]] = field(default_factory=dict)
    between: Callable[[], None] = lambda: None
    includes_border: bool = False
    hears_offset: bool = True
    single: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)
    queries: list[Mapping[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    sign_ins: int = 0

    def calls(self, part: str) -> int:
        return sum(1 for one in self.asked if part in one)

    async def serve(self, request: web.Request) -> web.Response:
        named = f"{request.method} {request.path}"
        self.asked.append(named)
        self.queries.append(dict(request.query))
        for part, answers in self.canned.items():
            if part in named and answers:
                return answers.pop(0)
        if named == "POST /api/1.0/users/auth":
            return self._signed_in()
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return refused(401, "Token expired")
        return await self._served(request)

    async def _served(self, request: web.Request) -> web.Response:
        parts = request.path.removeprefix("/api/1.0/").split("/")
        if parts == ["users"]:
            return told({"name": "Берёзкина", "email": "shop@example.org"})
        if parts == ["orgs"]:
            return told({"items": [{"id": one, "name": "Пекарня"} for one in self.orgs]})
        if parts == ["branches"]:
            return self._branches(request.query)
        if parts[1] == "branch":
            return self._list(parts[2], request.query)
        return await self._review(request, parts)

    def _signed_in(self) -> web.Response:
        self.sign_ins += 1
        token = f"token-number-{self.sign_ins}"
        self.tokens = {token}
        return told({"access_token": token, "expires_in": "3600", "token_type": "Bearer"})

    def _branches(self, query: Mapping[str, str]) -> web.Response:
        if query["orgId"] not in self.orgs:
            return refused(403, "Forbidden")
        size, page = int(query["pageSize"]), int(query["page"])
        names = list(self.rows) if query["orgId"] == self.orgs[0] else []
        shown = names[(page - 1) * size : page * size]
        return told({"total": len(names), "items": [{"id": one, "name": f"Филиал {one}"} for one in shown]})

    def _list(self, branch: str, query: Mapping[str, str]) -> web.Response:
        if branch not in self.rows:
            return refused(404, "Not found")
        found = sorted(self.rows[branch], key=lambda one: str(one.get("dateCreated")), reverse=True)
        if query.get("withoutAnswer") == "true":
            found = [one for one in found if not one.get("hasCompanyComment")]
        if self.hears_offset and "offsetDate" in query:
            found = [one for one in found if self._is_older(one, query["offsetDate"])]
        answer = told({"2gisReviewsCount": len(found), "items": found[: int(query["limit"])]})
        self.between()
        return answer

    def _is_older(self, one: Row, border: str) -> bool:
        at, limit = datetime.fromisoformat(one["dateCreated"]), datetime.fromisoformat(border)
        return at <= limit if self.includes_border else at < limit

    async def _review(self, request: web.Request, parts: list[str]) -> web.Response:
        item = parts[2]
        found = next((one for rows in self.rows.values() for one in rows if one.get("id") == item), None)
        if found is None:
            return refused(404, "Not found")
        if request.method == "POST":
            self.bodies.append(await request.json())
            return told(self.write(item, self.bodies[-1]["text"], self.bodies[-1]["isOfficialAnswer"]))
        if request.method == "DELETE":
            self.comments[item] = [one for one in self.comments[item] if one["id"] != parts[4]]
            return told({})
        if parts[3:] == ["comments"]:
            return told({"items": self.comments.get(item, [])})
        return told({name: found[name] for name in self.single} if self.single else found)

    def write(self, item: str, text: str, official: bool = False, **fields: object) -> Row:
        """A comment of the company, with what the review says of it."""
        beneath = self.comments.setdefault(item, [])
        reply = {"id": str(8800 + len(beneath)), "type": "reply", "text": text, "org": {"name": "Пекарня"}}
        beneath.append({**reply, "isOfficialAnswer": official, **fields})
        found = next(one for rows in self.rows.values() for one in rows if one["id"] == item)
        found |= {"hasCompanyComment": True, "firstAnswer": beneath[0], "commentsCount": len(beneath)}
        return beneath[-1]


@dataclass
class Kept:
    """Fulfils SessionKeeper with a token in memory; an empty one: nobody is signed in."""

    token: str = TOKEN
    kept: list[Sequence[Cookie]] = field(default_factory=list)

    async def session(self) -> Session | None:
        if not self.token:
            raise AccountFault("nobody is signed in to the cabinet", "run: feedback-service login berezka/twogis")
        seen = Cookie(name="seen", value="1", domain=".2gis.com")
        token = Cookie(name="dg_session_token", value=self.token, domain=".2gis.com", expires_at=NOON)
        return Session(cookies=(seen, token), saved_at=NOON)

    async def keep(self, cookies: Sequence[Cookie]) -> datetime | None:
        self.kept.append(cookies)
        self.token = next(one.value for one in cookies if one.name == "dg_session_token")
        return NOON


def told(result: object) -> web.Response:
    return web.json_response({"meta": {"code": 200}, "result": result})


def refused(status: int, message: str = "No", **headers: str) -> web.Response:
    body = {"meta": {"code": status, "errors": [{"message": message}]}}
    return web.json_response(body, status=status, headers=headers)


def html(status: int = 200) -> web.Response:
    return web.Response(status=status, text="<html><h1>Oops</h1></html>", content_type="text/html")


@asynccontextmanager
async def served(fake: Any) -> AsyncIterator[str]:
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
async def account(
    fake: Any, sessions: SessionKeeper | None, clock: HandClock | None = None, **credentials: str
) -> AsyncIterator[TwoGisConnector]:
    """The account as its platform opens it, at the fake."""
    async with served(fake) as url:
        connector = TwoGisConnector.open(
            SPEC,
            Access(
                label="berezka/twogis",
                base_url=url,
                credentials=credentials,
                clock=clock or HandClock(),
                sessions=sessions,
            ),
        )
        try:
            yield connector
        finally:
            await connector.close()


async def collected(connector: TwoGisConnector) -> list[Item]:
    return [item async for page in connector.unanswered(Kind.REVIEW) for item in page]


def ref(item: int | str, age: float = 60) -> ItemRef:
    return ItemRef(ItemId(str(item)), Kind.REVIEW, NOON.astimezone(UTC) - timedelta(seconds=age))


def dispatch(
    item: int | str, text: str = "Спасибо!", *, receipt_id: str = "", action: Action = Action.ANSWER
) -> Dispatch:
    return Dispatch(
        id=DispatchId(1),
        feedback_id=FeedbackId(1),
        account_id=AccountId(1),
        ref=ref(item),
        action=action,
        text=text,
        fingerprint="",
        status=DispatchStatus.SENDING,
        revision=1,
        receipt_id=receipt_id,
    )
