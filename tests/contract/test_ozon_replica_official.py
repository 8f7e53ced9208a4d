"""Responses of the Ozon replica against the vendor's descriptions of April and October 2026, where they are at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openapi_schema_validator import OAS30Validator

from tests.support.ozon_replica import OzonShop, Told

SPECS = Path(__file__).parents[2].parent / "shared" / "specs" / "ozon"
APRIL = SPECS / "seller-api.reviews-questions.2026-04.json"
OCTOBER = SPECS / "seller-api.reviews-questions.2026-10.facts.json"
_TYPES = {"object", "array", "string", "integer", "number", "boolean"}

in_april = pytest.mark.skipif(not APRIL.exists(), reason="the description of April 2026 is not at hand")
in_october = pytest.mark.skipif(not OCTOBER.exists(), reason="the facts of October 2026 are not at hand")


@cache
def document(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def exact(node: Any) -> Any:
    """A schema with its references put in place, every property required and no other allowed.

    Types that JSON does not have (timestamp, enum) are dropped.
    """
    if isinstance(node, list):
        return [exact(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return exact(document(APRIL)["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]])
    found = {name: exact(value) for name, value in node.items() if name != "type" or value in _TYPES}
    if isinstance(node.get("properties"), dict):
        found["properties"] = {name: exact(value) for name, value in node["properties"].items()}
        found |= {"required": sorted(node["properties"]), "additionalProperties": False}
    return found


def check_april(path: str, told: Told) -> None:
    responses = document(APRIL)["paths"][path]["post"]["responses"]
    described = responses.get(str(told.status), responses["default"])
    if "content" not in described:
        assert told.document == b""
        return
    OAS30Validator(exact(described["content"]["application/json"]["schema"])).validate(told.document)


def full_shop(**options: object) -> OzonShop:
    """Reviews and questions that are new, answered, waiting, declined, commented by customers, pictured."""
    shop = OzonShop(options=dict(options))
    shop.review("Разбилась", supplement_of=shop.review(photos=2, author="Вера"))
    for verdict in ("approve", "pending", "reject"):
        shop.comment(shop.review(), imposed={"moderate": {"verdict": verdict}})
        shop.answer(shop.question(), imposed={"moderate": {"verdict": verdict}})
    shop.question()
    return shop


def requests(shop: OzonShop) -> dict[str, Any]:
    """A request of every method, the deleting ones last."""
    review, question = shop.review(), shop.question()
    comment = shop.comment(review).document["comment_id"]
    spare = shop.comment(review).document["comment_id"]
    answer, sku = shop.answer(question).document["answer_id"], {"sku": shop.sku(question)}
    marks = {"review_ids": [review], "status": "PROCESSED"}
    return {
        "/v1/roles": {},
        "/v2/review/list": {"limit": 100},
        "/v1/review/list": {"limit": 100},
        "/v2/review/info": {"review_id": review},
        "/v1/review/info": {"review_id": review},
        "/v2/review/count": None,
        "/v1/review/count": {},
        "/v2/review/change-status": marks,
        "/v1/review/change-status": marks,
        "/v1/review/comment/create": {"review_id": review, "text": "Спасибо!"},
        "/v1/review/comment/list": {"review_id": review, "limit": 20},
        "/v2/review/comment/delete": {"comment_id": comment, **sku},
        "/v1/review/comment/delete": {"comment_id": spare},
        "/v1/question/list": {},
        "/v1/question/info": {"question_id": question},
        "/v1/question/count": None,
        "/v1/question/change-status": {"question_ids": [question], "status": "PROCESSED"},
        "/v1/question/top-sku": {"limit": 5},
        "/v1/question/answer/create": {"question_id": question, **sku, "text": "Да, можно"},
        "/v1/question/answer/list": {"question_id": question, **sku},
        "/v1/question/answer/delete": {"answer_id": answer, **sku},
    }


@in_april
def test_every_method_of_april_answers_as_described() -> None:
    shop = full_shop(spec="2026-04")
    asked = requests(shop)

    told = {path: shop.ask(path, body) for path, body in asked.items() if path in document(APRIL)["paths"]}

    assert told.keys() == document(APRIL)["paths"].keys()
    for path, one in told.items():
        assert (path, one.status) == (path, 200)
        check_april(path, one)


@in_april
@pytest.mark.parametrize(
    ("options", "status"),
    [({"deactivated": True}, 403), ({"reviews": False, "questions": False}, 403), ({"rate": 1, "burst": 8}, 429)],
)
def test_every_method_of_april_refuses_as_described(options: dict[str, object], status: int) -> None:
    shop = OzonShop()
    asked = {path: body for path, body in requests(shop).items() if path in document(APRIL)["paths"]}
    shop.reopen({"rate": 1e6, "burst": 1_000_000, **options, "spec": "2026-04"})

    told = {path: shop.ask(path, body) for path, body in asked.items()}

    assert [one.status for one in told.values()].count(status) >= len(asked) - 8
    for path, one in told.items():
        check_april(path, one)


@in_april
def test_requests_that_are_not_valid_are_refused_as_described() -> None:
    for path in document(APRIL)["paths"]:
        check_april(path, OzonShop().ask(path, raw=b"{"))


def fits(told: object, described: object) -> bool:
    """Whether a value is what the facts say: names with types, a list of one kind, or a type in words."""
    if isinstance(described, list):
        return isinstance(told, list) and all(fits(one, described[0]) for one in told)
    if isinstance(described, Mapping):
        return (
            isinstance(told, dict)
            and told.keys() == described.keys()
            and all(fits(told[name], described[name]) for name in described)
        )
    return _is_word(told, re.sub(r" \(.*\)$", "", str(described)))


def _is_word(told: object, word: str) -> bool:
    if word.endswith("[]"):
        return isinstance(told, list) and all(_is_word(one, word[:-2]) for one in told)
    if word in ("int32", "int64"):
        return isinstance(told, int) and not isinstance(told, bool)
    if word == "bool":
        return isinstance(told, bool)
    if not isinstance(told, str):
        return False
    if word == "uuid string":
        return str(UUID(told)) == told
    if word == "date-time":
        return datetime.fromisoformat(told).tzinfo is not None
    return word == "string" or told in word.split("|")


def described_in_october(path: str) -> Any:
    """The facts' answer of a method, with what they say in words put in place."""
    paths = document(OCTOBER)["paths"]
    found = paths[path]["response"]
    if found == "one question object":
        return paths["/v1/question/list"]["response"]["questions"][0]
    if found == "as v2 list, status UNPROCESSED|PROCESSED":
        listed = paths["/v2/review/list"]["response"]
        return {**listed, "reviews": [{**listed["reviews"][0], "status": "UNPROCESSED|PROCESSED"}]}
    if found == "as v2 info, status UNPROCESSED|PROCESSED":
        return {**described_in_october("/v2/review/info"), "status": "UNPROCESSED|PROCESSED"}
    if isinstance(found, dict) and "..." in found:
        item = paths["/v2/review/list"]["response"]["reviews"][0]
        return item | {name: value for name, value in found.items() if name != "..."}
    return found


@in_october
def test_every_method_of_october_answers_as_described() -> None:
    shop = full_shop()
    asked = requests(shop)

    told = {path: shop.ask(path, body) for path, body in asked.items() if path in document(OCTOBER)["paths"]}

    assert told.keys() == document(OCTOBER)["paths"].keys()
    for path, one in told.items():
        described = described_in_october(path)
        assert (path, one.status) == (path, 200)
        if described == "200 without body":
            assert (path, one.document) == (path, b"")
        else:
            assert fits(one.document, described), (path, one.document)
