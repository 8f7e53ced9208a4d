"""A public client that nobody of this project wrote (flamp-ru) reads the Flamp replica, page after page."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flamp_ru.flamp_ru import FlampRU
from requests.adapters import HTTPAdapter

from feedback_service.platforms.flamp.replica import FlampReplica
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock

FLAMP, BAKERY = "flamp", "pekarnya"


class ToSandbox(HTTPAdapter):
    """Sends what is meant for any https address to the sandbox instead: the client has no option for its host."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def send(self, request: requests.PreparedRequest, *more: Any, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.url = f"{self.base}{parts.path}?{parts.query}"
        return super().send(request, *more, **options)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox([FlampReplica()], clock=HandClock()) as running:
        yield running


def token_of(page: str) -> str:
    """What the site gives every visitor, from the page's cookie; redirects are followed as by a browser."""
    with urllib.request.urlopen(page) as answer:
        cookies = [SimpleCookie(line) for line in answer.headers.get_all("set-cookie", [])]
    return next(one["__cat"].value for one in cookies if "__cat" in one)


def read(base: str, filial: str, token: str) -> list[Any]:
    client = FlampRU(filial, bearer_token=token)
    client.session.mount("https://", ToSandbox(base))
    with client.session:
        return list(client.get_reviews())


async def test_flamp_ru_reads_every_review_over_the_pages(sandbox: Sandbox) -> None:
    filial = sandbox.register(FLAMP, SandboxAccount(BAKERY, {"stub": False}))["filial_ids"]
    now = sandbox.clock.now().timestamp()
    for number in range(30):
        customer = SandboxCustomer("review", now - 60 * (30 - number), f"Булочка № {number}", rating=1 + number % 5)
        sandbox.add(FLAMP, BAKERY, customer)
    base = sandbox.url_of(FLAMP)

    token = await asyncio.to_thread(token_of, f"{base}/firm/{filial}/")
    found = await asyncio.to_thread(read, base, filial, token)

    assert [one.text for one in found] == [f"Булочка № {number}" for number in reversed(range(30))]
    assert [one.rating.average_rating for one in found] == [1 + number % 5 for number in reversed(range(30))]


async def test_flamp_ru_is_refused_without_a_token_that_the_site_gave(sandbox: Sandbox) -> None:
    filial = sandbox.register(FLAMP, SandboxAccount(BAKERY))["filial_ids"]

    with pytest.raises(Exception, match=r"401|[Tt]oken"):
        await asyncio.to_thread(read, sandbox.url_of(FLAMP), filial, "0" * 40)
