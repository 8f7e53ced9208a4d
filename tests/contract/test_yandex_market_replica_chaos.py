"""Whatever is sent to the Yandex.Market replica, it answers in its own envelope."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.yandex_shop import YandexShop

FIELDS = (
    "feedbackId",
    "feedbackIds",
    "commentIds",
    "comment",
    "id",
    "parentId",
    "text",
    "dateTimeFrom",
    "dateTimeTo",
    "reactionStatus",
    "ratingValues",
    "offerIds",
    "paid",
    "categoryIds",
    "questionIds",
    "dateFrom",
    "dateTo",
    "needAnswer",
    "sort",
    "questionId",
    "answerIds",
    "operationType",
    "entityId",
    "parentEntityId",
    "type",
)
METHODS = (
    "goods-feedback",
    "goods-feedback/comments",
    "goods-feedback/comments/update",
    "goods-feedback/comments/delete",
    "goods-feedback/skip-reaction",
    "goods-questions",
    "goods-questions/answers",
    "goods-questions/update",
    "offer-mappings",
)
WORDS = st.sampled_from(
    ["CREATE", "DELETE", "UPDATE", "QUESTION", "ANSWER", "ALL", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00"]
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9) | WORDS
BODIES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
)


@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("resource", METHODS)
@given(body=st.dictionaries(st.sampled_from(FIELDS), BODIES, max_size=5))
def test_no_body_breaks_a_method(resource: str, body: dict[str, object]) -> None:
    shop = YandexShop()
    shop.comment(shop.review())

    told = shop.of(resource, body)

    assert told.status in (200, 400, 404)
    assert told.document["status"] == ("OK" if told.status == 200 else "ERROR")


@pytest.mark.parametrize("name", ["dateTimeFrom", "dateTimeTo"])
@pytest.mark.parametrize("day", ["0001-01-01", "0001-07-02", "9999-12-31"])
@pytest.mark.parametrize("zone", ["+14:00", "-12:00", "Z"])
def test_the_ends_of_time_are_answered(name: str, day: str, zone: str) -> None:
    assert YandexShop().of("goods-feedback", {name: f"{day}T00:00:00{zone}"}).status in (200, 400)


@pytest.mark.parametrize("name", ["dateFrom", "dateTo"])
@pytest.mark.parametrize("day", ["0001-01-01", "0001-02-01", "9999-12-31"])
def test_the_first_and_the_last_day_are_answered(name: str, day: str) -> None:
    assert YandexShop().of("goods-questions", {name: day}).status in (200, 400)


@settings(max_examples=100, deadline=None)
@given(
    raw=st.binary(max_size=40) | st.recursive(PLAIN, st.lists, max_leaves=4).map(lambda one: json.dumps(one).encode())
)
def test_no_bytes_break_the_replica(raw: bytes) -> None:
    told = YandexShop().of("goods-feedback/comments/update", raw=raw)

    assert (told.status, told.document["status"]) == (400, "ERROR")


@settings(max_examples=100, deadline=None)
@given(
    fields=st.dictionaries(
        st.sampled_from(["csrf", "action", "comment_id", "text"]),
        st.text(max_size=9) | st.sampled_from(["reply", "edit", "delete"]),
    )
)
def test_no_form_breaks_the_cabinet(fields: dict[str, str]) -> None:
    shop = YandexShop()
    number = shop.review()

    sent = shop.page(f"reviews/{number}", form={name: text.encode("utf-8", "replace") for name, text in fields.items()})

    assert (sent.status, shop.effects(number)) == (403, [])
