"""The control routes of the sandbox, as a program in any language would use them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from feedback_service.platforms.wildberries.replica import WildberriesReplica
from feedback_service.sandbox.discovery import discover_replicas
from feedback_service.sandbox.server import Sandbox, run_sandbox
from tests.support.sandbox import NOON, HandClock

ACCOUNT = {"platform": "wildberries", "key": "shop", "options": {"kind": "personal"}}
REVIEW = {"platform": "wildberries", "account": "shop", "kind": "review", "text": "Хорошо", "rating": 5}
QUESTION = {"platform": "wildberries", "account": "shop", "kind": "question", "text": "Какой объём?"}


@dataclass(frozen=True)
class Remote:
    """A client of the control routes."""

    sandbox: Sandbox
    client: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: object = None, token: str = "") -> tuple[int, Any]:
        headers = {"Authorization": token} if token else {}
        async with self.client.request(method, self.sandbox.url + path, json=body, headers=headers) as told:
            return told.status, await told.json() if await told.read() else None

    async def opened(self) -> str:
        _, document = await self.ask("POST", "/_sandbox/accounts", ACCOUNT)
        token: str = document["accounts"][0]["credentials"]["token"]
        return token

    async def added(self, customers: object) -> list[str]:
        _, document = await self.ask("POST", "/_sandbox/customers", customers)
        items: list[str] = document["items"]
        return items


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    async with Sandbox([WildberriesReplica()], clock=HandClock()) as sandbox, aiohttp.ClientSession() as client:
        yield Remote(sandbox, client)


async def test_it_listens_on_this_machine_only_and_says_it_is_well(remote: Remote) -> None:
    told = await remote.ask("GET", "/_sandbox/health")

    assert remote.sandbox.url.startswith("http://127.0.0.1:")
    assert told == (200, {"status": "ok", "platforms": ["wildberries"]})


async def test_an_account_gets_its_credentials_and_address(remote: Remote) -> None:
    status, document = await remote.ask("POST", "/_sandbox/accounts", ACCOUNT)

    (account,) = document["accounts"]
    assert status == 200
    assert account["base_url"] == remote.sandbox.url + "/wildberries"
    assert account["credentials"]["token"].count(".") == 2


async def test_customers_are_added_one_or_many(remote: Remote) -> None:
    await remote.opened()

    one = await remote.added(REVIEW)
    many = await remote.added([{**REVIEW, "text": "И ещё", "supplement_of": one[0]}, QUESTION])

    assert (len(one), len(many)) == (1, 2)
    assert remote.sandbox.summary().customers == 3


async def test_the_ledger_tells_who_got_what_and_sums_up(remote: Remote) -> None:
    token = await remote.opened()
    review, _question = await remote.added([REVIEW, QUESTION])
    for item in (review, review, "nowhere"):
        body = {"id": item, "text": "Спасибо!"}
        await remote.ask("POST", "/wildberries/api/v1/feedbacks/answer", body, token)

    _, ledger = await remote.ask("GET", "/_sandbox/ledger")

    write = {"text": "Спасибо!", "at": NOON.timestamp(), "effect": "answer"}
    assert ledger["summary"] == {
        "customers": 2,
        "answered": 1,
        "twice": 1,
        "rejected": 0,
        "unanswered": 1,
        "unknown_writes": 1,
        "limited": 0,
        "requests": {"204": 3},
    }
    assert ledger["entries"][0] == {
        "platform": "wildberries",
        "account": "shop",
        "item": review,
        "kind": "review",
        "created_at": NOON.timestamp(),
        "text": "Хорошо",
        "pros": "",
        "cons": "",
        "rating": 5,
        "author": "",
        "product": "",
        "photos": 0,
        "supplement_of": None,
        "writes": [write, write],
        "answers": 2,
        "visible": "Спасибо!",
        "state": "wbRu",
    }
    assert [one["item"] for one in ledger["unknown_writes"]] == ["nowhere"]


async def test_the_ledger_is_narrowed_and_shortened(remote: Remote) -> None:
    await remote.opened()
    await remote.ask("POST", "/_sandbox/accounts", {**ACCOUNT, "key": "other"})
    await remote.added([REVIEW, QUESTION, {**REVIEW, "account": "other"}])

    _, narrow = await remote.ask("GET", "/_sandbox/ledger?platform=wildberries&account=other")
    _, nobody = await remote.ask("GET", "/_sandbox/ledger?platform=ozon")
    _, short = await remote.ask("GET", "/_sandbox/ledger?entries=false")

    assert (len(narrow["entries"]), narrow["summary"]["customers"]) == (1, 1)
    assert nobody["entries"] == []
    assert (short.keys(), short["summary"]["customers"]) == ({"summary"}, 3)


async def test_a_rejected_question_is_neither_answered_nor_waiting(remote: Remote) -> None:
    token = await remote.opened()
    (item,) = await remote.added(QUESTION)
    body = {"id": item, "answer": {"text": "Не по теме"}, "state": "none"}

    await remote.ask("PATCH", "/wildberries/api/v1/questions", body, token)

    summary = remote.sandbox.summary()
    assert (summary.answered, summary.rejected, summary.unanswered) == (0, 1, 0)


async def test_a_customer_edits(remote: Remote) -> None:
    await remote.opened()
    (item,) = await remote.added(REVIEW)

    edit = {"platform": "wildberries", "account": "shop", "item": item, "text": "Сломалась", "rating": 1}
    told = await remote.ask("PATCH", "/_sandbox/customers", edit)

    assert told == (200, {"items": [item]})
    assert remote.sandbox.ledger().entries[0].customer.text == "Сломалась"


async def test_faults_are_planned_listed_and_cleared(remote: Remote) -> None:
    fault = {"kind": "slow", "platform": "wildberries", "match": "GET", "count": 3, "options": {"delay": 2}}

    _, planned = await remote.ask("POST", "/_sandbox/faults", [fault, {"kind": "moderate"}])
    _, listed = await remote.ask("GET", "/_sandbox/faults")
    await remote.ask("DELETE", f"/_sandbox/faults?id={planned['ids'][1]}")
    _, rest = await remote.ask("GET", "/_sandbox/faults")
    await remote.ask("DELETE", "/_sandbox/faults")
    _, none = await remote.ask("GET", "/_sandbox/faults")

    full = {"id": planned["ids"][0], "left": 3, "played": 0, "account": None, "probability": 1.0, **fault}
    assert (listed["faults"][0], len(listed["faults"])) == (full, 2)
    assert (rest["faults"], none["faults"]) == ([full], [])


async def test_requests_are_listed_with_time_and_status(remote: Remote) -> None:
    token = await remote.opened()
    await remote.ask("GET", "/wildberries/ping", token=token)
    await remote.ask("GET", "/wildberries/ping")

    _, all_of_them = await remote.ask("GET", "/_sandbox/requests")
    _, of_shop = await remote.ask("GET", "/_sandbox/requests?account=shop")

    assert all_of_them["statuses"] == {"200": 1, "401": 1}
    assert of_shop["requests"] == [
        {
            "at": NOON.timestamp(),
            "platform": "wildberries",
            "account": "shop",
            "method": "GET",
            "path": "/ping",
            "status": "200",
        }
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "error"),
    [
        ("POST", "accounts", {"platform": "mars", "key": "x"}, "not known: mars"),
        ("POST", "accounts", {"platform": "wildberries"}, "key must be given as text"),
        ("POST", "accounts", {**ACCOUNT, "options": {"kind": "gold"}}, "kind must be one of"),
        ("POST", "accounts", 5, "the body must be a JSON object"),
        ("POST", "customers", {**REVIEW, "account": "nobody"}, "not known: nobody"),
        ("POST", "customers", {**REVIEW, "kind": "song"}, "kind must be review or question"),
        ("POST", "customers", {**REVIEW, "rating": 6}, "rating must be 1..5"),
        ("POST", "customers", {**REVIEW, "mood": "good"}, "unknown field of a customer: mood"),
        ("PATCH", "customers", {"platform": "wildberries", "account": "x", "item": "y"}, "not known: x"),
        ("POST", "faults", {"kind": "flood"}, "kind must be one of"),
        ("POST", "faults", {"kind": "slow", "count": 0}, "count must be a whole number above 0"),
        ("POST", "faults", {"kind": "slow", "probability": 2}, "probability must be between 0 and 1"),
        ("POST", "faults", {"kind": "slow", "delay": 2}, "unknown field of a fault: delay"),
    ],
)
async def test_a_wrong_request_is_explained(remote: Remote, method: str, path: str, body: object, error: str) -> None:
    status, document = await remote.ask(method, f"/_sandbox/{path}", body)

    assert status == 400
    assert document["error"].startswith(error)


async def test_a_taken_port_is_an_error(remote: Remote) -> None:
    port = int(remote.sandbox.url.rsplit(":", 1)[1])

    with pytest.raises(OSError, match="address already in use"):
        await Sandbox([WildberriesReplica()]).start(port)


def test_every_platform_with_a_replica_is_found() -> None:
    assert "wildberries" in {replica.platform for replica in discover_replicas()}


async def test_it_runs_until_it_is_cancelled() -> None:
    ready: asyncio.Future[Sandbox] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(run_sandbox([WildberriesReplica()], ready=ready.set_result))
    url = (await ready).url

    async with aiohttp.ClientSession() as client:
        async with client.get(f"{url}/_sandbox/health") as response:
            assert response.status == 200
        running.cancel()
        await asyncio.wait([running])
        with pytest.raises(aiohttp.ClientConnectorError):
            await client.get(f"{url}/_sandbox/health")
