"""Our client beside the official description: what it sends is declared there, what is shown there can be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from feedback_service.domain.dispatch import Action
from feedback_service.domain.feedback import AnswerState, Kind, Question, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.wildberries import wire
from feedback_service.platforms.wildberries.client import ListQuery
from feedback_service.transports.clock import SystemClock
from tests.support.fake_wildberries import FakeWildberries, client_of, rows

DESCRIPTION = Path(__file__).parents[3] / "shared" / "specs" / "wildberries" / "09-communications.yaml"
NOW = datetime(2026, 7, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason="the official description is not beside the project")


@pytest.fixture(scope="module")
def methods() -> Mapping[str, Any]:
    document = yaml.load(DESCRIPTION.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {
        f"{verb.upper()} {path}": method for path, verbs in document["paths"].items() for verb, method in verbs.items()
    }


def example(methods: Mapping[str, Any], call: str) -> Any:
    content = methods[call]["responses"]["200"]["content"]["application/json"]
    return content["example"] if "example" in content else by_parts(content["schema"])


def by_parts(schema: Mapping[str, Any]) -> Any:
    """The example that is spread over the properties of a schema."""
    if "properties" not in schema:
        return schema.get("example")
    return {name: by_parts(part) for name, part in schema["properties"].items()}


def test_the_official_review_can_be_read(methods: Mapping[str, Any]) -> None:
    page = wire.read_page(example(methods, "GET /api/v1/feedbacks"), Kind.REVIEW, NOW)

    (review,) = page.items
    assert isinstance(review, Review)
    assert (review.rating, review.photos > 0, review.videos, review.child is not None) == (5, True, 1, True)
    assert review.answer is not None
    assert review.answer.state is AnswerState.VISIBLE


def test_the_official_questions_can_be_read(methods: Mapping[str, Any]) -> None:
    page = wire.read_page(example(methods, "GET /api/v1/questions"), Kind.QUESTION, NOW)

    assert page.items
    assert page.broken == 0
    assert all(isinstance(item, Question) and item.created_at != NOW for item in page.items)


@pytest.mark.parametrize(
    ("kind", "call"), [(Kind.REVIEW, "GET /api/v1/feedback"), (Kind.QUESTION, "GET /api/v1/question")]
)
def test_the_official_single_item_can_be_read(methods: Mapping[str, Any], kind: Kind, call: str) -> None:
    document = example(methods, call)

    item = wire.read_item(document, kind, ItemId(document["data"]["id"]), NOW)

    assert item.answer is not None


def test_the_official_archive_can_be_read(methods: Mapping[str, Any]) -> None:
    assert wire.read_page(example(methods, "GET /api/v1/feedbacks/archive"), Kind.REVIEW, NOW).broken == 0


@pytest.mark.parametrize("kind", list(Kind))
def test_the_official_count_can_be_read(methods: Mapping[str, Any], kind: Kind) -> None:
    path = {Kind.REVIEW: "feedbacks", Kind.QUESTION: "questions"}[kind]

    assert wire.read_count(example(methods, f"GET /api/v1/{path}/count-unanswered")) > 0


async def test_every_request_of_ours_is_declared_with_its_parameters(methods: Mapping[str, Any]) -> None:
    fake = FakeWildberries(rows(3))
    query = ListQuery(answered=False, take=10, since=1, until=2_000_000_000)

    async with client_of(fake, SystemClock()) as client:
        for kind in Kind:
            await client.listed(kind, query)
            await client.one(kind, ItemId("r0001"))
        await client.answer_review(ItemId("r0001"), "Спасибо")
        await client.edit_review_answer(ItemId("r0001"), "Спасибо!")
        await client.answer_question(ItemId("r0001"), "Да")

    assert len({call for call, _ in fake.asked}) == 7
    for call, sent in fake.asked:
        declared = {one["name"]: one for one in methods[call].get("parameters", ()) if one["in"] == "query"}
        required = {name for name, one in declared.items() if one.get("required")}
        assert required <= set(sent) <= set(declared), call


@pytest.mark.parametrize("action", list(Action))
def test_the_body_of_a_review_s_answer_has_the_declared_fields(methods: Mapping[str, Any], action: Action) -> None:
    verb = {Action.ANSWER: "POST", Action.EDIT: "PATCH"}[action]
    schema = methods[f"{verb} /api/v1/feedbacks/answer"]["requestBody"]["content"]["application/json"]["schema"]

    assert set(wire.review_answer(ItemId("r1"), "Спасибо")) == set(schema["required"]) == set(schema["properties"])


def test_the_body_of_a_question_s_answer_looks_like_the_official_one(methods: Mapping[str, Any]) -> None:
    content = methods["PATCH /api/v1/questions"]["requestBody"]["content"]["application/json"]
    official = content["examples"]["AnswerQuestionOrEditAnswer"]["value"]

    ours = wire.question_answer(official["id"], official["answer"]["text"])

    assert ours == official
