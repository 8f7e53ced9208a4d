"""Reading Wildberries' JSON: as described, and as it must not lose an item."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from feedback_service.domain.feedback import AnswerState, Kind, Product, PublishedAnswer, Question, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.wildberries import wire

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def sample(name: str) -> Any:
    folder = resources.files("feedback_service.platforms.wildberries") / "samples"
    return json.loads((folder / name).read_text("utf-8"))


def reviews(*rows: object) -> wire.Page:
    return wire.read_page({"data": {"feedbacks": list(rows)}}, Kind.REVIEW, NOW)


def review(**fields: object) -> Review:
    (item,) = reviews({"id": "r1", **fields}).items
    assert isinstance(item, Review)
    return item


def question(**fields: object) -> Question:
    (item,) = wire.read_page({"data": {"questions": [{"id": "q1", **fields}]}}, Kind.QUESTION, NOW).items
    assert isinstance(item, Question)
    return item


def test_a_review_is_read_with_all_that_its_customer_left() -> None:
    page = wire.read_page(sample("reviews.json"), Kind.REVIEW, NOW)

    assert page.items[0] == Review(
        item_id=ItemId("qT7mPz2LxV0aRk9sWd3e"),
        created_at=datetime(2026, 5, 14, 6, 31, 7, tzinfo=UTC),
        rating=4,
        text="Кружка крепкая, чай в ней долго не остывает",
        pros="Толстые стенки",
        cons="Тяжёлая",
        author="Аглая",
        product=Product("410000002", "Кружка керамическая", "Тёплый дом", "MUG-350/синий"),
        photos=2,
        videos=1,
        child=ItemId("wE4nBv8CyU1iOp6lKj5h"),
    )
    assert (page.rows, page.broken, page.latest) == (2, 0, datetime(2026, 6, 15, 6, tzinfo=UTC))


def test_a_supplement_names_the_review_that_it_continues() -> None:
    supplement = wire.read_page(sample("reviews.json"), Kind.REVIEW, NOW).items[1]

    assert isinstance(supplement, Review)
    assert (supplement.parent, supplement.child) == ("qT7mPz2LxV0aRk9sWd3e", None)
    assert supplement.answer == PublishedAnswer("Очень жаль, мы разберёмся.", AnswerState.MODERATING, True)


def test_questions_are_read_with_their_nanoseconds_cut() -> None:
    fresh, answered = wire.read_page(sample("questions.json"), Kind.QUESTION, NOW).items

    assert fresh.created_at == datetime(2026, 4, 2, 18, 7, 45, 123456, tzinfo=UTC)
    assert fresh.answer is None
    assert answered.answer == PublishedAnswer("Блюдце продаётся отдельно.", AnswerState.VISIBLE, False)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("none", AnswerState.MODERATING),
        ("reviewRequired", AnswerState.MODERATING),
        ("wbRu", AnswerState.VISIBLE),
        ("rejected", AnswerState.REJECTED),
        ("rejectedAntispam", AnswerState.REJECTED),
        ("somethingNew", AnswerState.MODERATING),
        (None, AnswerState.MODERATING),
    ],
)
def test_every_state_of_an_answer_has_its_meaning(word: object, state: AnswerState) -> None:
    read = review(answer={"text": "Спасибо!", "state": word, "editable": None})

    assert read.answer is not None
    assert (read.answer.state, read.answer.editable) == (state, None)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("wbRu", AnswerState.VISIBLE),
        ("none", AnswerState.REJECTED),
        ("suppliersPortalSynch", AnswerState.MODERATING),
        ("somethingNew", AnswerState.MODERATING),
    ],
)
def test_an_answer_to_a_question_takes_the_question_s_state(word: str, state: AnswerState) -> None:
    read = question(state=word, answer={"text": "Да"})

    assert read.answer is not None
    assert read.answer.state is state


@pytest.mark.parametrize("empty", [None, {}, "", {"text": ""}, []])
def test_an_answer_without_anything_in_it_is_none(empty: object) -> None:
    assert review(answer=empty).answer is None


def test_a_review_of_nulls_is_kept() -> None:
    nulls = dict.fromkeys(
        ["text", "pros", "cons", "productValuation", "createdDate", "answer", "productDetails", "photoLinks", "video"]
    )

    assert review(**nulls, userName=None, parentFeedbackId=None) == Review(
        item_id=ItemId("r1"), created_at=NOW, rating=0
    )


@pytest.mark.parametrize("rating", [None, "5", 0, 6, -1, 4.5, True, [], 10**30])
def test_a_rating_that_is_none_counts_as_unknown(rating: object) -> None:
    assert review(productValuation=rating).rating == 0


@pytest.mark.parametrize("date", [None, "", "yesterday", 5, "0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00Z"])
def test_a_date_that_cannot_be_read_is_replaced_by_now(date: object) -> None:
    assert review(createdDate=date).created_at == NOW


def test_a_date_without_a_zone_is_taken_as_utc() -> None:
    assert review(createdDate="2026-05-14T09:31:07").created_at == datetime(2026, 5, 14, 9, 31, 7, tzinfo=UTC)


@pytest.mark.parametrize("text", ["a\x00b\x1b[0m\ud83d", "ж" * 100_000, "‮обман", " \n"])
def test_a_strange_text_comes_through_unchanged(text: str) -> None:
    assert review(text=text).text == text


@pytest.mark.parametrize("broken", [None, 5, "row", [], {}, {"id": None}, {"id": ""}, {"id": {}}])
def test_a_row_without_an_id_is_left_out_and_its_neighbours_are_kept(
    broken: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        page = reviews({"id": "r1"}, broken, {"id": "r2"})

    assert [item.item_id for item in page.items] == ["r1", "r2"]
    assert (page.rows, page.broken) == (3, 1)
    assert "Left out 1 of 3 reviews" in caplog.text


@pytest.mark.parametrize("document", [None, [], "x", {}, {"data": None}, {"data": []}, {"data": {"feedbacks": {}}}])
def test_a_document_without_a_list_is_unreadable(document: object) -> None:
    with pytest.raises(wire.Unreadable):
        wire.read_page(document, Kind.REVIEW, NOW)


def test_a_list_that_is_null_is_empty() -> None:
    assert wire.read_page({"data": {"feedbacks": None}}, Kind.REVIEW, NOW).items == ()


def test_one_item_without_an_id_takes_the_one_that_was_asked_for() -> None:
    read = wire.read_item({"data": {"text": "Хорошо"}}, Kind.REVIEW, ItemId("r1"), NOW)

    assert read.item_id == "r1"


@pytest.mark.parametrize("data", [{}, None, {"id": "r2"}])
def test_another_item_than_the_one_asked_for_is_unreadable(data: object) -> None:
    with pytest.raises(wire.Unreadable):
        wire.read_item({"data": data}, Kind.REVIEW, ItemId("r1"), NOW)


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ({"error": True, "errorText": "Не найден отзыв"}, "Не найден отзыв"),
        ({"title": "bad request", "detail": "not json\nat all\x1b"}, "bad request: not json at all "),
        ({"errorText": 5}, ""),
        ([], ""),
    ],
)
def test_both_shapes_of_an_error_give_one_line(document: object, line: str) -> None:
    assert wire.complaint(document) == line


def test_request_bodies_are_the_described_ones() -> None:
    assert wire.review_answer(ItemId("r1"), "Спасибо") == {"id": "r1", "text": "Спасибо"}
    assert wire.question_answer(ItemId("q1"), "Да") == {"id": "q1", "answer": {"text": "Да"}, "state": "wbRu"}
