"""Reading Flamp's JSON: as others have seen it, and as it must not lose a review."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Review
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.flamp import wire
from feedback_service.platforms.flamp.wire import Filial

FILIAL = "70000009900000001"
ODD = (None, True, -1, 1.5, "", "слово", [], {}, [None], {"id": None}, "9" * 60)
GOOD = {"id": 7, "date_created": "2026-05-14T09:31:07+07:00"}


def sample(name: str) -> Any:
    return json.loads((resources.files("feedback_service.platforms.flamp") / "samples" / name).read_text("utf-8"))


def read(**fields: object) -> Review:
    (one,) = wire.read_page({"reviews": [{**GOOD, **fields}]}, FILIAL).reviews
    return one


def test_a_review_is_read_with_all_that_its_customer_left() -> None:
    page = wire.read_page(sample("reviews.json"), FILIAL)

    assert page.reviews[0] == Review(
        item_id=ItemId(f"{FILIAL}/9000007"),
        created_at=datetime(2026, 5, 14, 2, 31, 7, tzinfo=UTC),
        rating=5,
        text="Булочки тёплые,\nкофе крепкий",
        author="Аглая Т.",
        product=Product(FILIAL),
        photos=2,
    )
    assert (page.rows, page.last, page.following) == (5, "9000004", "9000004")


def test_what_flamp_shows_from_2gis_and_its_stub_are_left_out() -> None:
    page = wire.read_page(sample("reviews.json"), FILIAL)

    assert [one.item_id.rpartition("/")[2] for one in page.reviews] == ["9000007", "9000005", "9000004"]


def test_a_review_of_another_filial_is_read_there() -> None:
    page = wire.read_page({"reviews": [{**GOOD, "filial_id": "70000009900000002"}]}, FILIAL)

    assert page.reviews == ()
    assert page.rows == 1


def test_an_author_given_as_an_address_stays_without_a_name() -> None:
    assert [one.author for one in wire.read_page(sample("reviews.json"), FILIAL).reviews] == ["Аглая Т.", "", ""]


@pytest.mark.parametrize("nothing", [None, [], {}, [None], [{}], "", {"text": ""}, 0, False])
def test_no_official_answer_is_none_however_it_is_written(nothing: object) -> None:
    assert read(official_answer=nothing).answer is None


@pytest.mark.parametrize("container", [lambda one: one, lambda one: [one], lambda one: [None, one, {}]])
def test_an_official_answer_is_read_as_an_object_and_in_a_list(container: Any) -> None:
    answer = read(official_answer=container({"id": 71, "text": "Спасибо!"})).answer

    assert answer == PublishedAnswer("Спасибо!", AnswerState.VISIBLE, platform_id="71")


def test_of_several_answers_the_latest_counts() -> None:
    answer = wire.read_page(sample("reviews.json"), FILIAL).reviews[1].answer

    assert answer is not None
    assert answer.text == "Исправились"


def test_an_answer_given_as_an_address_is_one_of_unknown_words() -> None:
    assert read(official_answer="https://flamp.ru/api/2.0/answers/1").answer is not None


@pytest.mark.parametrize(
    "name", ["user", "text", "rating", "official_answer", "photos", "filial_id", "provider", "url"]
)
def test_no_odd_field_loses_a_review_nor_its_page(name: str) -> None:
    rows = [{**GOOD, "id": number, name: odd} for number, odd in enumerate(ODD, 10)]

    page = wire.read_page({"reviews": [*rows, GOOD]}, FILIAL)

    expected = len(ODD) + 1 - (1 if name == "provider" else 0) * 2
    assert len(page.reviews) == expected


@pytest.mark.parametrize("name", ["id", "date_created"])
def test_a_row_without_number_or_date_is_left_out_with_one_warning(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        page = wire.read_page({"reviews": [{**GOOD, name: odd} for odd in ODD] + [GOOD, None]}, FILIAL)

    assert len(page.reviews) == 1
    assert len(caplog.records) == 1


def test_a_row_that_is_there_and_unreadable_is_known_by_its_number() -> None:
    page = wire.read_page({"reviews": [{"id": 8, "date_created": None}]}, FILIAL)

    assert page.spoiled == {ItemId(f"{FILIAL}/8")}


@pytest.mark.parametrize("document", [None, [], {}, {"reviews": None}, {"reviews": {}}, "слово", {"code": 200}])
def test_a_document_without_a_list_is_unreadable(document: object) -> None:
    with pytest.raises(wire.Unreadable):
        wire.read_page(document, FILIAL)


@pytest.mark.parametrize("link", [*ODD, "http://[", "/reviews", "?offset_id=", "?offset_id=ab", "?offset_id=-3"])
def test_a_link_that_leads_nowhere_names_no_page(link: object) -> None:
    assert wire.read_page({"reviews": [], "next_link": link}, FILIAL).following == ""


@pytest.mark.parametrize(
    "wrong", ["", "7", "7/", "/7", "7/8/9", "A/7", "7/7\n", " 7/7", "٧/7", "Z" * 20, "7/" + "9" * 30]
)
def test_an_id_of_another_form_names_nothing(wrong: str) -> None:
    assert wire.place_of(wrong) is None


def test_a_filial_is_read_and_a_body_without_one_is_unreadable() -> None:
    assert wire.read_filial(sample("filial.json")) == Filial("Тёплый хлеб", 5)
    with pytest.raises(wire.Unreadable):
        wire.read_filial({"code": 200})


@pytest.mark.parametrize(
    ("document", "said"), [({"code": 404, "message": "Нет"}, "Нет"), ({"error": {"message": "Нет"}}, "Нет"), ([], "")]
)
def test_the_body_s_complaint_is_read(document: object, said: str) -> None:
    assert wire.complaint(document) == said
