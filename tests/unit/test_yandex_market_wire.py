"""Reading the Partner API's JSON: as described, and as it must not lose an item or take another's answer for ours."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer
from feedback_service.platforms.yandex_market import rights, wire
from tests.support.fake_yandex_market import comment, review

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def sample(name: str) -> Any:
    folder = resources.files("feedback_service.platforms.yandex_market") / "samples"
    return json.loads((folder / name).read_text("utf-8"))


def remarks(*rows: object) -> tuple[wire.Remark, ...]:
    return wire.read_comments({"result": {"comments": list(rows)}}).rows


def answer_of(*rows: object) -> PublishedAnswer | None:
    found = wire.answer_among(remarks(*rows))
    return found.as_answer() if found else None


def test_a_page_of_reviews_is_read() -> None:
    page = wire.read_reviews(sample("reviews.json"), NOW)

    first, second = page.rows
    assert page.next_token == "cGFnZS0y"
    assert (first.needs_reaction, first.comments, second.needs_reaction, second.comments) == (True, 0, False, 2)
    assert first.review.item_id == "301500011"
    assert first.review.created_at == datetime(2026, 6, 28, 6, 15, 40, tzinfo=UTC)
    assert first.review.text == "Пью из неё каждое утро.\nЧай остывает быстро 😢"
    assert (first.review.pros, first.review.cons) == ("Лёгкая, удобная ручка", "Маленький скол на дне")
    assert (first.review.rating, first.review.author, first.review.photos, first.review.videos) == (4, "Аглая П.", 2, 0)
    assert first.review.product == Product(sku="KRUZHKA-350", article="KRUZHKA-350")
    assert (second.review.words, second.review.rating, second.review.author) == ("", 1, "")


def test_a_page_of_questions_is_read() -> None:
    (question,) = wire.read_questions(sample("questions.json"), NOW).rows

    assert (question.item_id, question.author) == ("880001", "Прохор")
    assert question.words == "Можно мыть в посудомоечной машине?"
    assert question.product.sku == "KRUZHKA-350"


def test_our_comment_is_told_from_a_customer_s_and_from_a_reply_to_it() -> None:
    found = wire.read_comments(sample("comments.json")).rows

    answer = wire.answer_among(found)
    assert [one.id for one in found] == [7001, 7002]
    assert answer is not None
    assert answer.as_answer() == PublishedAnswer(
        "Здравствуйте! Нам очень жаль, заменим тарелку.", AnswerState.VISIBLE, True, platform_id="7002"
    )


def test_our_answer_to_a_question_is_told_from_a_customer_s() -> None:
    answer = wire.answer_among(wire.read_answers(sample("answers.json")).rows)

    assert answer is not None
    assert (answer.id, answer.state) == (91002, AnswerState.MODERATING)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("PUBLISHED", AnswerState.VISIBLE),
        ("UNMODERATED", AnswerState.MODERATING),
        ("BANNED", AnswerState.REJECTED),
        ("SOMETHING_NEW", AnswerState.MODERATING),
        (None, AnswerState.MODERATING),
    ],
)
def test_a_status_is_read_and_an_unknown_one_is_never_a_success(word: str | None, state: AnswerState) -> None:
    found = answer_of(comment(1, status=word))

    assert found is not None
    assert found.state is state


@pytest.mark.parametrize("kind", ["USER", "BRAND", "VENDOR", None])
def test_what_others_wrote_is_not_ours(kind: str | None) -> None:
    assert answer_of(comment(1, author={"type": kind})) is None
    assert answer_of(comment(1, author=None)) is None


def test_a_deleted_comment_is_absent() -> None:
    assert answer_of(comment(1, status="DELETED")) is None


def test_of_several_of_ours_the_one_that_customers_see_counts_then_the_latest() -> None:
    found = answer_of(comment(1, "Первый"), comment(2, "Второй"), comment(3, "Третий", status="BANNED"))

    assert found is not None
    assert found.text == "Второй"


def test_one_that_may_not_be_changed_counts_only_where_no_other_is() -> None:
    alone = answer_of(comment(9, "Чужой или старый", canModify=False))
    beside = answer_of(comment(9, "Чужой или старый", canModify=False), comment(5, "Наш", status="UNMODERATED"))

    assert alone is not None
    assert (alone.text, alone.editable) == ("Чужой или старый", False)
    assert beside is not None
    assert beside.text == "Наш"


@pytest.mark.parametrize("odd", [None, "", "x", 0, -3, True, 2**63, "9" * 20, 1.5])
def test_a_row_without_a_usable_id_is_left_out_with_a_warning(odd: object, caplog: pytest.LogCaptureFixture) -> None:
    document = {"result": {"feedbacks": [{**review(1), "feedbackId": odd}, review(2)]}}

    with caplog.at_level(logging.WARNING):
        page = wire.read_reviews(document, NOW)

    assert [one.review.item_id for one in page.rows] == ["2"]
    assert "1 of 2" in caplog.text


@pytest.mark.parametrize(
    "broken",
    [
        {"statistics": None},
        {"description": []},
        {"media": "none"},
        {"identifiers": 5},
        {"createdAt": "yesterday"},
        {"author": {"name": "x"}},
        {"statistics": {"rating": 9, "commentsCount": "many"}},
    ],
)
def test_an_odd_field_loses_no_review(broken: dict[str, object]) -> None:
    (one,) = wire.read_reviews({"result": {"feedbacks": [{**review(1), **broken}]}}, NOW).rows

    assert one.review.item_id == "1"


@pytest.mark.parametrize(
    "document", [None, [], "x", {}, {"result": None}, {"result": {"feedbacks": {}}}, {"status": "ERROR"}]
)
def test_what_is_no_list_is_unreadable(document: object) -> None:
    with pytest.raises(wire.Unreadable):
        wire.read_reviews(document, NOW)


@pytest.mark.parametrize(
    ("document", "written"),
    [
        ({"status": "OK", "result": {"id": 556, "text": "…"}}, "556"),
        ({"status": "OK", "result": {"entity": {"id": 2002, "type": "ANSWER"}}}, "2002"),
        ({"status": "OK"}, ""),
        ([], ""),
        ({"result": {"entity": None}}, ""),
    ],
)
def test_the_id_of_what_was_written_is_read_where_there_is_one(document: object, written: str) -> None:
    assert wire.read_written(document) == written


def test_a_complaint_is_one_printable_line() -> None:
    document = {"errors": [{"code": "A", "message": "Плохо\nдело"}, {"code": "B"}, None]}

    assert wire.complaint(document) == "Плохо дело; B"
    assert wire.complaint({"errors": "x"}) == ""
    assert len(wire.complaint({"errors": [{"message": "ж" * 999}]})) == 300


def test_the_token_s_accesses_and_cabinets_are_read() -> None:
    token = {"result": {"apiKey": {"name": "x", "authScopes": ["COMMUNICATION", "all-methods:read-only"]}}}
    shops = {"campaigns": [{"id": 1, "business": {"id": 77, "name": "Берёзка"}}, {"id": 2}, None]}

    assert rights.read_scopes(token) == {"COMMUNICATION", "ALL_METHODS_READ_ONLY"}
    assert rights.read_businesses(shops) == {77: "Берёзка"}
    for read in (rights.read_scopes, rights.read_businesses):
        with pytest.raises(wire.Unreadable):
            read({"result": {}})


def test_the_names_of_offers_are_read_and_odd_rows_passed_over() -> None:
    rows = [{"offer": {"offerId": "A", "name": "Кружка"}}, {"offer": {"offerId": "B"}}, {"offer": None}, 5]

    assert rights.read_offer_names({"result": {"offerMappings": rows}}) == {"A": "Кружка"}
    assert rights.read_offer_names({"result": {}}) == {}
