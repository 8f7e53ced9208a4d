"""The routes under /_sandbox: seed accounts and customers, plan faults, read the ledger."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from feedback_service.ports.replica import CustomerEdit, SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Active, parsed_fault
from feedback_service.sandbox.ledger import rendered

if TYPE_CHECKING:
    from feedback_service.sandbox.server import Sandbox

_EDITABLE = ("text", "pros", "cons", "rating")
_TEXTS = ("text", "pros", "cons", "author", "product")
_CUSTOMER = frozenset({*_TEXTS, "platform", "account", "kind", "rating", "photos", "created_at", "supplement_of"})


class Control:
    """The control routes of one sandbox. A bad request is 400 {"error": "…"}."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        offered: tuple[tuple[str, str, Callable[[web.Request], Awaitable[object]]], ...] = (
            ("GET", "/_sandbox", self._mounted),
            ("GET", "/_sandbox/health", self._health),
            ("GET", "/_sandbox/ledger", self._ledger),
            ("GET", "/_sandbox/requests", self._requests),
            ("GET", "/_sandbox/faults", self._faults),
            ("POST", "/_sandbox/faults", self._plan),
            ("DELETE", "/_sandbox/faults", self._clear),
            ("POST", "/_sandbox/accounts", self._register),
            ("POST", "/_sandbox/customers", self._add),
            ("PATCH", "/_sandbox/customers", self._edit),
        )
        return [web.route(method, path, answering(action)) for method, path, action in offered]

    async def _health(self, request: web.Request) -> object:
        return {"status": "ok", "platforms": sorted(self._sandbox.platforms)}

    async def _mounted(self, request: web.Request) -> object:
        mounted = {platform: self._addresses(platform) for platform in self._sandbox.platforms}
        return {"url": self._sandbox.url, "platforms": mounted, "pubsub": self._sandbox.pubsub or None}

    async def _ledger(self, request: web.Request) -> object:
        platform, account = request.query.get("platform"), request.query.get("account")
        summary = asdict(self._sandbox.summary(platform, account))
        if request.query.get("entries") == "false":
            return {"summary": summary}
        ledger = self._sandbox.ledger(platform, account)
        unknown = [asdict(write) for write in ledger.unknown_writes]
        return {"summary": summary, "entries": list(rendered(ledger)), "unknown_writes": unknown}

    async def _requests(self, request: web.Request) -> object:
        platform, account = request.query.get("platform"), request.query.get("account")
        log = self._sandbox.requests
        seen = [asdict(one) for one in log.seen(platform, account)]
        return {"statuses": log.statuses(platform, account), "requests": seen}

    async def _faults(self, request: web.Request) -> object:
        return {"faults": [_rendered(one) for one in self._sandbox.faults.active()]}

    async def _plan(self, request: web.Request) -> object:
        faults = [parsed_fault(one, self._sandbox.fault_kinds()) for one in await objects(request)]
        return {"ids": [self._sandbox.faults.add(fault) for fault in faults]}

    async def _clear(self, request: web.Request) -> object:
        self._sandbox.faults.clear(request.query.get("id"))
        return {}

    async def _register(self, request: web.Request) -> object:
        opened: list[dict[str, object]] = []
        for one in await objects(request):
            platform, key, options = text_of(one, "platform"), text_of(one, "key"), one.get("options", {})
            if not isinstance(options, dict):
                raise ValueError("options must be an object")
            credentials = dict(self._sandbox.register(platform, SandboxAccount(key, options)))
            opened.append({"platform": platform, "key": key, "credentials": credentials, **self._addresses(platform)})
            if gate := self._sandbox.gates.get(platform):
                opened[-1]["sign_in"] = asdict(gate.login(key))
        return {"accounts": opened}

    def _addresses(self, platform: str) -> dict[str, str]:
        """Of its API, and of its cabinet where it has one."""
        addresses = {"base_url": self._sandbox.url_of(platform)}
        if platform in self._sandbox.gates:
            addresses["cabinet_url"] = self._sandbox.cabinet_url_of(platform)
        return addresses

    async def _add(self, request: web.Request) -> object:
        now = self._sandbox.clock.now().timestamp()
        wanted = [
            (text_of(one, "platform"), text_of(one, "account"), parsed_customer(one, now))
            for one in await objects(request)
        ]
        return {"items": [self._sandbox.add(*each) for each in wanted]}

    async def _edit(self, request: web.Request) -> object:
        edited = []
        for one in await objects(request):
            item = text_of(one, "item")
            _rating(one)
            edit = CustomerEdit(**{name: one.get(name) for name in _EDITABLE})  # type: ignore[arg-type]  # JSON
            self._sandbox.edit_customer(text_of(one, "platform"), text_of(one, "account"), item, edit)
            edited.append(item)
        return {"items": edited}


def parsed_customer(document: Mapping[str, object], now: float) -> SandboxCustomer:
    """A customer from JSON; without `created_at` (epoch seconds) it is written now. Raises ValueError."""
    unknown = document.keys() - _CUSTOMER
    if unknown:
        raise ValueError(f"unknown field of a customer: {sorted(unknown)[0]}")
    kind, rating, photos = document.get("kind", "review"), _rating(document), document.get("photos", 0)
    created, parent = document.get("created_at"), document.get("supplement_of")
    if kind != "review" and kind != "question":
        raise ValueError("kind must be review or question")
    if not isinstance(photos, int) or not isinstance(created, int | float | None):
        raise ValueError("photos and created_at must be numbers")
    if not isinstance(parent, str | None):
        raise ValueError("supplement_of must be an item's id")
    texts = {name: str(document.get(name) or "") for name in _TEXTS}
    at = now if created is None else float(created)
    return SandboxCustomer(kind, at, **texts, rating=rating, photos=photos, supplement_of=parent)


def _rating(document: Mapping[str, object]) -> int | None:
    rating = document.get("rating")
    if rating is None or (isinstance(rating, int) and 1 <= rating <= 5):
        return rating
    raise ValueError("rating must be 1..5")


def answering(
    action: Callable[[web.Request], Awaitable[object]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The action's return as JSON; its KeyError and ValueError as 400 {"error": "…"}."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(await action(request), dumps=json.dumps)
        except KeyError as missing:
            return web.json_response({"error": f"not known: {missing.args[0]}"}, status=400)
        except ValueError as problem:
            return web.json_response({"error": str(problem)}, status=400)

    return answer


async def objects(request: web.Request) -> list[dict[str, object]]:
    """The JSON objects of a body, which is one or a list of them. Raises ValueError."""
    document: object = json.loads(await request.read() or b"null")
    listed: list[object] = document if isinstance(document, list) else [document]
    objects = [one for one in listed if isinstance(one, dict)]
    if len(objects) < len(listed):
        raise ValueError("the body must be a JSON object or a list of objects")
    return objects


def text_of(document: Mapping[str, object], name: str) -> str:
    """A text that must be there. Raises ValueError."""
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be given as text")
    return value


def _rendered(one: Active) -> dict[str, object]:
    return {"id": one.id, "left": one.left, "played": one.played, **asdict(one.fault)}
