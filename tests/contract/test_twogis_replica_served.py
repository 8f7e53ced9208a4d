"""The 2GIS replica behind the sandbox's real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from feedback_service.platforms.twogis.replica import TwoGisReplica
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.gate.sessions import Term
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock

KEY, SHOP = "twogis", "pekarnya"


@dataclass
class Street:
    sandbox: Sandbox
    client: aiohttp.ClientSession
    credentials: Mapping[str, str]
    token: str

    def review(self) -> str:
        at = self.sandbox.clock.now().timestamp() - 60
        return self.sandbox.add(KEY, SHOP, SandboxCustomer("review", at, "Вкусно", rating=5, author="Аглая"))

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = self.sandbox.url_of(KEY) + path
        async with self.client.request(method, url, headers=headers, **more) as response:
            return response.status, await response.json()

    async def answer(self, item: str) -> int:
        body = {"text": "Спасибо!", "catalog": "2gis", "isOfficialAnswer": False}
        return (await self.ask("POST", f"/api/1.0/presence/reviews/{item}/comments", json=body))[0]

    def written(self, item: str) -> list[str]:
        (entry,) = (one for one in self.sandbox.ledger(KEY).entries if one.item == item)
        return [write.effect for write in entry.writes]


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with Sandbox([TwoGisReplica()], clock=HandClock()) as sandbox, aiohttp.ClientSession() as client:
        credentials = sandbox.register(KEY, SandboxAccount(SHOP, {"branches": 3}))
        cookies, _ = sandbox.sign_in(KEY, SHOP, Term())
        yield Street(sandbox, client, credentials, cookies["dg_session_token"])


async def test_both_apis_are_served_below_one_address(street: Street) -> None:
    item = street.review()
    branch = street.credentials["branch_ids"].split(",")[0]
    key = {"key": street.credentials["reviews_key"]}
    signing_in = {name: street.credentials[name] for name in ("login", "password")}

    signed_in, told = await street.ask("POST", "/api/1.0/users/auth", json=signing_in)
    street.token = told["result"]["access_token"]
    _, listed = await street.ask("GET", f"/api/1.0/presence/branch/{branch}/reviews", params={"limit": 50})
    offset = {"offsetDate": listed["result"]["items"][0]["dateCreated"]}
    _, older = await street.ask("GET", f"/api/1.0/presence/branch/{branch}/reviews", params=offset)
    _, shown = await street.ask("GET", f"/2.0/branches/{branch}/reviews", params=key)

    assert (signed_in, [one["id"] for one in listed["result"]["items"]], older["result"]["items"]) == (200, [item], [])
    assert [one["id"] for one in shown["reviews"]] == [item]


async def test_faults_of_writes_spare_the_sign_in_and_wait_for_an_answer(street: Street) -> None:
    item = street.review()
    street.sandbox.faults.add(Fault("drop_after_write", count=1))
    signing_in = {name: street.credentials[name] for name in ("login", "password")}

    status, _ = await street.ask("POST", "/api/1.0/users/auth", json=signing_in)
    with pytest.raises(aiohttp.ClientError):
        await street.answer(item)

    assert (status, street.written(item)) == (200, ["answer"])


async def test_a_swallow_that_a_refused_write_met_stays_planned(street: Street) -> None:
    item = street.review()
    street.sandbox.faults.add(Fault("swallow", count=1))

    statuses = [await street.answer("77"), await street.answer(item), await street.answer(item)]

    assert (statuses, street.written(item)) == ([404, 200, 200], ["ignored", "answer"])
