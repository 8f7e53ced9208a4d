"""The Google replica behind the sandbox's real server, with the faults that the server plays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from feedback_service.domain.errors import InDoubt
from feedback_service.platforms.google_business.replica import GoogleBusinessReplica
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.server import Sandbox
from feedback_service.transports.http import Call, Http
from tests.support.sandbox import HandClock

KEY, SHOP = "google_business", "bulochnaya"


@dataclass
class Town:
    sandbox: Sandbox
    client: aiohttp.ClientSession
    form: dict[str, str]
    token: str = ""

    def review(self) -> str:
        at = self.sandbox.clock.now().timestamp() - 60
        return self.sandbox.add(KEY, SHOP, SandboxCustomer("review", at, "Вкусно", rating=5, author="Аглая"))

    async def refresh(self) -> int:
        async with self.client.post(self.sandbox.url_of(KEY) + "/token", data=self.form) as response:
            self.token = (await response.json()).get("access_token", "")
            return response.status

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.client.request(method, self.sandbox.url_of(KEY) + path, headers=headers, **more) as response:
            return response.status, await response.json() if await response.read() else None

    async def answer(self, name: str) -> int:
        return (await self.ask("PUT", f"/v4/{name}/reply", json={"comment": "Спасибо!"}))[0]

    async def lose(self, name: str) -> None:
        """An answer whose connection breaks; aiohttp alone would send it a second time."""
        http = Http(self.sandbox.url_of(KEY), {"Authorization": f"Bearer {self.token}"})
        with pytest.raises(InDoubt):
            await http.exchange(Call(method="PUT", path=f"/v4/{name}/reply", json={"comment": "Да"}, is_write=True))
        await http.close()

    def written(self, name: str) -> list[str]:
        (entry,) = (one for one in self.sandbox.ledger(KEY).entries if one.item == name)
        return [write.effect for write in entry.writes]


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with Sandbox([GoogleBusinessReplica()], clock=HandClock()) as sandbox, aiohttp.ClientSession() as client:
        credentials = sandbox.register(KEY, SandboxAccount(SHOP))
        opened = Town(sandbox, client, {"grant_type": "refresh_token", **credentials})
        assert await opened.refresh() == 200
        yield opened


async def test_all_hosts_are_served_below_one_address(town: Town) -> None:
    name = town.review()

    _, accounts = await town.ask("GET", "/v1/accounts")
    account = accounts["accounts"][0]["name"]
    _, locations = await town.ask("GET", f"/v1/{account}/locations", params={"readMask": "name,title", "pageSize": 100})
    parent = f"{account}/{locations['locations'][-1]['name']}"
    _, listed = await town.ask("GET", f"/v4/{parent}/reviews", params={"orderBy": "updateTime desc"})
    _, batch = await town.ask("POST", f"/v4/{account}/locations:batchGetReviews", json={"locationNames": [parent]})
    deleted = [await town.answer(name), (await town.ask("DELETE", f"/v4/{name}/reply"))]

    assert [one["name"] for one in listed["reviews"]] == [name]
    assert [one["name"] for one in batch["locationReviews"]] == [parent]
    assert deleted == [200, (200, None)]


async def test_faults_of_writes_spare_what_only_reads(town: Town) -> None:
    name = town.review()
    account = name.partition("/locations")[0]
    town.sandbox.faults.add(Fault("drop_after_write", count=1))

    refreshed = await town.refresh()
    body = {"locationNames": [name.partition("/reviews")[0]]}
    status, _ = await town.ask("POST", f"/v4/{account}/locations:batchGetReviews", json=body)
    await town.lose(name)

    assert (refreshed, status, town.written(name)) == (200, 200, ["answer"])


async def test_a_swallow_that_a_refused_write_met_stays_planned(town: Town) -> None:
    name = town.review()
    town.sandbox.faults.add(Fault("swallow", count=1))

    statuses = [await town.answer(f"{name}x"), await town.answer(name), await town.answer(name)]

    assert (statuses, town.written(name)) == ([404, 200, 200], ["ignored", "answer"])


async def test_a_fault_of_one_account_also_strikes_its_refresh(town: Town) -> None:
    town.sandbox.faults.add(Fault("expire", account=SHOP, count=1, match="/token"))

    assert [await town.refresh(), await town.refresh()] == [400, 200]
