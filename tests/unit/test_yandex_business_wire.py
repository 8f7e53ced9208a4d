"""Reading the cabinet's JSON of reviews and organisations: as it was seen, and as it must not lose a review."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.yandex_business import companies, wire
from feedback_service.platforms.yandex_business.companies import Chain
from feedback_service.platforms.yandex_business.wire import Tokens, Unreadable

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PLACE = Product(sku="70000000001", name="Кофейня «Пенка»")
HIDDEN = PublishedAnswer("", AnswerState.MODERATING)
ODD = [None, True, 0, -1, 1.5, 10**30, "", " ", "x", [], [1], {}, {"a": 1}]


def sample(name: str) -> Any:
    folder = resources.files("feedback_service.platforms.yandex_business") / "samples"
    return json.loads((folder / name).read_text("utf-8"))


def listed(*rows: object, **more: object) -> wire.Page:
    return wire.read_page({"list": {"pager": {"total": len(rows)}, "items": list(rows), **more}}, PLACE, NOW)


def review(**fields: object) -> Review:
    (found,) = listed({"id": "one", **fields}).rows
    return found.review


def test_a_review_is_read_with_all_that_its_customer_left() -> None:
    page = wire.read_page(sample("reviews.json"), PLACE, NOW)

    assert page.rows[0].review == Review(
        item_id=ItemId("kP3vXq81Lw"),
        created_at=datetime(2026, 3, 8, 9, tzinfo=UTC),
        rating=4,
        text="Кофе горячий, а булочки кончились к полудню",
        author="Аглая",
        product=PLACE,
        photos=1,
    )
    assert page.rows[0].tokens == Tokens(of_list="list-token-of-the-sample", of_review="review-token-one")
    assert (page.came, page.total, page.next_token) == (3, 3, "")


def test_without_a_full_text_and_an_author_the_snippet_is_the_text() -> None:
    second = wire.read_page(sample("reviews.json"), PLACE, NOW).rows[1].review

    assert (second.text, second.author) == ("Долго ждали", "")


def test_a_time_is_seconds_or_milliseconds_by_its_size() -> None:
    dates = [row.review.created_at for row in wire.read_page(sample("reviews.json"), PLACE, NOW).rows]

    assert dates == [datetime(2026, 3, day, 9, tzinfo=UTC) for day in (8, 7, 6)]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (None, AnswerState.VISIBLE),
        ("approved", AnswerState.VISIBLE),
        ("Rejected", AnswerState.REJECTED),
        ("declined_by_moderator", AnswerState.REJECTED),
        ("banned", AnswerState.REJECTED),
        ("in_progress", AnswerState.MODERATING),
        ("", AnswerState.MODERATING),
        (7, AnswerState.MODERATING),
        ({}, AnswerState.MODERATING),
    ],
)
def test_an_answer_counts_as_visible_only_where_moderation_says_nothing_or_yes(
    status: object, state: AnswerState
) -> None:
    answer = review(owner_comment={"text": "Спасибо!", "moderation_status": status}).answer

    assert answer is not None
    assert (answer.text, answer.state, bool(answer.reason)) == ("Спасибо!", state, state is AnswerState.REJECTED)


@pytest.mark.parametrize("nothing", [None, {}, "", [], False, {"text": ""}, {"text": None}])
def test_an_answer_that_was_deleted_is_none(nothing: object) -> None:
    assert review(owner_comment=nothing).answer is None


@pytest.mark.parametrize(
    "odd", ["Спасибо!", ["Спасибо!"], 5, {"text": {"ru": "Спасибо!"}}, {"text": "", "moderation_status": "pending"}]
)
def test_an_answer_that_cannot_be_read_stands_there_all_the_same(odd: object) -> None:
    assert review(owner_comment=odd).answer == HIDDEN


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "name", ["author", "time_created", "snippet", "full_text", "rating", "photos", "owner_comment"]
)
def test_no_odd_field_loses_the_review(name: str, odd: object) -> None:
    found = review(**{name: odd})

    assert found.item_id == "one"
    assert 0 <= found.rating <= 5


@pytest.mark.parametrize(("stars", "rating"), [(5, 5), ("4", 4), (3.0, 3), (2.5, 0), (6, 0), (True, 0), (None, 0)])
def test_stars_are_one_to_five_or_unknown(stars: object, rating: int) -> None:
    assert review(rating=stars).rating == rating


def test_rows_without_an_id_are_left_out_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        page = listed(None, "row", {"rating": 5}, {"id": " "}, {"id": None, "cmnt_entity_id": "two"}, {"id": 3})

    assert [row.review.item_id for row in page.rows] == ["two", "3"]
    assert page.came == 6
    assert [record.message for record in caplog.records] == ["Left out 4 of 6 reviews: they carry no id."]


def test_a_row_without_a_date_gets_that_of_the_row_before_it() -> None:
    page = listed({"id": "a"}, {"id": "b", "time_created": 1772960400}, {"id": "c", "time_created": "soon"})

    assert [row.review.created_at for row in page.rows] == [NOW, *[datetime(2026, 3, 8, 9, tzinfo=UTC)] * 2]


@pytest.mark.parametrize(
    "odd", [None, [], "list", 5, {}, {"list": None}, {"list": []}, {"list": {}}, {"list": {"items": {}}}, {"error": 1}]
)
def test_a_document_without_a_list_is_unreadable(odd: object) -> None:
    with pytest.raises(Unreadable):
        wire.read_page(odd, PLACE, NOW)


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_pager_and_odd_tokens_cost_no_row(odd: object) -> None:
    page = listed({"id": "one", "business_answer_csrf_token": odd}, pager=odd, csrf_token=odd)

    assert page.came == 1


def test_an_empty_list_may_be_null_where_the_total_says_so() -> None:
    page = wire.read_page({"list": {"pager": {"total": 0}, "items": None}}, PLACE, NOW)

    assert (page.rows, page.came) == ((), 0)


def test_an_answer_carries_the_tokens_that_were_shown() -> None:
    whole = wire.business_answer(ItemId("one"), "Да", Tokens(of_list="l", of_review="r"))
    bare = wire.business_answer(ItemId("one"), "Да", Tokens())

    assert whole == {"reviewId": "one", "text": "Да", "reviewsCsrfToken": "l", "answerCsrfToken": "r"}
    assert bare == {"reviewId": "one", "text": "Да", "reviewsCsrfToken": ""}


def test_a_login_s_list_holds_organisations_chains_and_closed_ones() -> None:
    page = companies.read_companies(sample("companies.json"))

    assert page.organisations == (PLACE,)
    assert page.chains == (Chain(tycoon_id="22", permanent_id="70000000002", geo_id="213"),)
    assert (page.closed, page.came, page.total) == (("70000000003",), 3, 3)


def test_the_branches_of_a_chain_are_organisations() -> None:
    page = companies.read_branches(sample("branches.json"))

    assert [one.sku for one in page.organisations] == ["70000000004", "70000000005"]


@pytest.mark.parametrize("name", ["permanent_id", "tycoon_id", "type", "displayName", "noAccess", "address"])
@pytest.mark.parametrize("odd", ODD)
def test_one_odd_organisation_costs_no_other(name: str, odd: object) -> None:
    strange = {"permanent_id": 1, "type": "ordinal", name: odd}

    page = companies.read_companies({"listCompanies": [strange, {"permanent_id": 70}], "total": odd})

    assert "70" in {one.sku for one in page.organisations}


@pytest.mark.parametrize("odd", [None, [], {}, {"listCompanies": None}, {"companyList": []}, {"companyList": {}}])
def test_a_document_without_organisations_is_unreadable(odd: object) -> None:
    with pytest.raises(Unreadable):
        companies.read_companies(odd)
    with pytest.raises(Unreadable):
        companies.read_branches(odd)


def test_an_id_of_no_sane_length_is_none() -> None:
    assert not listed({"id": "1" * 201}).rows
