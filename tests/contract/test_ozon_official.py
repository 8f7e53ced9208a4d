"""Our client beside the official description: what it sends is declared there, what is shown there can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedback_service.domain.dispatch import Action, Dispatch, DispatchStatus, ItemRef
from feedback_service.domain.feedback import Kind, Question
from feedback_service.domain.identity import AccountId, DispatchId, FeedbackId, ItemId
from feedback_service.platforms.ozon import wire
from tests.support.fake_ozon import FakeOzon, connector_of

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "ozon"
APRIL = SPECS / "seller-api.reviews-questions.2026-04.json"
OCTOBER = SPECS / "seller-api.reviews-questions.2026-10.facts.json"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
REVIEW = "019294ff-6888-7009-89d8-26569e4e450d"
QUESTION = "019294ff-6888-7009-89d8-26569e4e450e"
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "object": dict,
    "array": list,
}

pytestmark = pytest.mark.skipif(
    not (APRIL.exists() and OCTOBER.exists()), reason="the official description is not beside the project"
)


@pytest.fixture(scope="module")
def april() -> Mapping[str, Any]:
    return json.loads(APRIL.read_text("utf-8"))


@pytest.fixture(scope="module")
def october() -> Mapping[str, Any]:
    return json.loads(OCTOBER.read_text("utf-8"))["paths"]


def ozon(*, old: bool) -> FakeOzon:
    """A server with one review and one question; `old`: the deprecated methods only."""
    review = {"id": REVIEW, "sku": 7, "published_at": "2026-06-01T00:00:00Z", "status": "NEW", "comments_amount": 1}
    question = {"id": QUESTION, "sku": 7, "published_at": "2026-06-01T00:00:00Z", "status": "NEW", "answers_count": 1}
    ours = {"id": "c-1", "text": "Спасибо", "is_owner": True}
    version = "v1" if old else "v2"
    return FakeOzon(
        {
            "/v1/roles": lambda body: {"roles": [], "expires_at": "2027-01-01T00:00:00Z"},
            f"/{version}/review/list": lambda body: {"reviews": [review], "has_next": False, "last_id": REVIEW},
            f"/{version}/review/info": lambda body: review,
            f"/{version}/review/count": lambda body: {"total": 1, "new": 1},
            f"/{version}/review/change-status": lambda body: {},
            f"/{version}/review/comment/delete": lambda body: {},
            "/v1/review/comment/create": lambda body: {"comment_id": "c-2"},
            "/v1/review/comment/list": lambda body: {"comments": [ours], "offset": 1},
            "/v1/question/list": lambda body: {"questions": [question], "last_id": QUESTION},
            "/v1/question/info": lambda body: question,
            "/v1/question/count": lambda body: {"all": 1, "new": 1},
            "/v1/question/answer/create": lambda body: {"answer_id": "a-2"},
            "/v1/question/answer/list": lambda body: {"answers": [{"id": "a-1", "text": "Спасибо"}], "last_id": ""},
            "/v1/question/answer/delete": lambda body: {},
            "/v1/question/change-status": lambda body: {},
            "/v3/product/info/list": lambda body: {"items": []},
        }
    )


async def everything(fake: FakeOzon) -> None:
    """Every kind of work once."""
    async with connector_of(fake) as connector:
        await connector.check()
        for kind, item in ((Kind.REVIEW, REVIEW), (Kind.QUESTION, QUESTION)):
            of = ItemRef(ItemId(item), kind, NOW)
            dispatch = Dispatch(
                id=DispatchId(1),
                feedback_id=FeedbackId(1),
                account_id=AccountId(1),
                ref=of,
                action=Action.ANSWER,
                text="Спасибо",
                fingerprint="",
                status=DispatchStatus.SENDING,
                revision=1,
            )
            assert [page async for page in connector.unanswered(kind)] == []
            await connector.sight([of])
            await connector.publish(dispatch)
            await connector.retract(dispatch)


async def test_what_we_send_fits_the_older_description(april: Mapping[str, Any]) -> None:
    fake = ozon(old=True)

    await everything(fake)

    called = {path for path, _ in fake.asked} & april["paths"].keys()
    assert called == april["paths"].keys() - {"/v1/question/top-sku"}
    for path, body in fake.asked:
        if path in called:
            content = april["paths"][path]["post"].get("requestBody", {}).get("content", {})
            schema = resolved(april, content.get("application/json", {}).get("schema", {}))
            problem = misfit(april, schema, body, since=SINCE_APRIL.get(path, frozenset()))
            assert not problem, f"{path}: {problem}"


SINCE_APRIL = {"/v1/question/list": frozenset({"limit", "sort_dir"})}
"""Fields that the description has since; proto3's JSON lets a server leave unknown ones aside."""


async def test_what_we_send_is_declared_in_the_current_description(october: Mapping[str, Any]) -> None:
    fake = ozon(old=False)

    await everything(fake)

    for path, body in fake.asked:
        if path in october:
            declared = october[path]["request"] or {}
            assert not october[path].get("deprecated"), path
            assert set(body) <= {*declared, *(["review_id"] if "oneOf" in declared else [])}, path
            needed = {name for name, rule in declared.items() if isinstance(rule, str) and "required" in rule}
            assert needed <= set(body), path
    assert not any(path.startswith("/v1/review/list") for path in fake.paths())


def test_the_official_questions_and_answers_can_be_read(april: Mapping[str, Any]) -> None:
    page = wire.read_page(example(april, "/v1/question/list"), Kind.QUESTION, NOW)

    assert page.entries
    assert all(isinstance(one.item, Question) and one.item.created_at != NOW and one.sku for one in page.entries)
    assert wire.read_answers(example(april, "/v1/question/answer/list"))


def test_the_official_single_question_can_be_read(april: Mapping[str, Any]) -> None:
    document = example(april, "/v1/question/info")

    assert wire.read_entry(document, Kind.QUESTION, ItemId(document["id"]), NOW).item.text


def test_the_official_receipt_rights_and_counts_can_be_read(april: Mapping[str, Any]) -> None:
    assert wire.read_written(example(april, "/v1/question/answer/create"), "answer_id")
    assert wire.read_rights(example(april, "/v1/roles")).roles == {"Admin", "Posting FBS"}
    assert wire.read_counts(example(april, "/v1/question/count"))["new"] == 3


def example(document: Mapping[str, Any], path: str) -> Any:
    """The example of a method's answer; only some of the methods on questions have one."""
    return document["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["example"]


def resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


def misfit(
    document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, since: frozenset[str] = frozenset()
) -> str:
    """What of the value the schema does not allow; several of its types are misspelt, so that only plain ones count."""
    schema = resolved(document, schema)
    wanted = TYPES.get(str(schema.get("type")))
    if wanted is not None and not isinstance(value, wanted):
        return f"{value!r} is no {schema['type']}"
    if isinstance(value, list):
        return next((bad for one in value if (bad := misfit(document, schema.get("items", {}), one))), "")
    if not isinstance(value, dict):
        return ""
    properties = schema.get("properties", {})
    if missing := set(schema.get("required", ())) - set(value):
        return f"without {missing}"
    if unknown := set(value) - set(properties) - since:
        return f"undeclared {unknown}"
    parts = ((name, misfit(document, properties.get(name, {}), part)) for name, part in value.items())
    return next((f"{name}: {bad}" for name, bad in parts if bad), "")
