"""The Yandex Business replica behind the sandbox's server: its faults, its log and its ledger over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession, ServerDisconnectedError

from feedback_service.platforms.yandex_business.replica import YandexBusinessReplica
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.gate.sessions import Term
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock
from tests.support.yandex_cafe import ANSWER, CSRF

YANDEX = "yandex_business"


@dataclass(frozen=True)
class Cabinet:
    """A running sandbox, one review in it, and a connection that is signed in."""

    sandbox: Sandbox
    clock: HandClock
    session: ClientSession
    cookie: str
    home: str
    review: str

    async def call(self, method: str, path: str, token: str = "", **more: Any) -> tuple[int, str]:
        url = self.sandbox.url_of(YANDEX) + path
        headers = {"cookie": self.cookie, "x-csrf-token": token}
        async with self.session.request(method, url, headers=headers, allow_redirects=False, **more) as told:
            return told.status, await told.text()

    async def token(self) -> str:
        status, text = await self.call("POST", CSRF)
        assert status == 488
        return text.split('"')[3]

    async def answer(self, token: str) -> tuple[int, str]:
        form = {"reviewId": self.review, "text": "Спасибо!", "reviewsCsrfToken": ""}
        return await self.call("POST", ANSWER, token, json=form)

    def written(self) -> list[str]:
        (entry,) = self.sandbox.ledger(YANDEX).entries
        return [write.effect for write in entry.writes]


@pytest.fixture
async def cabinet() -> AsyncIterator[Cabinet]:
    clock = HandClock()
    async with Sandbox([YandexBusinessReplica()], clock=clock) as sandbox, ClientSession() as session:
        home = sandbox.register(YANDEX, SandboxAccount("cafe"))["permanent_id"]
        at = clock.now().timestamp()
        review = sandbox.add(YANDEX, "cafe", SandboxCustomer("review", at - 60, "Вкусно", rating=5))
        values, _ = sandbox.sign_in(YANDEX, "cafe", Term(lasts=1000))
        cookie = "; ".join(f"{name}={value}" for name, value in {**values, "i": ""}.items())
        yield Cabinet(sandbox, clock, session, cookie, home, review)


async def test_a_signed_in_client_answers_and_the_log_knows_whose_call_it_was(cabinet: Cabinet) -> None:
    token = await cabinet.token()

    told = await cabinet.answer(token)

    assert (told, cabinet.written()) == ((200, "OK"), ["answer"])
    assert cabinet.sandbox.requests.statuses(YANDEX, "cafe") == {"200": 1, "488": 1}
    assert cabinet.sandbox.summary(YANDEX).answered == 1


async def test_a_fault_of_writes_spares_the_post_that_fetches_a_token(cabinet: Cabinet) -> None:
    cabinet.sandbox.faults.add(Fault("drop_before_write", count=1))
    token = await cabinet.token()

    with pytest.raises(ServerDisconnectedError):
        await cabinet.answer(token)
    lost = cabinet.written()
    told = await cabinet.answer(token)

    assert (lost, told) == ([], (200, "OK"))


async def test_a_connection_lost_after_the_write_leaves_it_written(cabinet: Cabinet) -> None:
    cabinet.sandbox.faults.add(Fault("drop_after_write", count=1))

    with pytest.raises(ServerDisconnectedError):
        await cabinet.answer(await cabinet.token())

    assert cabinet.written() == ["answer"]


async def test_a_swallowed_answer_waits_for_one_that_gets_through(cabinet: Cabinet) -> None:
    cabinet.sandbox.faults.add(Fault("swallow", count=1))
    cabinet.sandbox.faults.add(Fault("csrf", match="business-answer", count=1))
    old = await cabinet.token()

    refused, _ = await cabinet.answer(old)
    status, text = await cabinet.answer(await cabinet.token())

    assert (refused, status, text == "OK") == (488, 200, False)
    assert cabinet.written() == ["ignored"]


async def test_a_session_ends_by_the_sandbox_s_clock(cabinet: Cabinet) -> None:
    path = f"/sprav/api/{cabinet.home}/reviews"

    before, _ = await cabinet.call("GET", path)
    cabinet.clock.advance(1000)
    after, _ = await cabinet.call("GET", path)

    assert (before, after) == (200, 302)


async def test_every_kind_of_fault_can_be_planned(cabinet: Cabinet) -> None:
    assert {"captcha", "csrf", "expire", "moderate", "swallow"} <= cabinet.sandbox.fault_kinds()
