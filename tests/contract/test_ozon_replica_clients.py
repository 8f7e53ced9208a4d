"""A public client that nobody of this project wrote (ozonapi-async) works against the Ozon replica over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

from feedback_service.platforms.ozon.replica import OzonReplica
from feedback_service.platforms.ozon.replica.items import Item
from feedback_service.ports.replica import LedgerEntry, SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock

OZON = "ozon"


@dataclass(frozen=True)
class World:
    """A running sandbox with one seller, 25 reviews and 12 questions."""

    sandbox: Sandbox
    reviews: list[str]
    questions: list[str]
    sku: int
    open: Callable[[], Any]

    def entry(self, item: str) -> LedgerEntry:
        return next(one for one in self.sandbox.ledger().entries if one.item == item)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client's module; it would read a .env file of whoever runs it."""
    monkeypatch.setenv("PYTHON_DOTENV_DISABLED", "1")
    return import_module("ozonapi.seller")


@pytest.fixture
async def world(vendor: Any, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A seller for each test: the client keeps a limiter for each Client-Id, in the loop that first used it."""
    config = import_module("ozonapi.seller.core.config").APIConfig
    clock, shop = HandClock(), request.node.name
    at = clock.now().timestamp()
    async with Sandbox([OzonReplica()], clock=clock) as sandbox:
        options = {"rate": 1e6, "burst": 1_000_000, "empty_object": True, "string_int64": True}
        keys = sandbox.register(OZON, SandboxAccount(shop, options))
        reviews = [SandboxCustomer("review", at - age, f"Отзыв {age}", rating=4, product="Кружка") for age in range(25)]
        questions = [SandboxCustomer("question", at - age, f"Вопрос {age}", product="Кружка") for age in range(12)]

        def opened() -> Any:
            settings = config(base_url=sandbox.url_of(OZON), max_retries=0, max_requests_per_second=50)
            return vendor.SellerAPI(keys["client_id"], keys["api_key"], config=settings)

        yield World(
            sandbox,
            [sandbox.add(OZON, shop, one) for one in reviews],
            [sandbox.add(OZON, shop, one) for one in questions],
            Item("", reviews[0]).sku,
            opened,
        )
        await vendor.SellerAPI.shutdown()


@pytest.fixture
def schemas() -> Any:
    """Requests of reviews and of questions."""
    reviews, questions = (import_module(f"ozonapi.seller.schemas.{name}") for name in ("reviews", "questions"))
    return type("Schemas", (), {**vars(reviews), **vars(questions)})


async def test_it_checks_its_key(world: World) -> None:
    async with world.open() as api:
        told = await api.roles()

    assert (told.expires_at, told.roles[0].name) == ("2026-09-06T12:00:00Z", "Admin")


async def test_it_lists_answers_and_reads_reviews_of_v2_again(world: World, schemas: Any) -> None:
    async with world.open() as api:
        first = await api.review_list(schemas.ReviewListRequest(limit=20, sort_dir="DESC"))
        rest = await api.review_list(schemas.ReviewListRequest(limit=20, sort_dir="DESC", last_id=first.last_id))
        item = rest.reviews[0].id
        created = await api.review_comment_create(
            schemas.ReviewCommentCreateRequest(review_id=item, text="Спасибо!", mark_review_as_processed=True)
        )
        listed = await api.review_comment_list(schemas.ReviewCommentListRequest(review_id=item, limit=20))
        read = await api.review_info(schemas.ReviewInfoRequest(review_id=item))
        counted = await api.review_count()
        answers = world.entry(item).answers
        await api.review_comment_delete(
            schemas.ReviewCommentDeleteRequest(comment_id=created.comment_id, sku=world.sku)
        )

    assert [one.id for one in [*first.reviews, *rest.reviews]] == world.reviews
    assert (first.has_next, rest.has_next, first.reviews[0].sku) == (True, False, world.sku)
    assert [(one.id, one.text, one.is_owner) for one in listed.comments] == [(created.comment_id, "Спасибо!", True)]
    assert (read.status, read.comments_amount, counted.processed, answers) == ("PROCESSED", 1, 1, 1)
    assert world.entry(item).answers == 0


async def test_it_works_with_reviews_of_v1(world: World, schemas: Any) -> None:
    item = world.reviews[0]
    async with world.open() as api:
        listed = await api.review_list_v1(schemas.ReviewListV1Request(limit=100, status="UNPROCESSED"))
        created = await api.review_comment_create(schemas.ReviewCommentCreateRequest(review_id=item, text="Спасибо!"))
        await api.review_change_status_v1(schemas.ReviewChangeStatusV1Request(review_ids=[item], status="PROCESSED"))
        read = await api.review_info_v1(schemas.ReviewInfoV1Request(review_id=item))
        counted = await api.review_count_v1()
        await api.review_comment_delete_v1(schemas.ReviewCommentDeleteV1Request(comment_id=created.comment_id))

    assert (len(listed.reviews), listed.has_next) == (25, False)
    assert (read.status, read.comments_amount, counted.unprocessed) == ("PROCESSED", 1, 24)
    assert [write.effect for write in world.entry(item).writes] == ["answer", "view", "retract"]


async def test_it_lists_answers_and_reads_questions_again(world: World, schemas: Any) -> None:
    item = world.questions[0]
    async with world.open() as api:
        first = await api.question_list(schemas.QuestionListRequest())
        rest = await api.question_list(schemas.QuestionListRequest(last_id=first.last_id))
        created = await api.question_answer_create(
            schemas.QuestionAnswerCreateRequest(question_id=item, sku=world.sku, text="300 мл")
        )
        listed = await api.question_answer_list(schemas.QuestionAnswerListRequest(question_id=item, sku=world.sku))
        read = await api.question_info(schemas.QuestionInfoRequest(question_id=item))
        counted = await api.question_count()
        top = await api.question_top_sku(schemas.QuestionTopSkuRequest(limit=5))
        answers = world.entry(item).answers
        await api.question_answer_delete(
            schemas.QuestionAnswerDeleteRequest(answer_id=created.answer_id, sku=world.sku)
        )

    assert [one.id for one in [*first.questions, *rest.questions]] == world.questions
    assert [(one.text, one.status_publication) for one in listed.answers] == [("300 мл", "PUBLISHED")]
    assert (read.status, read.answers_count, counted.processed, answers) == ("PROCESSED", 1, 1, 1)
    assert ([int(sku) for sku in top.sku], world.entry(item).answers) == ([world.sku], 0)


async def test_it_understands_how_it_is_refused(world: World, schemas: Any) -> None:
    errors = import_module("ozonapi.seller.core.exceptions")
    world.sandbox.faults.add(Fault("too_many_requests", match="question/count", count=1))
    world.sandbox.faults.add(Fault("no_subscription", match="review/count", count=1))

    async with world.open() as api:
        with pytest.raises(errors.APIClientError):
            await api.review_list(schemas.ReviewListRequest(limit=5))
        with pytest.raises(errors.APINotFoundError, match="review not found"):
            await api.review_info(schemas.ReviewInfoRequest(review_id="nothing"))
        with pytest.raises(errors.APIForbiddenError, match="not available with existing subscription"):
            await api.review_count()
        with pytest.raises(errors.APITooManyRequestsError, match="request rate limit per second"):
            await api.question_count()

    assert world.sandbox.requests.statuses() == {"400": 1, "403": 1, "404": 1, "429": 1}


async def test_a_lost_answer_is_found_again_and_reading_loses_nothing(world: World, schemas: Any) -> None:
    errors = import_module("ozonapi.seller.core.exceptions")
    world.sandbox.faults.add(Fault("drop_after_write", count=1))
    item = world.reviews[3]

    async with world.open() as api:
        before = await api.review_list(schemas.ReviewListRequest(limit=100))
        with pytest.raises(errors.APIError, match="Network error"):
            await api.review_comment_create(schemas.ReviewCommentCreateRequest(review_id=item, text="Спасибо!"))
        listed = await api.review_comment_list(schemas.ReviewCommentListRequest(review_id=item, limit=20))

    assert (len(before.reviews), [one.text for one in listed.comments]) == (25, ["Спасибо!"])
    assert world.entry(item).answers == 1


async def test_moderation_waits_for_a_comment_and_is_not_used_up_by_reading(world: World, schemas: Any) -> None:
    world.sandbox.faults.add(Fault("moderate", count=1, options={"verdict": "reject", "reason": "Есть ссылка"}))
    errors = import_module("ozonapi.seller.core.exceptions")
    item = world.reviews[0]

    async with world.open() as api:
        await api.review_list(schemas.ReviewListRequest(limit=20))
        with pytest.raises(errors.APINotFoundError):
            await api.review_comment_create(schemas.ReviewCommentCreateRequest(review_id="nothing", text="Мимо"))
        for text in ("Первый", "Второй"):
            await api.review_comment_create(schemas.ReviewCommentCreateRequest(review_id=item, text=text))
        listed = await api.review_comment_list(schemas.ReviewCommentListRequest(review_id=item, limit=20))

    assert [(one.text, one.is_rejected, one.deviation_reason) for one in listed.comments] == [
        ("Первый", True, "Есть ссылка"),
        ("Второй", False, ""),
    ]
    assert (world.entry(item).answers, world.entry(item).visible) == (1, "Второй")
