"""Every fault of the sandbox, over real connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from feedback_service.platforms.wildberries.replica import WildberriesReplica
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse, SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Call, Fault, FaultPlan
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock, Told

WB = "wildberries"
ANSWER = "POST /api/v1/feedbacks/answer"


class Parrot:
    """A replica without accounts or words of its own."""

    platform = "parrot"

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        return ReplicaResponse(200, {"content-type": "application/json"}, request.body or b"{}")


@dataclass
class Street:
    """A sandbox with a seller, one review, and a client."""

    sandbox: Sandbox
    client: aiohttp.ClientSession
    clock: HandClock
    token: str = field(init=False)
    item: str = field(init=False)

    def open_shop(self) -> None:
        account = SandboxAccount("shop", {"rate": 1e6, "burst": 1_000_000})
        self.token = self.sandbox.register(WB, account)["token"]
        customer = SandboxCustomer("review", self.clock.now().timestamp(), "Хорошо", rating=5)
        self.item = self.sandbox.add(WB, "shop", customer)

    def plan(self, kind: str, *, match: str | None = None, count: int | None = None, **options: object) -> None:
        self.sandbox.faults.add(Fault(kind, match=match, count=count, options=options))

    async def ask(self, method: str, path: str, body: object = None) -> Told:
        url = self.sandbox.url_of(WB) + path
        headers = {"Authorization": self.token}
        async with self.client.request(method, url, json=body, headers=headers) as response:
            raw = await response.read()
        document: Any = json.loads(raw) if raw else None
        return Told(response.status, response.headers, document)

    async def answer(self) -> Told:
        return await self.ask("POST", "/api/v1/feedbacks/answer", {"id": self.item, "text": "Спасибо!"})

    async def read(self) -> Told:
        return await self.ask("GET", f"/api/v1/feedback?id={self.item}")

    def answers(self) -> int:
        return self.sandbox.ledger().entries[0].answers


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    clock = HandClock()
    replicas = [WildberriesReplica(), Parrot()]
    async with Sandbox(replicas, clock=clock) as sandbox, aiohttp.ClientSession() as client:
        made = Street(sandbox, client, clock)
        made.open_shop()
        yield made


async def test_too_many_requests_is_said_as_often_as_planned(street: Street) -> None:
    street.plan("too_many_requests", count=2, retry_after=4)

    told = [await street.answer() for _ in range(3)]

    assert [one.status for one in told] == [429, 429, 204]
    assert told[0].headers["X-Ratelimit-Retry"] == "4"
    assert (street.answers(), street.sandbox.summary().limited) == (1, 2)


async def test_a_server_error_writes_nothing(street: Street) -> None:
    street.plan("server_error", count=1, status=502)

    first = await street.answer()

    assert (first.status, street.answers()) == (502, 0)


async def test_a_drop_before_the_write_loses_it(street: Street) -> None:
    street.plan("drop_before_write", count=1)

    with pytest.raises(aiohttp.ClientConnectionError):
        await street.answer()

    assert street.answers() == 0
    assert (await street.answer()).status == 204


async def test_a_drop_after_the_write_keeps_it(street: Street) -> None:
    street.plan("drop_after_write", count=1)

    with pytest.raises(aiohttp.ClientConnectionError):
        await street.answer()

    assert street.answers() == 1
    assert street.sandbox.summary().requests == {"dropped": 1}


async def test_drops_of_writes_spare_reads_and_refused_writes(street: Street) -> None:
    street.plan("drop_before_write", match="/orders")
    street.plan("drop_after_write", count=1)

    read = await street.read()
    refused = await street.ask("POST", "/api/v1/feedbacks/answer", {"id": street.item, "text": ""})
    with pytest.raises(aiohttp.ClientConnectionError):
        await street.answer()

    assert (read.status, refused.status, street.answers()) == (200, 400, 1)


async def test_any_request_can_be_dropped(street: Street) -> None:
    street.plan("drop")  # without end: aiohttp repeats a broken GET once by itself

    with pytest.raises(aiohttp.ClientConnectionError):
        await street.read()


async def test_a_slow_answer_comes_late_and_is_written_at_once(street: Street) -> None:
    street.plan("slow", delay=90, match=ANSWER)

    told = await street.answer()

    assert (told.status, street.clock.slept) == (204, [90])
    assert street.sandbox.ledger().entries[0].writes[0].at == street.clock.now().timestamp() - 90


async def test_mangled_as_html(street: Street) -> None:
    street.plan("mangle", count=2, how="html")

    with pytest.raises(json.JSONDecodeError):
        await street.read()
    with pytest.raises(json.JSONDecodeError):
        await street.answer()

    assert street.answers() == 1


async def test_mangled_as_truncated_json(street: Street) -> None:
    street.plan("mangle", count=1, how="truncated")

    with pytest.raises(json.JSONDecodeError):
        await street.read()

    assert (await street.read()).status == 200


async def test_mangled_as_garbage(street: Street) -> None:
    street.plan("mangle", count=1, how="garbage")

    with pytest.raises(UnicodeDecodeError):
        await street.read()


async def test_moderation_takes_its_time_and_decides(street: Street) -> None:
    street.plan("moderate", count=1, verdict="reject", delay=60)

    await street.read()
    await street.answer()
    waiting = await street.read()
    street.clock.advance(60)
    decided = await street.read()

    states = [told.document["data"]["answer"]["state"] for told in (waiting, decided)]
    assert states == ["reviewRequired", "rejected"]
    assert street.answers() == 0


async def test_moderation_waits_for_a_write_that_is_accepted(street: Street) -> None:
    street.plan("moderate", count=1, verdict="pending")

    refused = await street.ask("POST", "/api/v1/feedbacks/answer", {"id": street.item, "text": ""})
    await street.answer()

    assert refused.status == 400
    assert (await street.read()).document["data"]["answer"]["state"] == "reviewRequired"


async def test_an_expired_token_is_refused_until_the_fault_is_cleared(street: Street) -> None:
    street.plan("expire")

    expired = await street.answer()
    street.sandbox.faults.clear()
    fresh = await street.answer()

    assert (expired.status, fresh.status, street.answers()) == (401, 204, 1)


async def test_a_fault_hits_its_platform_and_account_only(street: Street) -> None:
    street.sandbox.faults.add(Fault("server_error", platform="parrot"))
    street.sandbox.faults.add(Fault("server_error", platform=WB, account="other"))

    assert (await street.answer()).status == 204


@pytest.mark.parametrize(("kind", "status"), [("too_many_requests", 429), ("server_error", 500)])
async def test_a_replica_without_words_of_its_own_gets_plain_ones(street: Street, kind: str, status: int) -> None:
    street.plan(kind, count=1)

    async with street.client.get(street.sandbox.url_of("parrot") + "/anything") as response:
        document = await response.json()

    assert (response.status, document) == (status, {"error": {"message": f"sandbox fault: {kind}"}})


async def test_a_client_that_gives_up_is_still_served(street: Street) -> None:
    street.plan("slow", delay=1)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(street.sandbox.url.rsplit(":", 1)[1]))
    body = json.dumps({"id": street.item, "text": "Спасибо!"}).encode()
    head = f"POST /wildberries/api/v1/feedbacks/answer HTTP/1.1\r\nHost: x\r\nAuthorization: {street.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"

    writer.write(head.encode() + body)
    await writer.drain()
    await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert street.answers() == 1


def played(plan: FaultPlan, times: int) -> list[bool]:
    call = Call(WB, "shop", "POST", "/x")
    return ["drop" in plan.draw(call, {"drop"}) for _ in range(times)]


def test_the_same_seed_gives_the_same_misfortune() -> None:
    first, second, other = (FaultPlan(seed) for seed in (1, 1, 2))
    for plan in (first, second, other):
        plan.add(Fault("drop", probability=0.5))

    one, two, three = (played(plan, 100) for plan in (first, second, other))

    assert one == two
    assert one != three
    assert 30 < sum(one) < 70


@pytest.mark.parametrize(
    ("fault", "hit"),
    [
        ({"match": "POST /x"}, True),
        ({"match": "GET"}, False),
        ({"platform": WB, "account": "shop"}, True),
        ({"platform": "ozon"}, False),
        ({"account": "other"}, False),
    ],
)
def test_a_fault_is_matched_by_place_and_request(fault: Mapping[str, Any], hit: bool) -> None:
    plan = FaultPlan()
    plan.add(Fault("drop", **fault))

    assert played(plan, 1) == [hit]
