"""Public clients that nobody of this project wrote list, answer and re-read against the Wildberries replica."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from wb_api.exception import AuthorizationError, InvalidResponseError
from wb_api.feedback import dataclass as wb
from wb_api.sync_api import SyncAPI
from wildberries_sdk import communications as sdk

from feedback_service.platforms.wildberries.replica import WildberriesReplica
from feedback_service.ports.replica import SandboxAccount, SandboxCustomer
from feedback_service.sandbox.server import Sandbox
from tests.support.sandbox import HandClock

WB = "wildberries"


@dataclass(frozen=True)
class World:
    """A running sandbox with one seller, one review and one question."""

    sandbox: Sandbox
    url: str
    token: str
    review: str
    question: str


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = HandClock()
    at = clock.now().timestamp()
    async with Sandbox([WildberriesReplica()], clock=clock) as sandbox:
        token = sandbox.register(WB, SandboxAccount("shop", {"rate": 1e6, "burst": 1_000_000}))["token"]
        review = SandboxCustomer("review", at - 60, "Кружка пришла целой", rating=5, author="Вера", photos=1)
        question = SandboxCustomer("question", at - 30.5, "Какой объём?", product="Кружка")
        ids = [sandbox.add(WB, "shop", one) for one in (review, question)]
        yield World(sandbox, sandbox.url_of(WB), token, *ids)


def generated_client(world: World) -> Any:
    """wildberries-sdk, whose methods carry hosts of their own unless told to ignore them."""
    configuration = sdk.Configuration(
        host=world.url, ignore_operation_servers=True, api_key={"HeaderApiKey": world.token}
    )
    return sdk.ApiClient(configuration)


def work_with_the_sdk(world: World) -> dict[str, Any]:
    with generated_client(world) as client:
        api = sdk.DefaultApi(client)
        waiting = api.get_v1_feedbacks(is_answered=False, take=100, skip=0, order="dateAsc")
        asked = api.get_v1_questions(is_answered=False, take=100, skip=0)
        answer = sdk.PostV1FeedbacksAnswerRequest(id=world.review, text="Спасибо, Вера!")
        api.post_v1_feedbacks_answer(post_v1_feedbacks_answer_request=answer)
        reply = sdk.PatchV1QuestionsRequestOneOf1.from_dict(
            {"id": world.question, "answer": {"text": "300 мл"}, "state": "wbRu"}
        )
        api.patch_v1_questions(patch_v1_questions_request=sdk.PatchV1QuestionsRequest(reply))
        return {
            "waiting": [one.id for one in waiting.data.feedbacks],
            "asked": [one.id for one in asked.data.questions],
            "left": api.get_v1_feedbacks(is_answered=False, take=100, skip=0).data.feedbacks,
            "review": api.get_v1_feedback(id=world.review).data,
            "question": api.get_v1_question(id=world.question).data,
            "archive": [one.id for one in api.get_v1_feedbacks_archive(take=10, skip=0).data.feedbacks],
            "count": api.get_v1_feedbacks_count(is_answered=True).data,
            "new": api.get_v1_new_feedbacks_questions().data,
            "pins": api.get_v1_pins().data,
        }


async def test_wildberries_sdk_lists_answers_and_reads_again(world: World) -> None:
    seen = await asyncio.to_thread(work_with_the_sdk, world)

    assert (seen["waiting"], seen["asked"]) == ([world.review], [world.question])
    assert (seen["left"], seen["archive"], seen["count"], seen["pins"]) == ([], [world.review], 1, [])
    assert (seen["review"].answer.text, seen["review"].answer.state) == ("Спасибо, Вера!", "wbRu")
    assert (seen["review"].user_name, len(seen["review"].photo_links)) == ("Вера", 1)
    assert (seen["question"].answer.text, seen["question"].state) == ("300 мл", "wbRu")
    assert (seen["new"].has_new_questions, seen["new"].has_new_feedbacks) == (False, False)
    assert [entry.answers for entry in world.sandbox.ledger().entries] == [1, 1]


def refusal_for_the_sdk(world: World) -> sdk.ApiException:
    with generated_client(world) as client, pytest.raises(sdk.ApiException) as caught:
        sdk.DefaultApi(client).get_v1_feedback(id="nothing")
    return caught.value


async def test_wildberries_sdk_reads_our_errors(world: World) -> None:
    refused = await asyncio.to_thread(refusal_for_the_sdk, world)

    assert (refused.status, refused.data.error_text) == (422, "Невозможно получить отзыв по id")


def old_client(world: World, token: str) -> SyncAPI:
    """wildberries-api, which takes its hosts from the attributes of a class."""
    hosts = type("Hosts", (), {"COMMON": world.url, "FEEDBACK": world.url, "CHAT": world.url})
    return SyncAPI.build(token, base_url=hosts)


def work_with_the_api(world: World) -> dict[str, Any]:
    client = old_client(world, world.token)
    api = client.feedback
    try:
        seen: dict[str, Any] = {
            "ping": api.ping().status,
            "waiting": api.get_feedback_list(wb.FeedbackListRequest(is_answered=False, take=100, skip=0)),
            "asked": api.get_question_list(wb.QuestionListRequest(is_answered=False, take=100, skip=0)),
        }
        api.add_feedback_answer(wb.FeedbackAnswerAddRequest(id=world.review, text="Спасибо, Вера!"))
        api.update_feedback_answer(wb.FeedbackAnswerUpdateRequest(id=world.review, text="Спасибо вам!"))
        api.mark_question_as_read(wb.QuestionMarkAsReadRequest(id=world.question, was_viewed=True))
        api.add_question_answer(wb.QuestionAnswerAddRequest.create(world.question, "300 мл"))
        return {
            **seen,
            "review": api.get_feedback(wb.FeedbackGetRequest(id=world.review)).data,
            "question": api.get_question(wb.QuestionGetRequest(id=world.question)).data,
            "left": api.get_question_count_unanswered().data.count_unanswered,
        }
    finally:
        client.config.session.close()


async def test_wildberries_api_lists_answers_edits_and_reads_again(world: World) -> None:
    seen = await asyncio.to_thread(work_with_the_api, world)

    assert (seen["ping"], seen["left"]) == ("OK", 0)
    assert [one.id for one in seen["waiting"].data.feedbacks] == [world.review]
    assert [one.id for one in seen["asked"].data.questions] == [world.question]
    assert (seen["review"].answer.text, seen["review"].answer.editable) == ("Спасибо вам!", False)
    assert seen["question"].answer.text == "300 мл"
    assert [entry.answers for entry in world.sandbox.ledger().entries] == [1, 1]


def refusals_for_the_api(world: World) -> None:
    for token, expected in ((world.token, InvalidResponseError), ("nonsense", AuthorizationError)):
        client = old_client(world, token)
        try:
            with pytest.raises(expected):
                client.feedback.get_feedback(wb.FeedbackGetRequest(id="nothing"))
        finally:
            client.config.session.close()


async def test_wildberries_api_is_refused_as_it_expects(world: World) -> None:
    await asyncio.to_thread(refusals_for_the_api, world)

    assert world.sandbox.requests.statuses() == {"401": 1, "422": 1}
