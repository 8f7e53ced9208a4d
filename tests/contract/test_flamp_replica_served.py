"""The Flamp replica behind the sandbox's real server and its gate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from feedback_service.platforms.flamp.replica import FlampReplica
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.gate.sessions import Term
from feedback_service.sandbox.server import Sandbox
from tests.support.paper_browser import PaperBrowser, PaperPage
from tests.support.sandbox import HandClock

KEY, SHOP, TEXT = "flamp", "pekarnya", "Спасибо, ждём снова!"


@dataclass
class Street:
    sandbox: Sandbox
    client: aiohttp.ClientSession
    filial: str
    browser: PaperBrowser = field(default_factory=PaperBrowser)

    def review(self) -> str:
        at = self.sandbox.clock.now().timestamp() - 60
        return self.sandbox.add(KEY, SHOP, SandboxCustomer("review", at, "Вкусно", rating=5, author="Аглая"))

    def sign_in(self) -> None:
        cookies, _ = self.sandbox.sign_in(KEY, SHOP, Term())
        self.browser = PaperBrowser(PaperPage(dict(cookies)))

    async def answer(self, item: str) -> PaperPage:
        """Open the review's page as a browser does, type, send; returns the page that came."""

        def script(page: Any) -> None:
            page.open(f"{self.sandbox.cabinet_url_of(KEY)}/r/{item}")
            if page.has("form.reply"):
                page.fill("form.reply textarea[name=text]", TEXT)
                page.click("form.reply button[type=submit]")

        await self.browser.run(script, 10)
        return self.browser.page

    async def listed(self) -> list[str]:
        """The answers that the API shows, with a token from the filial's page."""
        async with self.client.get(f"{self.sandbox.url_of(KEY)}/firm/{self.filial}/") as page:
            word = page.cookies["__cat"].value
        headers = {"Authorization": f"Bearer {word}", "Accept": 'depth=1;scopes={"official_answer":{}}'}
        url = f"{self.sandbox.url_of(KEY)}/api/2.0/filials/{self.filial}/reviews?limit=50"
        async with self.client.get(url, headers=headers) as response:
            reviews = (await response.json())["reviews"]
        return [one["official_answer"]["text"] for one in reviews if one["official_answer"]]

    def written(self, item: str) -> list[str]:
        (entry,) = (one for one in self.sandbox.ledger(KEY).entries if one.item == item)
        return [write.effect for write in entry.writes]


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with Sandbox([FlampReplica()], clock=HandClock()) as sandbox, aiohttp.ClientSession() as client:
        credentials = sandbox.register(KEY, SandboxAccount(SHOP))
        yield Street(sandbox, client, credentials["filial_ids"])


async def test_an_answer_sent_by_a_browser_is_read_by_the_api(street: Street) -> None:
    item = street.review()
    street.sign_in()

    page = await street.answer(item)

    assert page.rows(".official-answer", {"text": ".text", "state": "@data-state"}) == [
        {"text": TEXT, "state": "visible"}
    ]
    assert page.url == f"{street.sandbox.cabinet_url_of(KEY)}/r/{item}"
    assert (await street.listed(), street.written(item)) == ([TEXT], ["answer"])


async def test_without_a_session_there_is_a_sign_in_page(street: Street) -> None:
    item = street.review()

    page = await street.answer(item)

    assert (page.has("form#sign-in"), street.written(item)) == (True, [])


async def test_faults_of_writes_wait_for_the_form_and_too_often_names_the_seconds(street: Street) -> None:
    item = street.review()
    street.sign_in()
    street.sandbox.faults.add(Fault("swallow", count=1))
    street.sandbox.faults.add(
        Fault("too_many_requests", count=1, match="POST /cabinet/r/", options={"retry_after": 17})
    )

    refused = (await street.answer(item)).soup.text
    shown = [(await street.answer(item)).has(".official-answer") for _ in range(2)]

    assert "Слишком часто, попробуйте через 17 секунд" in refused
    assert (shown, street.written(item)) == ([False, True], ["ignored", "answer"])
