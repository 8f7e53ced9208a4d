"""Our client beside the official description: what it sends is allowed there, what is described there can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from feedback_service.domain.dispatch import ItemRef
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms import find
from feedback_service.platforms.yandex_market import bodies, rights
from feedback_service.platforms.yandex_market.sighting import Sighter
from feedback_service.transports.clock import SystemClock
from tests.support.fake_yandex_market import FakeYandexMarket, client_of, question, review, shown

DESCRIPTION = (
    Path(__file__).parents[3] / "shared" / "specs" / "yandex_market" / "partner-api.reviews-questions.2026-07.json"
)

pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason="the official description is not beside the project")


@pytest.fixture(scope="module")
def description() -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    return document


def problems(description: Mapping[str, Any], schema: Mapping[str, Any], value: object) -> list[str]:
    """What the schema says against the value, fields that it does not know included."""
    whole = {"components": description["components"], **schema}
    validator = OAS30Validator(whole)
    found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
    return found + unknown(description, schema, value)


def unknown(description: Mapping[str, Any], schema: Mapping[str, Any], value: object) -> list[str]:
    if "$ref" in schema:
        return unknown(description, description["components"]["schemas"][schema["$ref"].rpartition("/")[2]], value)
    if isinstance(value, list):
        return [one for part in value for one in unknown(description, schema["items"], part)]
    if not isinstance(value, dict):
        return []
    known = fields(description, schema)
    odd = [f"unknown field {name}" for name in value if name not in known]
    return odd + [
        one for name, part in value.items() if name in known for one in unknown(description, known[name], part)
    ]


def fields(description: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return fields(description, description["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= fields(description, part)
    return found


def schema_of(description: Mapping[str, Any], path: str, *, answer: bool = False) -> Mapping[str, Any]:
    method = description["paths"][path]["post"]
    place = method["responses"]["200"] if answer else method["requestBody"]
    schema: Mapping[str, Any] = place["content"]["application/json"]["schema"]
    return schema


REVIEWS = "/v2/businesses/{businessId}/goods-feedback"
QUESTIONS = "/v1/businesses/{businessId}/goods-questions"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (REVIEWS, bodies.reviews(all_of_them=True)),
        (REVIEWS, bodies.reviews(all_of_them=False)),
        (REVIEWS, bodies.reviews_by_id(range(1, bodies.MOST_IDS + 1))),
        (f"{REVIEWS}/comments", bodies.comments(1)),
        (f"{REVIEWS}/comments/update", bodies.new_comment(1, "Спасибо")),
        (f"{REVIEWS}/comments/update", bodies.edited_comment(1, 2, "ж" * 4096)),
        (f"{REVIEWS}/comments/delete", bodies.deleted_comment(2)),
        (QUESTIONS, bodies.unanswered_questions(date(2026, 2, 1), date(2026, 2, 28))),
        (QUESTIONS, bodies.unanswered_questions(date(2026, 2, 1), None)),
        (QUESTIONS, bodies.questions_by_id(range(1, bodies.MOST_IDS + 1), (date(2026, 2, 1), date(2026, 2, 28)))),
        (f"{QUESTIONS}/answers", bodies.answers(1)),
        (f"{QUESTIONS}/update", bodies.new_answer(1, "ж" * 5000)),
        (f"{QUESTIONS}/update", bodies.edited_answer(2, "Да")),
        (f"{QUESTIONS}/update", bodies.deleted_answer(2)),
    ],
)
def test_a_body_of_ours_is_what_the_description_allows(
    description: Mapping[str, Any], path: str, body: bodies.Body
) -> None:
    assert problems(description, schema_of(description, path), dict(body)) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{REVIEWS}/comments/update", bodies.new_comment(1, "ж" * 4097)),
        (f"{REVIEWS}/comments/update", {"feedbackId": 1}),
        (f"{QUESTIONS}/update", bodies.new_answer(0, "Да")),
        (REVIEWS, bodies.reviews_by_id(range(51))),
        (REVIEWS, {"isAnswered": True}),
    ],
)
def test_the_description_would_object_to_a_wrong_body(
    description: Mapping[str, Any], path: str, body: bodies.Body
) -> None:
    assert problems(description, schema_of(description, path), dict(body)) != []


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("reviews.json", REVIEWS),
        ("comments.json", f"{REVIEWS}/comments"),
        ("questions.json", QUESTIONS),
        ("answers.json", f"{QUESTIONS}/answers"),
    ],
)
def test_our_samples_are_answers_as_described(description: Mapping[str, Any], name: str, path: str) -> None:
    folder = resources.files("feedback_service.platforms.yandex_market") / "samples"
    sample = json.loads((folder / name).read_text("utf-8"))

    assert problems(description, schema_of(description, path, answer=True), sample) == []


def test_the_lengths_of_our_table_are_those_of_the_description(description: Mapping[str, Any]) -> None:
    schemas, limits = description["components"]["schemas"], find("yandex_market").SPEC.reply_limits

    for kind, name in ((Kind.REVIEW, "GoodsFeedbackCommentText"), (Kind.QUESTION, "QuestionsTextContent")):
        assert (limits[kind].minimum, limits[kind].maximum) == (schemas[name]["minLength"], schemas[name]["maxLength"])


def test_the_accesses_that_we_ask_for_are_those_of_the_description(description: Mapping[str, Any]) -> None:
    known = set(description["components"]["schemas"]["ApiKeyScopeType"]["enum"])
    for path, wanted in ((REVIEWS, rights.READS), (f"{REVIEWS}/comments/update", rights.WRITES)):
        scopes = description["paths"][path]["post"]["x-auth-scopes"]
        assert {one.upper().replace("-", "_").replace(":", "_") for one in scopes} == wanted <= known


async def test_every_call_of_ours_is_described_with_its_query(description: Mapping[str, Any]) -> None:
    fake = FakeYandexMarket([review(1), review(2), review(3)], questions=[question(1)])
    refs = [ItemRef(ItemId("1"), kind, datetime(2026, 3, 1, tzinfo=UTC)) for kind in Kind]

    async with client_of(fake, SystemClock()) as client:
        _ = [page async for page in client.reviews(all_of_them=True)]
        await Sighter(client).sight(refs)
        await client.write_comment(bodies.new_comment(1, "Спасибо"))
        await client.delete_comment(5)
        await client.write_answer(bodies.new_answer(1, "Да"))
        fake.canned = [shown({"apiKey": {"name": "x", "authScopes": []}})]
        await client.scopes()

    assert len({one.call for one in fake.asked}) == 8
    for one in fake.asked:
        method = description["paths"][one.call.removeprefix("POST ").replace("/77/", "/{businessId}/")]["post"]
        declared = [part.get("$ref", "").rpartition("/")[2] for part in method.get("parameters", ())]
        names = {description["components"]["parameters"][part]["name"] for part in declared}
        assert set(one.query) <= names, one.call
