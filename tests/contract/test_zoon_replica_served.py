"""The Zoon replica behind the sandbox's real server, its cabinet behind the gate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp
import pytest

from feedback_service.domain.errors import InDoubt
from feedback_service.platforms.zoon.replica import ZoonReplica
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.gate.sessions import Term
from feedback_service.sandbox.server import Sandbox
from tests.support.paper_browser import PaperPage
from tests.support.sandbox import HandClock
from tests.support.zoon_replica import LIST, unveiled

KEY, SHOP = "zoon", "pekarnya"
REPLY = 'article[data-id="{}"] form.reply {}'


@dataclass
class Street:
    sandbox: Sandbox
    organization: str
    page: PaperPage

    def review(self) -> str:
        at = self.sandbox.clock.now().timestamp() - 60
        return self.sandbox.add(KEY, SHOP, SandboxCustomer("review", at, "Вкусно", rating=5, author="Аглая"))

    def answer(self, item: str) -> None:
        """In a browser, as a person would."""
        self.page.open(f"{self.sandbox.cabinet_url_of(KEY)}/organizations/{self.organization}/reviews")
        self.page.fill(REPLY.format(item, "textarea[name=text]"), "Спасибо!\nЖдём")
        self.page.write_begins()
        self.page.click(REPLY.format(item, "button[type=submit]"))

    async def do(self, script: Callable[..., None], *given: str) -> None:
        await asyncio.to_thread(script, *given)

    def written(self, item: str) -> list[str]:
        (entry,) = (one for one in self.sandbox.ledger(KEY).entries if one.item == item)
        return [write.effect for write in entry.writes]


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with Sandbox([ZoonReplica()], clock=HandClock()) as sandbox:
        credentials = sandbox.register(KEY, SandboxAccount(SHOP))
        cookies, _ = sandbox.sign_in(KEY, SHOP, Term())
        yield Street(sandbox, credentials["organization_ids"], PaperPage(dict(cookies)))


async def test_an_answer_given_in_a_browser_is_read_from_the_public_list(street: Street) -> None:
    item = street.review()
    query = {**LIST, "organization": street.organization}

    await street.do(street.answer, item)
    async with (
        aiohttp.ClientSession() as client,
        client.get(street.sandbox.url_of(KEY) + "/js.php", params=query) as got,
    ):
        listed = (await got.json(content_type=None))["list"]

    (review,) = unveiled(listed)
    assert review["data-id"] == item
    assert list(review.select(".subcomments .js-comment-content")[0].strings) == ["Спасибо!", "Ждём"]
    assert street.page.has(f'article[data-id="{item}"] .answer[data-state=published]')


async def test_without_a_session_the_cabinet_asks_to_sign_in(street: Street) -> None:
    street.page.cookies.clear()

    await street.do(street.page.open, street.sandbox.cabinet_url_of(KEY))

    assert street.page.has("form#sign-in")


async def test_an_expired_session_leads_to_the_sign_in_form_and_writes_nothing(street: Street) -> None:
    item = street.review()
    street.sandbox.faults.add(Fault("expire", match="POST /cabinet"))

    await street.do(street.answer, item)

    assert (street.page.has("form#sign-in"), street.written(item)) == (True, [])


async def test_faults_of_writes_wait_for_a_form(street: Street) -> None:
    item = street.review()
    street.sandbox.faults.add(Fault("drop_after_write", count=1))

    with pytest.raises(InDoubt):
        await street.do(street.answer, item)

    assert street.written(item) == ["answer"]


async def test_a_swallow_that_a_refused_form_met_stays_planned(street: Street) -> None:
    item = street.review()
    street.sandbox.faults.add(Fault("swallow", count=1))
    street.sandbox.faults.add(Fault("too_many_requests", count=1, match="POST ", options={"retry_after": 3}))

    for _ in range(3):
        await street.do(street.answer, item)

    assert street.written(item) == ["ignored", "answer"]
