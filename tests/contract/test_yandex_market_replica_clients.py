"""A public client that nobody of this project wrote lists, comments, deletes and skips against the replica."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from ya_market_api.exception import AuthorizationError, InvalidResponseError, NotFoundError
from ya_market_api.feedback import dataclass as ym
from ya_market_api.feedback.const import ReactionStatus
from ya_market_api.question import dataclass as ymq
from ya_market_api.sync_api import SyncAPI

from feedback_service.platforms.yandex_market.replica import YandexMarketReplica
from feedback_service.ports.replica import LedgerEntry, SandboxAccount, SandboxCustomer
from feedback_service.sandbox.faults import Fault
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock

YM = "yandex_market"


@dataclass(frozen=True)
class World:
    """A running sandbox with one cabinet, two reviews and a question."""

    sandbox: Sandbox
    key: str
    business: int
    review: int
    skipped: int
    question: int

    def client(self, key: str | None = None, business: int | None = None) -> SyncAPI:
        url = self.sandbox.url_of(YM)
        return SyncAPI.build(key or self.key, base_url=url, business_id=business or self.business)

    def entry(self, item: int) -> LedgerEntry:
        return next(one for one in self.sandbox.ledger().entries if one.item == str(item))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = HandClock()
    at = clock.now().timestamp()
    async with Sandbox([YandexMarketReplica()], clock=clock) as sandbox:
        given = sandbox.register(YM, SandboxAccount("shop"))
        customers = (
            SandboxCustomer("review", at - 90, "Пришла целой", pros="Лёгкая", rating=5, author="Вера", photos=1),
            SandboxCustomer("review", at - 60, "", rating=4),
            SandboxCustomer("question", at - 30.5, "Какой объём?", product="Кружка", author="Анна"),
        )
        ids = [int(sandbox.add(YM, "shop", one)) for one in customers]
        yield World(sandbox, given["api_key"], int(given["business_id"]), *ids)


def work_on_reviews(world: World) -> dict[str, Any]:
    client = world.client()
    api = client.feedback
    try:
        seen: dict[str, Any] = {
            "scopes": [one.value for one in client.guide.get_token_info().result.api_key.auth_scopes],
            "campaigns": [one.business.id for one in client.campaign.get_campaign_list().campaigns if one.business],
            "first": api.get_feedback_list(ym.FeedbackListRequest(limit=1)).result,
        }
        token = seen["first"].paging.next_page_token
        seen["second"] = api.get_feedback_list(ym.FeedbackListRequest(limit=1, page_token=token)).result
        made = api.create_feedback_comment(ym.FeedbackCommentCreateRequest.create(world.review, "Спасибо!")).result
        edit = ym.FeedbackCommentUpdateRequest.create(world.review, made.id, "Спасибо, Вера!")
        seen["edited"] = api.update_feedback_comment(edit).result
        seen["after edit"] = world.entry(world.review)
        seen["read"] = api.get_feedback_comment_list(ym.FeedbackCommentListRequest(feedback_id=world.review)).result
        api.skip_feedback_reaction(ym.FeedbackReactionSkipRequest(feedback_ids=[world.skipped]))
        waiting = ym.FeedbackListRequest(reaction_status=ReactionStatus.NEED_REACTION)
        seen["left"] = api.get_feedback_list(waiting).result.feedbacks
        api.delete_feedback_comment(ym.FeedbackCommentDeleteRequest(id=made.id))
        seen["offers"] = client.offer.get_offer_list_by_business().result.offer_mappings
        return {**seen, "made": made}
    finally:
        client.config.session.close()


async def test_ya_market_api_lists_comments_edits_skips_and_deletes(world: World) -> None:
    seen = await asyncio.to_thread(work_on_reviews, world)

    assert (seen["scopes"], seen["campaigns"]) == (["ALL_METHODS"], [world.business])
    shown = [one.id for page in ("first", "second") for one in seen[page].feedbacks]
    assert (shown, seen["second"].paging.next_page_token) == ([world.review, world.skipped], None)
    assert (seen["first"].feedbacks[0].author, len(seen["first"].feedbacks[0].media.photos)) == ("Вера", 1)
    assert (seen["made"].id, seen["edited"].text) == (seen["edited"].id, "Спасибо, Вера!")
    assert [(one.id, one.text, one.can_modify) for one in seen["read"].comments] == [
        (seen["made"].id, "Спасибо, Вера!", True)
    ]
    assert (seen["left"], {one.offer.name for one in seen["offers"]}) == ([], {"Товар", "Кружка"})


async def test_the_ledger_tells_what_ya_market_api_wrote(world: World) -> None:
    seen = await asyncio.to_thread(work_on_reviews, world)

    after, end, skipped = seen["after edit"], world.entry(world.review), world.entry(world.skipped)
    assert (after.answers, after.visible) == (1, "Спасибо, Вера!")
    assert [write.effect for write in end.writes] == ["answer", "edit", "retract"]
    assert (end.answers, end.visible, [write.effect for write in skipped.writes]) == (0, None, ["view"])
    assert world.sandbox.summary().unknown_writes == 0


def work_on_questions(world: World) -> dict[str, Any]:
    client = world.client()
    api = client.question
    try:
        seen: dict[str, Any] = {"asked": api.get_question_list(ymq.QuestionListRequest(need_answer=True)).result}
        answer = ymq.QuestionAnswerCreateRequest(question_id=world.question, text="300 мл")
        made = api.create_question_answer(answer).answer_id
        api.update_question_answer(ymq.QuestionAnswerUpdateRequest(answer_id=made, text="350 мл"))
        seen["answers"] = api.get_question_answer_list(ymq.QuestionAnswerListRequest(question_id=world.question)).result
        seen["left"] = api.get_question_list(ymq.QuestionListRequest(need_answer=True)).result.questions
        seen["entry"] = world.entry(world.question)
        api.delete_question_answer(ymq.QuestionAnswerDeleteRequest(answer_id=made))
        return seen
    finally:
        client.config.session.close()


async def test_ya_market_api_answers_questions(world: World) -> None:
    seen = await asyncio.to_thread(work_on_questions, world)

    asked, answers = seen["asked"], seen["answers"].answers
    assert ([one.question_ids.id for one in asked.questions], asked.total_count) == ([world.question], 1)
    assert [(one.text, one.status.value, one.can_modify) for one in answers] == [("350 мл", "PUBLISHED", True)]
    assert (seen["left"], seen["entry"].answers, world.entry(world.question).answers) == ([], 1, 0)
    effects = [write.effect for write in world.entry(world.question).writes]
    assert effects == ["answer", "edit", "retract"]


def refusals(world: World) -> list[type[Exception]]:
    stranger = ym.FeedbackCommentCreateRequest.create(5, "Спасибо!")
    raised: list[type[Exception]] = []
    for client in (world.client(key="nonsense"), world.client(business=5), world.client()):
        with client.config.session, pytest.raises(InvalidResponseError) as caught:
            client.feedback.create_feedback_comment(stranger)
        raised.append(caught.type)
    return raised


async def test_ya_market_api_is_refused_as_it_expects(world: World) -> None:
    raised = await asyncio.to_thread(refusals, world)

    assert raised == [AuthorizationError, AuthorizationError, NotFoundError]
    assert world.sandbox.requests.statuses() == {"401": 1, "403": 1, "404": 1}
    assert [one.item for one in world.sandbox.ledger().unknown_writes] == ["5"]


def lose_an_answer(world: World) -> None:
    client = world.client()
    request = ym.FeedbackCommentCreateRequest.create(world.review, "Спасибо!")
    with client.config.session, pytest.raises(OSError):
        client.feedback.create_feedback_comment(request)


async def test_an_answer_lost_on_its_way_back_is_written_all_the_same(world: World) -> None:
    world.sandbox.faults.add(Fault("drop_after_write", match="comments/update", count=1))

    await asyncio.to_thread(lose_an_answer, world)

    assert world.entry(world.review).answers == 1
