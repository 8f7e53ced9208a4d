"""Ozon's JSON as our values, odd fields included."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from feedback_service.domain.feedback import AnswerState, Kind, Question, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon import wire
from feedback_service.platforms.ozon.cabinet import wire as cabinet

NOW = datetime(2026, 8, 1, tzinfo=UTC)


def sample(name: str) -> Any:
    folder = resources.files("feedback_service.platforms.ozon") / "samples"
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def test_reviews_are_read_with_what_is_told_around_them() -> None:
    page = wire.read_page(sample("reviews"), Kind.REVIEW, NOW)

    first = page.entries[0].item
    assert isinstance(first, Review)
    assert (first.rating, first.photos, first.videos, first.product.sku) == (4, 2, 1, "610000001")
    assert first.created_at == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert [(one.sku, one.processed, one.answers) for one in page.entries] == [
        (610000001, False, 0),
        (610000002, False, 1),
        (610000001, True, 1),
    ]
    assert (page.last_id, page.has_next, page.rows) == ("01870000-0000-7000-8000-000000000003", True, 3)


def test_questions_are_read_from_the_older_answer_too() -> None:
    page = wire.read_page(sample("questions"), Kind.QUESTION, NOW)

    first = page.entries[0].item
    assert isinstance(first, Question)
    assert (first.author, first.text) == ("Аглая П.", "Какой длины шнур?")
    assert [(one.processed, one.answers) for one in page.entries] == [(False, 0), (True, 1)]
    assert page.has_next is None


def test_a_broken_row_takes_no_other_with_it() -> None:
    rows = [{"text": "no id"}, "?", {"id": "r-1", "rating": "five", "published_at": "yesterday", "sku": None}]

    page = wire.read_page({"reviews": rows, "has_next": False}, Kind.REVIEW, NOW)

    (entry,) = page.entries
    assert isinstance(entry.item, Review)
    assert (entry.item.item_id, entry.item.rating, entry.item.created_at, entry.sku) == ("r-1", 0, NOW, 0)
    assert page.rows == 3


@pytest.mark.parametrize("document", [None, [], "text", {}, {"reviews": 5}, {"code": 13, "message": "Internal error"}])
def test_what_is_no_list_is_unreadable(document: object) -> None:
    with pytest.raises(wire.Unreadable):
        wire.read_page(document, Kind.REVIEW, NOW)


def test_another_item_than_the_one_asked_for_is_unreadable() -> None:
    row = sample("reviews")["reviews"][0]

    assert wire.read_entry(row, Kind.REVIEW, ItemId(row["id"]), NOW).item.item_id == row["id"]
    with pytest.raises(wire.Unreadable):
        wire.read_entry(row, Kind.REVIEW, ItemId("other"), NOW)


def test_comments_tell_whose_they_are_and_what_moderation_says() -> None:
    comments = wire.read_comments(sample("comments"))

    assert [(one.id, one.ours, one.state, one.reason) for one in comments] == [
        ("c-1", False, AnswerState.VISIBLE, ""),
        ("c-2", True, AnswerState.VISIBLE, ""),
        ("c-3", True, AnswerState.REJECTED, "контакты в тексте"),
        ("c-4", True, AnswerState.MODERATING, ""),
    ]


def test_answers_to_questions_tell_their_state_where_they_have_one() -> None:
    states = [one.state for one in wire.read_answers(sample("answers"))]

    assert states == [AnswerState.VISIBLE, AnswerState.MODERATING, AnswerState.REJECTED, AnswerState.REJECTED]


def test_an_unknown_state_is_never_taken_for_success() -> None:
    (answer,) = wire.read_answers({"answers": [{"id": "a", "text": "t", "status_publication": "SOMETHING_NEW"}]})

    assert answer.state is AnswerState.MODERATING


def test_product_names_are_read_by_every_sku_of_a_product() -> None:
    items = [{"sku": 5, "name": "Чайник", "sources": [{"sku": 6}, {"sku": "7"}]}, {"name": "no sku"}, None]

    assert wire.read_titles({"items": items}) == {5: "Чайник", 6: "Чайник", 7: "Чайник"}


def test_the_cabinet_s_reviews_are_read_in_both_spellings() -> None:
    page = cabinet.read_reviews(sample("cabinet_reviews"), NOW)

    first, second = (one.item for one in page.entries)
    assert isinstance(first, Review)
    assert isinstance(second, Review)
    assert (first.product.name, first.product.article, first.photos) == ("Чайник электрический", "KETTLE-17", 2)
    assert (second.text, second.pros, second.author, second.product.brand) == (
        "Хорош",
        "тихий",
        "Аглая П.",
        "Тёплый дом",
    )
    assert [(one.processed, one.answers) for one in page.entries] == [(False, 0), (True, 1)]
    assert page.onward == {"last_review": sample("cabinet_reviews")["last_review"]}


def test_the_cabinet_s_questions_end_where_the_cursor_is_zero() -> None:
    document = sample("cabinet_questions")

    page = cabinet.read_questions(document, NOW)
    last = cabinet.read_questions({**document, "pagination_last_id": "0"}, NOW)

    assert [one.item.item_id for one in page.entries] == ["290180206", "290180207"]
    assert page.onward == {"pagination_last_id": "290180207", "last_published_at": "2026-07-02T09:00:00Z"}
    assert last.onward is None


@pytest.mark.parametrize("wrapped", [lambda rows: rows, lambda rows: {"result": rows}, lambda rows: {"comments": rows}])
def test_the_cabinet_s_comments_are_found_below_any_usual_name(wrapped: Any) -> None:
    (comment,) = cabinet.read_comments(wrapped([{"uuid": "u", "text": "t", "is_official": True}]))

    assert (comment.id, comment.ours, comment.state) == ("u", True, AnswerState.VISIBLE)
