"""Responses of the Yandex.Market replica against the vendor's own OpenAPI description, where that is at hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from feedback_service.platforms.yandex_market.replica import limits
from tests.support.sandbox import Told
from tests.support.yandex_shop import YandexShop

_SPECS = Path(__file__).parents[2].parent / "shared" / "specs" / "yandex_market"
SPEC = _SPECS / "partner-api.reviews-questions.2026-07.json"
FEEDBACK, QUESTIONS = "/v2/businesses/{businessId}/goods-feedback", "/v1/businesses/{businessId}/goods-questions"

pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="the official description is not at hand")


@cache
def spec() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SPEC.read_text(encoding="utf-8"))
    return document


def resolved(node: Any) -> Any:
    """A piece of the description with its references put in place."""
    if isinstance(node, list):
        return [resolved(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = spec()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return resolved(target)
    return {name: resolved(value) for name, value in node.items()}


def joined(schema: dict[str, Any]) -> dict[str, Any]:
    """An `allOf` as one object, so that nothing undocumented hides behind it."""
    parts = [joined(one) for one in schema.get("allOf", [])] + [schema]
    properties = {name: value for one in parts for name, value in one.get("properties", {}).items()}
    required = sorted({name for one in parts for name in one.get("required", [])})
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def exact(schema: Any) -> Any:
    """The schema with no property allowed but the documented ones."""
    if isinstance(schema, list):
        return [exact(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "allOf" in schema:
        schema = joined(schema)
    strict = {name: exact(value) for name, value in schema.items()}
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        strict["additionalProperties"] = False
    return strict


def check(path: str, told: Told) -> None:
    response = resolved(spec()["paths"][path]["post"]["responses"][str(told.status)])
    assert told.headers["content-type"].split(";")[0] in response["content"]
    schema = exact(response["content"]["application/json"]["schema"])
    OAS30Validator(schema).validate(told.document)


def full_shop() -> YandexShop:
    """Items and comments in every state, in a cabinet with several pages."""
    shop = YandexShop()
    full = shop.review("Целая", pros="Лёгкая", cons="Мала", author="Вера", product="Кружка", photos=2, rating=1)
    shop.review("", rating=None)
    shop.comment(full)
    shop.supplement(full)
    shop.comment(full, imposed={"moderate": {"verdict": "pending"}})
    shop.comment(full, imposed={"moderate": {"verdict": "reject"}})
    asked = shop.question(author="Анна")
    own = shop.answer(asked).document["result"]["entity"]["id"]
    shop.supplement(asked)
    shop.answer(own, "Да", kind="ANSWER")
    shop.question()
    return shop


def test_a_wrong_answer_is_noticed() -> None:
    shop = full_shop()
    told = shop.of("goods-feedback")
    told.document["result"]["feedbacks"][0]["surprise"] = 1

    with pytest.raises(Exception, match="surprise"):
        check(FEEDBACK, told)


@pytest.mark.parametrize("query", [{}, {"limit": 1}])
def test_lists_are_as_described(query: dict[str, object]) -> None:
    shop = full_shop()
    review, question = shop.reviews()[0]["feedbackId"], shop.questions()[-1]

    check(FEEDBACK, shop.of("goods-feedback", query=query))
    check(f"{FEEDBACK}/comments", shop.of("goods-feedback/comments", {"feedbackId": review}, query=query))
    check(QUESTIONS, shop.of("goods-questions", query=query))
    check(f"{QUESTIONS}/answers", shop.of("goods-questions/answers", {"questionId": question}, query=query))
    check("/v2/auth/token", shop.ask("/v2/auth/token"))


def test_writes_are_as_described() -> None:
    shop = full_shop()
    review, question = shop.review(), shop.question()
    written, answered = shop.comment(review), shop.answer(question)
    own, answer = written.document["result"]["id"], answered.document["result"]["entity"]["id"]

    check(f"{FEEDBACK}/comments/update", written)
    check(f"{FEEDBACK}/comments/update", shop.comment(review, body={"id": own}))
    check(f"{FEEDBACK}/comments/update", shop.comment(review, body={"parentId": own}))
    check(f"{FEEDBACK}/comments/delete", shop.delete(own))
    check(f"{FEEDBACK}/skip-reaction", shop.of("goods-feedback/skip-reaction", {"feedbackIds": [review]}))
    check(f"{QUESTIONS}/update", answered)
    check(f"{QUESTIONS}/update", shop.change("UPDATE", "ANSWER", answer, text="Нет"))
    check(f"{QUESTIONS}/update", shop.change("DELETE", "ANSWER", answer))


@pytest.mark.parametrize("resource", ["goods-feedback", "goods-feedback/comments/update", "goods-questions"])
def test_errors_are_as_described(resource: str) -> None:
    shop = full_shop()
    path = f"/{'v1' if resource == 'goods-questions' else 'v2'}/businesses/{{businessId}}/{resource}"
    body = {"feedbackId": 1, "comment": {"text": "Спасибо"}}

    told = [
        shop.of(resource, raw=b"{"),
        shop.of(resource, headers={}),
        shop.ask(path.format(businessId=5)),
        shop.of(resource, imposed={"parallel": {}}),
        shop.of(resource, imposed={"too_many_requests": {}}),
        shop.of(resource, imposed={"server_error": {}}),
        *([shop.of(resource, body)] if resource.endswith("update") else []),
    ]

    shop.at += 60
    assert [one.status for one in told[:6]] == [400, 401, 403, 420, 420, 500]
    for one in told:
        check(path, one)


def test_the_hourly_limits_are_the_documented_ones() -> None:
    described = {
        path.removeprefix("/v1").removeprefix("/v2").removeprefix("/businesses/{businessId}").strip("/"): tuple(
            operation["post"]["x-resource-limit-config"][kind]["amount"] for kind in ("none", "medium")
        )
        for path, operation in spec()["paths"].items()
    }

    assert described.items() <= limits.AMOUNTS.items()
