"""A public client that nobody of this project wrote (ya_business_api) works against the Yandex Business replica."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError
from ya_business_api.async_api import AsyncAPI
from ya_business_api.companies.dataclasses.requests import ChainBranchesRequest
from ya_business_api.core.constants import BASE_URL
from ya_business_api.core.exceptions import AuthenticationError, CaptchaError, CSRFTokenError
from ya_business_api.reviews.constants import Ranking
from ya_business_api.reviews.dataclasses.requests import AnswerRequest, ReviewsRequest
from ya_business_api.sync_api import SyncAPI

from feedback_service.platforms.yandex_business.replica import YandexBusinessReplica
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.gate.sessions import Term
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock

YANDEX, CAFE = "yandex_business", "cafe"


@dataclass(frozen=True)
class Router:
    """The client's own router, whose addresses lead to the sandbox: the client has no option for its host."""

    theirs: Any
    base: str

    def __getattr__(self, name: str) -> Callable[..., str]:
        route = getattr(self.theirs, name)
        return lambda *names: route(*names).replace(BASE_URL, f"{self.base}/sprav")


@dataclass(frozen=True)
class World:
    """A running sandbox with one login; `home` is the id that a person would know."""

    sandbox: Sandbox
    home: int

    def review(self, text: str = "Вкусные блины", age: float = 60, **fields: Any) -> str:
        at = self.sandbox.clock.now().timestamp() - age
        return self.sandbox.add(YANDEX, CAFE, SandboxCustomer("review", at, text, **{"rating": 5, **fields}))

    def reopen(self, **options: object) -> int:
        """The account with other options; its first id."""
        told = self.sandbox.register(YANDEX, SandboxAccount(CAFE, options))["permanent_id"]
        return int(told.split(",")[0])

    def point(self, client: Any) -> Any:
        for part in (client.reviews, client.companies, client.service):
            part.router = Router(part.router, self.sandbox.url_of(YANDEX))
        return client

    def cookies(self) -> tuple[str, str]:
        values, _ = self.sandbox.sign_in(YANDEX, CAFE, Term())
        return values["Session_id"], values["sessionid2"]

    def effects(self, item: str) -> list[str]:
        (entry,) = (one for one in self.sandbox.ledger().entries if one.item == item)
        return [write.effect for write in entry.writes]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with Sandbox([YandexBusinessReplica()], clock=HandClock()) as sandbox:
        told = sandbox.register(YANDEX, SandboxAccount(CAFE))
        yield World(sandbox, int(told["permanent_id"]))


@pytest.fixture
async def client(world: World) -> AsyncIterator[Any]:
    """The client in this loop, signed in, with a CSRF token fetched as it does it."""
    session = await AsyncAPI.make_session(*world.cookies())
    token = await world.point(AsyncAPI("", session)).service.get_csrf_token()
    yield world.point(AsyncAPI(token, session))
    await session.close()


async def test_it_reads_answers_changes_and_deletes(world: World, client: Any) -> None:
    item = world.review("Ждали долго", rating=3, author="Вера", photos=1)

    def listed() -> Any:
        return client.reviews.get_reviews(ReviewsRequest(permanent_id=world.home))

    seen = (await listed()).list
    (review,) = seen.items
    texts = []
    for text in ("Спасибо!", "Спасибо вам!", ""):
        form = AnswerRequest(
            review_id=item,
            text=text,
            reviews_csrf_token=seen.csrf_token,
            answer_csrf_token=review.business_answer_csrf_token,
        )
        assert await client.reviews.send_answer(form)
        comment = (await listed()).list.items[0].owner_comment
        texts.append(comment and comment.text)

    assert (review.id, review.rating, review.full_text, review.author.user) == (item, 3, "Ждали долго", "Вера")
    assert texts == ["Спасибо!", "Спасибо вам!", None]
    assert world.effects(item) == ["answer", "edit", "retract"]


async def test_it_reads_by_both_paginations(world: World, client: Any) -> None:
    written = [world.review(age=1000 - number, rating=1 + number % 5) for number in range(25)]
    by_stars = ReviewsRequest(permanent_id=world.home, ranking_by=Ranking.BY_RATING_ASC)

    second = await client.reviews.get_reviews(ReviewsRequest(permanent_id=world.home, page=2))
    unread = await client.reviews.get_reviews(ReviewsRequest(permanent_id=world.home, unread=True))
    further = await client.reviews.get_reviews(
        ReviewsRequest(permanent_id=world.home, unread=True, continue_token=unread.list.pager.continue_token)
    )
    worst = await client.reviews.get_reviews(by_stars)

    assert [one.id for one in second.list.items] == written[4::-1]
    assert [one.id for one in (*unread.list.items, *further.list.items)] == written[::-1]
    assert (further.list.pager.continue_token, worst.list.items[0].rating) == (None, 1)


async def test_it_answers_without_the_tokens_of_a_list(world: World, client: Any) -> None:
    item = world.review()

    sent = await client.reviews.send_answer(AnswerRequest(review_id=item, text="Спасибо!", reviews_csrf_token=""))

    assert (sent, world.effects(item)) == (True, ["answer"])


async def test_it_lists_companies_and_the_branches_of_a_chain(world: World, client: Any) -> None:
    world.reopen(organisations=2, chain=3, no_access=1)
    world.review()

    companies = (await client.companies.get_companies()).list_companies
    chain = companies[-1]
    branches = await client.companies.get_chain_branches(
        ChainBranchesRequest(tycoon_id=chain.tycoon_id, permanent_id=chain.permanent_id, geo_id=0)
    )

    assert [(one.type, one.no_access, one.reviews_count) for one in companies] == [
        ("ordinal", False, 1),
        ("ordinal", True, 0),
        ("chain", False, 0),
    ]
    assert len(branches.chain_data.companies) == branches.chain_data.pager.total == 3


async def test_it_follows_a_former_id_to_the_present_one(world: World, client: Any) -> None:
    former = world.reopen(moved=True)

    present = await client.companies.get_org_permanent_id(former)

    assert (former == present, present) == (False, world.home)


async def test_it_is_refused_as_it_expects(world: World, client: Any) -> None:
    item = world.review()
    request = ReviewsRequest(permanent_id=world.home)
    form = AnswerRequest(review_id=item, text="Спасибо!", reviews_csrf_token="")

    for kind, told, call in (
        ("expire", AuthenticationError, client.reviews.get_reviews(request)),
        ("captcha", CaptchaError, client.reviews.get_reviews(request)),
        ("csrf", CSRFTokenError, client.reviews.send_answer(form)),
    ):
        world.sandbox.faults.add(Fault(kind, count=1))
        with pytest.raises(told):
            await call

    assert world.effects(item) == []


async def test_it_takes_anything_but_ok_for_a_failure(world: World, client: Any) -> None:
    item = world.review()
    unsigned = AnswerRequest(review_id=item, text="Спасибо!", reviews_csrf_token="")

    refused = await client.reviews.send_answer(unsigned.model_copy(update={"reviews_csrf_token": "nonsense"}))
    world.sandbox.faults.add(Fault("swallow", count=1))
    swallowed = await client.reviews.send_answer(unsigned)

    assert (refused, swallowed) == (False, False)
    assert world.effects(item) == ["ignored"]


async def test_it_cannot_read_nulls_except_raw(world: World, client: Any) -> None:
    world.reopen(nulls=True)
    world.review()
    request = ReviewsRequest(permanent_id=world.home)

    with pytest.raises(ValidationError, match="full_text"):
        await client.reviews.get_reviews(request)
    raw = await client.reviews.get_reviews(request, raw=True)

    assert raw["list"]["items"][0]["full_text"] is None


def work_without_a_loop(world: World, item: str) -> tuple[int, bool, str]:
    session = SyncAPI.make_session(*world.cookies())
    with session:
        token = world.point(SyncAPI("", session)).service.get_csrf_token()
        client = world.point(SyncAPI(token, session))
        seen = client.reviews.get_reviews(ReviewsRequest(permanent_id=world.home)).list
        form = AnswerRequest(
            review_id=item,
            text="Спасибо!",
            reviews_csrf_token=seen.csrf_token,
            answer_csrf_token=seen.items[0].business_answer_csrf_token,
        )
        sent = client.reviews.send_answer(form)
        again = client.reviews.get_reviews(ReviewsRequest(permanent_id=world.home)).list.items[0]
        return len(client.companies.get_companies().list_companies), sent, again.owner_comment.text


async def test_its_other_half_that_blocks_works_too(world: World) -> None:
    item = world.review()

    assert await asyncio.to_thread(work_without_a_loop, world, item) == (1, True, "Спасибо!")
    assert world.effects(item) == ["answer"]
