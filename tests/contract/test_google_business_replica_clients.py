"""Google's own clients (google-auth, google-api-python-client) work against the replica over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from requests import Session

from feedback_service.platforms.google_business.replica import GoogleBusinessReplica
from feedback_service.ports.replica import LedgerEntry, SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock

KEY, SHOP = "google_business", "bulochnaya"
SCOPE = "https://www.googleapis.com/auth/business.manage"
Result = TypeVar("Result")


@dataclass(frozen=True)
class World:
    """A running sandbox with one account; the clients block, so that each call runs in a thread of its own."""

    sandbox: Sandbox
    replica: GoogleBusinessReplica
    credentials: Credentials

    async def refresh(self) -> None:
        def refreshed() -> None:
            with Session() as session:
                self.credentials.refresh(Request(session))

        await asyncio.to_thread(refreshed)

    async def called(self, api: str, method: Callable[[Any], Result]) -> Result:
        """What a method of one of the discovered APIs gives."""

        def call() -> Result:
            endpoint = {"api_endpoint": self.sandbox.url_of(KEY) + "/"}
            options = {"credentials": self.credentials, "static_discovery": True, "cache_discovery": False}
            with build(api, "v1", client_options=endpoint, **options) as service:
                return method(service)

        return await asyncio.to_thread(call)

    async def v4(self, method: str, path: str, **more: Any) -> Any:
        """v4 has no discovery document: its paths by google-auth's session, which refreshes by itself."""

        def call() -> Any:
            with AuthorizedSession(self.credentials) as session:
                response = session.request(method, f"{self.sandbox.url_of(KEY)}/v4/{path}", **more)
                response.raise_for_status()
                return response.json() if response.content else None

        return await asyncio.to_thread(call)

    async def locations(self) -> tuple[str, list[Any]]:
        """The only account, and all of its locations."""
        told = await self.called("mybusinessaccountmanagement", lambda api: api.accounts().list().execute())
        account = told["accounts"][0]["name"]

        def pages(api: Any) -> list[Any]:
            methods, found = api.accounts().locations(), []
            asked = methods.list(parent=account, readMask="name,title,metadata", pageSize=100)
            while asked is not None:
                answered = asked.execute()
                found += answered.get("locations", [])
                asked = methods.list_next(asked, answered)
            return found

        return account, await self.called("mybusinessbusinessinformation", pages)

    def review(self, age: float = 60) -> str:
        at = self.sandbox.clock.now().timestamp() - age
        return self.sandbox.add(KEY, SHOP, SandboxCustomer("review", at, "Вкусно", rating=5, author="Аглая"))

    def entry(self, name: str) -> LedgerEntry:
        return next(one for one in self.sandbox.ledger().entries if one.item == name)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    replica = GoogleBusinessReplica()
    async with Sandbox([replica], clock=HandClock()) as sandbox:
        given = sandbox.register(KEY, SandboxAccount(SHOP, {"locations": 250}))
        yield World(
            sandbox,
            replica,
            Credentials(token=None, token_uri=f"{sandbox.url_of(KEY)}/token", scopes=[SCOPE], **given),
        )


async def test_a_consent_is_refreshed_until_it_is_revoked(world: World) -> None:
    await world.refresh()
    first = world.credentials.token
    await world.refresh()

    assert first != world.credentials.token
    assert world.credentials.granted_scopes == [SCOPE]
    world.replica.revoke(SHOP)
    with pytest.raises(RefreshError, match="invalid_grant"):
        await world.refresh()


async def test_accounts_and_all_pages_of_locations_are_read(world: World) -> None:
    account, locations = await world.locations()

    read = await world.called("mybusinessaccountmanagement", lambda api: api.accounts().get(name=account).execute())
    assert (read["name"], read["type"]) == (account, "PERSONAL")
    assert len({one["name"] for one in locations}) == 251
    assert sum(one["metadata"].get("hasVoiceOfMerchant", False) for one in locations) == 250


async def test_errors_are_understood(world: World) -> None:
    def list_of_nobody(api: Any) -> Any:
        return api.accounts().locations().list(parent="accounts/77", readMask="name").execute()

    def list_without_fields(api: Any) -> Any:
        return api.accounts().locations().list(parent="accounts/-", readMask="nothing").execute()

    with pytest.raises(HttpError, match="Requested entity was not found") as absent:
        await world.called("mybusinessbusinessinformation", list_of_nobody)
    with pytest.raises(HttpError) as invalid:
        await world.called("mybusinessbusinessinformation", list_without_fields)
    world.sandbox.register(KEY, SandboxAccount(SHOP, {"approved": False}))
    with pytest.raises(HttpError) as exhausted:
        await world.called("mybusinessaccountmanagement", lambda api: api.accounts().list().execute())

    assert (absent.value.status_code, invalid.value.status_code) == (404, 400)
    assert "read_mask" in str(invalid.value.error_details)
    assert (exhausted.value.status_code, exhausted.value.error_details[0]["reason"]) == (429, "RATE_LIMIT_EXCEEDED")


async def test_a_token_that_ended_is_refreshed_on_the_way(world: World) -> None:
    await world.refresh()
    world.sandbox.faults.add(Fault("expire", count=1, match="GET /v1/accounts"))

    account, _ = await world.locations()

    assert account.startswith("accounts/")
    assert world.sandbox.requests.statuses(KEY) == {"200": 6, "401": 1}


async def test_reviews_are_listed_answered_and_read_again(world: World) -> None:
    written = [world.review(age) for age in range(600, 0, -1)]
    account, locations = await world.locations()
    parents = [f"{account}/{one['name']}" for one in locations if one["metadata"].get("hasVoiceOfMerchant")]

    listed = await world.v4("GET", f"{parents[0]}/reviews", params={"pageSize": 2, "orderBy": "updateTime desc"})
    body = {"locationNames": parents[:50], "pageSize": 50}
    batch = await world.v4("POST", f"{account}/locations:batchGetReviews", json=body)
    name = listed["reviews"][0]["name"]
    await world.v4("PUT", f"{name}/reply", json={"comment": "Спасибо! 🙂"})
    read = await world.v4("GET", name)
    answers = world.entry(name).answers
    deleted = await world.v4("DELETE", f"{name}/reply")

    assert [one["name"] for one in listed["reviews"]] == [written[500], written[250]]
    assert "nextPageToken" in listed
    assert len(batch["locationReviews"]) == 50
    assert (read["reviewReply"]["comment"], answers) == ("Спасибо! 🙂", 1)
    assert (deleted, world.entry(name).answers) == (None, 0)
