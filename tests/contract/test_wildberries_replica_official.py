"""Responses of the Wildberries replica against the vendor's own OpenAPI description, where that is at hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator

from tests.support.sandbox import Shop, Told

SPEC = Path(__file__).parents[2].parent / "shared" / "specs" / "wildberries" / "09-communications.yaml"
PINS = "/api/feedbacks/v1/pins"
PAGE = {"take": 50, "skip": 0}
FREE: dict[str, object] = {"rate": 1e6, "burst": 1_000_000}

pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="the official description is not at hand")


@cache
def spec() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
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


def exact(schema: Any) -> Any:
    """The schema with every documented property required and no other allowed."""
    if isinstance(schema, list):
        return [exact(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: exact(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        strict.setdefault("required", sorted(schema["properties"]))
        strict["additionalProperties"] = False
    return strict


def without_envelope(schema: dict[str, Any]) -> dict[str, Any]:
    """Pins: the description demands `data` to be an object and an array at once; the method's own part counts."""
    return schema["allOf"][-1] if "allOf" in schema else schema


def check(method: str, path: str, told: Told) -> None:
    operation = spec()["paths"][path][method.lower()]
    response = resolved(operation["responses"][str(told.status)])
    content = response.get("content")
    if content is None:
        assert told.document is None
        return
    media = told.headers["content-type"]
    assert media in content
    schema = without_envelope(content[media]["schema"])
    OAS30Validator(schema if "/pins" in path else exact(schema)).validate(told.document)


def full_shop() -> Shop:
    """Items in every state: new, answered, edited, in review, declined, rejected, supplemented, pictured."""
    shop = Shop(options={"pins": "tariff", **FREE})
    parent = shop.review("Пока нравится", photos=2, pros="Лёгкая", cons="Нет", author="Вера", product="Кружка")
    shop.review("Разбилась", supplement_of=parent, rating=1)
    answered, waiting, declined = shop.review(), shop.review(), shop.review("")
    shop.answer(answered)
    shop.edit(answered)
    shop.answer(waiting, imposed={"moderate": {"verdict": "pending"}})
    shop.answer(declined, imposed={"moderate": {"verdict": "reject"}})
    shop.question()
    shop.reply(shop.question())
    shop.reply(shop.question(), state="none")
    return shop


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/v1/new-feedbacks-questions", {}),
        ("/api/v1/questions/count-unanswered", {}),
        ("/api/v1/questions/count", {}),
        ("/api/v1/questions", {"isAnswered": "false", **PAGE}),
        ("/api/v1/questions", {"isAnswered": "true", **PAGE}),
        ("/api/v1/feedbacks/count-unanswered", {}),
        ("/api/v1/feedbacks/count", {"isAnswered": "false"}),
        ("/api/v1/feedbacks", {"isAnswered": "false", **PAGE}),
        ("/api/v1/feedbacks", {"isAnswered": "true", **PAGE}),
        ("/api/v1/feedbacks/archive", PAGE),
        (PINS, {}),
        (f"{PINS}/count", {}),
        (f"{PINS}/limits", {}),
    ],
)
def test_what_is_read_is_as_described(path: str, query: dict[str, object]) -> None:
    told = full_shop().ask("GET", path, query)

    assert told.status == 200
    check("GET", path, told)


def test_single_items_are_as_described() -> None:
    shop = full_shop()

    for entry in shop.replica.ledger(shop.at).entries:
        path = f"/api/v1/{'feedback' if entry.customer.kind == 'review' else 'question'}"
        told = shop.ask("GET", path, {"id": entry.item})
        assert told.status == 200
        check("GET", path, told)


def test_what_is_written_is_answered_as_described() -> None:
    shop = full_shop()
    review, question = shop.review(rating=1), shop.question()
    answer = {"id": review, "text": "Спасибо!"}
    pin = [{"pinMethod": "tariff", "pinOn": "nm", "feedbackId": item} for item in (review, "nothing")]
    bodies: list[tuple[str, str, object]] = [
        ("POST", "/api/v1/feedbacks/answer", answer),
        ("PATCH", "/api/v1/feedbacks/answer", answer),
        ("POST", "/api/v1/feedbacks/order/return", {"feedbackId": review}),
        ("PATCH", "/api/v1/questions", {"id": question, "wasViewed": True}),
        ("PATCH", "/api/v1/questions", {"id": question, "answer": {"text": "Да"}, "state": "wbRu"}),
        ("POST", PINS, pin),
        ("DELETE", PINS, [1]),
    ]

    for method, path, body in bodies:
        told = shop.ask(method, path, body=body)
        assert told.status in (200, 204)
        check(method, path, told)


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/api/v1/questions/count", {"dateTo": "x"}, None),
        ("GET", "/api/v1/questions", {}, None),
        ("PATCH", "/api/v1/questions", {}, {}),
        ("PATCH", "/api/v1/questions", {}, {"id": "x", "wasViewed": True}),
        ("GET", "/api/v1/question", {"id": "x"}, None),
        ("GET", "/api/v1/feedbacks/count", {"isAnswered": "x"}, None),
        ("GET", "/api/v1/feedbacks", {}, None),
        ("POST", "/api/v1/feedbacks/answer", {}, {}),
        ("POST", "/api/v1/feedbacks/order/return", {}, {}),
        ("GET", "/api/v1/feedback", {"id": "x"}, None),
        ("GET", "/api/v1/feedbacks/archive", {}, None),
        ("GET", "/api/v1/feedbacks/archive", {"take": 5001, "skip": 0}, None),
        ("GET", PINS, {"state": "x"}, None),
        ("POST", PINS, {}, {}),
    ],
)
def test_what_is_refused_is_as_described(method: str, path: str, query: dict[str, object], body: object) -> None:
    told = full_shop().ask(method, path, query, body)

    assert 400 <= told.status < 500
    check(method, path, told)


def methods() -> list[tuple[str, str]]:
    """Every method of the category, as the description lists them."""
    return [
        (method.upper(), path)
        for path, item in spec()["paths"].items()
        for method, operation in item.items()
        if method != "servers" and operation["x-category"] == "questionsandfeedback"
    ]


@pytest.mark.parametrize(
    ("options", "status"), [({"expires_in": 0}, 401), ({"unpaid": True}, 402), ({"burst": 1}, 429)]
)
def test_the_gateways_refusals_are_as_described_for_every_method(options: dict[str, object], status: int) -> None:
    shop = Shop(options=options)
    shop.ask("GET", "/api/v1/feedbacks/count")

    told = {(method, path): shop.ask(method, path) for method, path in methods()}

    assert {one.status for one in told.values()} == {status}
    assert len(told) == 19
    for (method, path), one in told.items():
        check(method, path, one)


def test_a_wrong_category_is_refused_as_described() -> None:
    shop = Shop(options={"category": 1, **FREE})

    described = [
        (method, path)
        for method, path in methods()
        if "403" in spec()["paths"][path][method.lower()]["responses"] and "pins" not in path
    ]

    assert len(described) == 10
    for method, path in described:
        check(method, path, shop.ask(method, path))
