"""Reading 2GIS's JSON: as others have seen it, and as it must not lose a review."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis import wire
from feedback_service.platforms.twogis.public_wire import read_public
from feedback_service.platforms.twogis.wire import Listed, Place, Reply

NOW = datetime(2026, 7, 1, tzinfo=UTC)
BRANCH = Place("70000009900000001", "Пекарня")
WARM = "Пекарня «Тёплый хлеб»"
ODD = (None, True, -1, 1.5, "", "слово", [], {}, [None], {"id": None})


def sample(name: str) -> Any:
    folder = resources.files("feedback_service.platforms.twogis") / "samples"
    return json.loads((folder / name).read_text("utf-8"))


def page(*rows: object) -> wire.Page:
    return wire.read_page({"result": {"items": list(rows)}}, BRANCH, NOW)


def listed(**fields: object) -> Listed:
    (one,) = page({"id": "1", **fields}).listed
    return one


def test_a_review_is_read_with_all_that_its_customer_left() -> None:
    found = wire.read_page(sample("reviews.json"), BRANCH, NOW)

    assert found.listed[0].review == Review(
        item_id=ItemId("310000003"),
        created_at=datetime(2026, 5, 14, 2, 31, 7, 204119, tzinfo=UTC),
        rating=5,
        text="Булочки тёплые, кофе крепкий",
        author="Аглая Т.",
        product=Product("70000009900000001", WARM),
        photos=2,
    )
    assert (found.rows, found.last) == (3, "2026-05-12T20:00:00+07:00")


def test_reviews_of_flamp_are_left_to_the_account_over_there() -> None:
    cabinet = wire.read_page(sample("reviews.json"), BRANCH, NOW).listed
    public = read_public(sample("public_reviews.json"), BRANCH.id, NOW).shown

    assert [one.review.item_id for one in cabinet] == ["310000003", "310000001"]
    assert [one.review.item_id for one in public] == ["310000003", "310000001"]


def test_the_cabinet_and_the_public_side_show_one_and_the_same_review() -> None:
    cabinet = wire.read_page(sample("reviews.json"), BRANCH, NOW).listed[1].review
    public = read_public(sample("public_reviews.json"), BRANCH.id, NOW).shown[1].review

    assert cabinet.answer == public.answer
    assert (cabinet.item_id, cabinet.words, cabinet.rating) == (public.item_id, public.words, public.rating)


def test_the_first_answer_says_that_the_review_is_answered() -> None:
    one = wire.read_page(sample("reviews.json"), BRANCH, NOW).listed[1]

    assert one.review.answer == PublishedAnswer("Спасибо за оценку!", AnswerState.VISIBLE, False, "", "8800001")
    assert (one.answered, one.comments) == (True, 1)


def test_only_the_company_s_comments_are_answers_and_their_marks_are_heeded() -> None:
    replies = wire.read_replies(sample("comments.json"))

    assert replies == [
        Reply(id="8800001", text="Спасибо за оценку!", state=AnswerState.VISIBLE, official=False),
        Reply(id="8800003", text="Приходите ещё!", state=AnswerState.MODERATING, official=True),
    ]


def test_an_answer_that_2gis_hides_is_a_rejected_one_with_the_reason() -> None:
    (reply,) = wire.read_replies({"result": [{"id": 5, "org": {}, "isHidden": True, "hidingReason": "реклама"}]}) or ()

    assert (reply.id, reply.state, reply.reason) == ("5", AnswerState.REJECTED, "реклама")


def test_a_list_of_comments_of_an_unknown_shape_is_no_failure() -> None:
    assert wire.read_replies({"meta": {"code": 200}, "result": {"replies": []}}) is None


@pytest.mark.parametrize(
    ("rating", "stars"), [("5", 5), (5, 5), (4.0, 4), (0, 0), (6, 0), ("много", 0), (None, 0), (True, 0)]
)
def test_a_rating_may_be_a_text(rating: object, stars: int) -> None:
    assert listed(rating=rating).review.rating == stars


@pytest.mark.parametrize(
    "written", ["2026-05-14T09:31:07+07:00", "2026-05-14T09:31:07.0+07:00", "2026-05-14T02:31:07Z"]
)
def test_a_date_may_have_any_number_of_decimals(written: str) -> None:
    assert listed(dateCreated=written).review.created_at == datetime(2026, 5, 14, 2, 31, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "closed"),
    [
        ({"allowedActions": {"reply": False}}, "2GIS does not let this review be answered"),
        ({"readonly": True}, "2GIS shows this review for reading only"),
        ({"allowedActions": {"reply": True}}, ""),
        ({}, ""),
    ],
)
def test_a_review_says_whether_it_can_be_answered(fields: dict[str, object], closed: str) -> None:
    assert listed(**fields).closed == closed


def test_a_row_without_an_id_is_left_out_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = page({"id": "1"}, {"text": "Без номера"}, None, "слово", {"id": 2})

    assert [one.review.item_id for one in found.listed] == ["1", "2"]
    assert [one.getMessage() for one in caplog.records] == [
        "Left out 3 of 5 reviews: they carry no id, or nothing that could be read."
    ]


@pytest.mark.parametrize(
    "name",
    sorted({key for one in sample("reviews.json")["result"]["items"] for key in one} - {"id", "catalog", "text"}),
)
def test_no_odd_field_loses_a_review(name: str) -> None:
    for odd in ODD:
        found = page(sample("reviews.json")["result"]["items"][0] | {name: odd})

        assert [one.review.item_id for one in found.listed] == ["310000003"]


@pytest.mark.parametrize(
    "name", sorted(sample("public_reviews.json")["reviews"][0].keys() - {"id", "provider", "text"})
)
def test_no_odd_field_loses_a_review_that_everybody_sees(name: str) -> None:
    for odd in ODD:
        rows = [sample("public_reviews.json")["reviews"][0] | {name: odd}]

        assert [one.review.item_id for one in read_public({"reviews": rows}, BRANCH.id, NOW).shown] == ["310000003"]


@pytest.mark.parametrize("odd", [["Слово"], {}, 5, True])
def test_a_review_whose_words_cannot_be_read_is_not_answered_as_if_there_were_none(odd: object) -> None:
    one = wire.read_one({"result": {"id": "1", "rating": 5, "text": odd}}, ItemId("1"), NOW)

    assert page({"id": "1", "text": odd}, {"id": "2", "text": None}).listed == (listed(id="2", text=None),)
    assert read_public({"reviews": [{"id": "1", "text": odd}]}, BRANCH.id, NOW).shown == ()
    assert one is not None
    assert not one.is_whole


@pytest.mark.parametrize(
    "document", [None, [], "слово", {}, {"result": None}, {"result": []}, {"result": {"items": {}}}]
)
def test_a_document_without_a_list_is_no_empty_list(document: object) -> None:
    with pytest.raises(wire.Unreadable):
        wire.read_page(document, BRANCH, NOW)


def test_another_review_than_the_one_asked_for_is_not_taken_for_it() -> None:
    with pytest.raises(wire.Unreadable):
        wire.read_one({"result": {"id": "2"}}, ItemId("1"), NOW)


def test_a_branch_that_2gis_still_moderates_is_left_out() -> None:
    items = [{"id": "branch_17"}, {"id": 70000001}, {"id": "70000002_a1b2", "name": "Вторая"}, {"name": "Без номера"}]

    found = wire.read_places({"result": {"items": items}})

    assert found.known == (Place("70000001"), Place("70000002", "Вторая"))
    assert (found.rows, found.pending) == (4, 1)


def test_the_next_page_s_address_is_taken_without_its_host() -> None:
    found = read_public(sample("public_reviews.json"), BRANCH.id, NOW)

    assert dict(found.following) == {
        "limit": "50",
        "offset_date": "2026-05-12T20:00:00.0+07:00",
        "sort_by": "date_created",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"firstAnswer": "Спасибо!"},
        {"firstAnswer": ["Спасибо!"]},
        {"firstAnswer": {"text": None}},
        {"hasCompanyComment": "true"},
        {"hasCompanyComment": 1},
    ],
)
def test_an_answer_in_an_odd_form_is_one(fields: dict[str, object]) -> None:
    assert listed(**fields).answered


@pytest.mark.parametrize("fields", [{"hasCompanyComment": "false"}, {"hasCompanyComment": 0}, {"firstAnswer": {}}])
def test_no_answer_in_an_odd_form_is_none(fields: dict[str, object]) -> None:
    assert not listed(**fields).answered


@pytest.mark.parametrize("odd", [{"text": {"ru": "Спасибо!"}}, {"id": "5", "text": None}, {"id": "5", "text": " "}])
def test_a_comment_of_the_company_that_cannot_be_read_stands_there_all_the_same(odd: dict[str, object]) -> None:
    (reply,) = wire.read_replies({"result": {"items": [{"type": "reply", "org": {}, **odd}]}}) or ()

    assert (reply.text, reply.state) == ("", AnswerState.MODERATING)


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z"])
def test_a_date_that_cannot_be_reckoned_with_is_none(date: str) -> None:
    found = page({"id": "1", "dateCreated": date})

    assert (found.listed[0].review.created_at, found.last) == (NOW, "")


def test_an_id_of_no_sane_length_is_none() -> None:
    assert not page({"id": "1" * 65}).listed
    assert not read_public({"reviews": [{"id": "1" * 65}]}, "7", NOW).shown
