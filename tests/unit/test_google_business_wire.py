"""Reading Google's JSON: as described, and as it must not lose a review."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from feedback_service.domain.feedback import AnswerState, Product, PublishedAnswer, Review, fingerprint
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.google_business import wire
from feedback_service.platforms.google_business.names import Place, path, place_of
from feedback_service.platforms.google_business.translated import original_of

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PLACE = Place("accounts/101", "locations/202", "Лавка на Садовой")


def sample(name: str) -> Any:
    folder = resources.files("feedback_service.platforms.google_business") / "samples"
    return json.loads((folder / name).read_text("utf-8"))


def review(**fields: object) -> Review:
    (listed,) = wire.read_page({"reviews": [{"reviewId": "r1", **fields}]}, PLACE, NOW).listed
    return listed.review


def test_a_list_is_read_as_it_is_described() -> None:
    page = wire.read_page(sample("reviews.json"), PLACE, NOW)

    mug, silent, rejected, old = (one.review for one in page.listed)
    assert (page.token, page.total) == ("next-1", 14)
    assert mug == Review(
        item_id=ItemId("accounts/101/locations/202/reviews/AbC-1_x"),
        created_at=datetime(2026, 5, 4, 9, 30, 0, 123456, tzinfo=UTC),
        rating=4,
        text="Хорошая кружка, маловата",
        author="Аглая Б.",
        product=Product(sku="202", name="Лавка на Садовой"),
        photos=1,
        videos=1,
    )
    assert (silent.author, silent.text, silent.rating, silent.answer) == ("", "", 1, None)
    assert rejected.answer == PublishedAnswer("Рады вам!", AnswerState.REJECTED, reason="GIBBERISH_AND_REPETITIVE")
    assert old.answer == PublishedAnswer("Спасибо!", AnswerState.VISIBLE)
    assert page.listed[0].updated_at == datetime(2026, 5, 6, 10, 0, 0, 123000, tzinfo=UTC)


def test_a_list_of_several_locations_leaves_out_what_was_not_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        page = wire.read_batch(sample("batch.json"), [PLACE], NOW)

    assert [one.review.item_id for one in page.listed] == ["accounts/101/locations/202/reviews/AbC-1_x"]
    assert [one.message for one in caplog.records] == ["Left out 1 of 2 reviews: they carry no id."]


@pytest.mark.parametrize("document", [{}, {"reviews": None}, {"totalReviewCount": 0, "averageRating": 0}])
def test_a_location_without_reviews_has_no_such_key(document: object) -> None:
    assert wire.read_page(document, PLACE, NOW).listed == ()


@pytest.mark.parametrize("document", [[], "x", None, 1, {"reviews": {}}, {"reviews": "x"}, {"error": {"code": 403}}])
def test_what_is_no_list_is_not_taken_for_an_empty_one(document: object) -> None:
    with pytest.raises(wire.Unreadable):
        wire.read_page(document, PLACE, NOW)


def test_a_broken_row_costs_one_warning_and_no_other_review(caplog: pytest.LogCaptureFixture) -> None:
    broken: list[object] = [None, 7, "x", [], {}, {"reviewId": ""}, {"reviewId": 5}, {"reviewId": "a/b"}]

    with caplog.at_level(logging.WARNING):
        page = wire.read_page({"reviews": [*broken, {"reviewId": "r1"}]}, PLACE, NOW)

    assert [one.review.item_id for one in page.listed] == [PLACE.review("r1")]
    assert [one.message for one in caplog.records] == ["Left out 8 of 9 reviews: they carry no id."]


@pytest.mark.parametrize("odd", [None, 5, -1.5, True, [], {}, "", "x", [{}], {"a": None}, "99999-01-01T00:00:00Z"])
@pytest.mark.parametrize(
    "name",
    ["name", "reviewer", "starRating", "comment", "createTime", "updateTime", "reviewReply", "reviewMediaItems"],
)
def test_no_odd_field_costs_a_review(name: str, odd: object) -> None:
    assert review(**{name: odd}).item_id == PLACE.review("r1")


@pytest.mark.parametrize("odd", [None, 5, True, [], {}, "x"])
@pytest.mark.parametrize("name", ["comment", "updateTime", "reviewReplyState", "policyViolation"])
def test_no_odd_field_costs_an_answer(name: str, odd: object) -> None:
    answer = review(reviewReply={"comment": "Да", "updateTime": "2026-05-02T12:00:00Z", name: odd}).answer

    assert answer is not None


@pytest.mark.parametrize("nothing", [None, {}, [], "", {"comment": ""}])
def test_an_empty_reply_is_no_answer(nothing: object) -> None:
    assert review(reviewReply=nothing).answer is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("APPROVED", AnswerState.VISIBLE),
        ("REVIEW_REPLY_STATE_UNSPECIFIED", AnswerState.VISIBLE),
        ("PENDING", AnswerState.MODERATING),
        ("REJECTED", AnswerState.REJECTED),
        ("SOME_NEW_WORD", AnswerState.MODERATING),
    ],
)
def test_the_state_of_an_answer_is_never_taken_for_better_than_it_is_said(word: str, state: AnswerState) -> None:
    answer = wire.read_reply({"comment": "Да", "reviewReplyState": word, "policyViolation": "NEVER_HEARD_OF"})

    assert answer is not None
    assert answer.state is state
    assert answer.reason == ("NEVER_HEARD_OF" if state is AnswerState.REJECTED else "")


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Просто слова", "Просто слова"),
        ("(Translated by Google) Just words\n\n(Original)\nПросто слова", "Просто слова"),
        ("Просто слова\n\n(Translated by Google)\nJust words", "Просто слова"),
        ("(Translated by Google) Just words", "Just words"),
        ("Seen (Translated by Google) on the menu", "Seen (Translated by Google) on the menu"),
        ("(Original)\nсупы", "(Original)\nсупы"),
        ("", ""),
    ],
)
def test_a_customer_s_own_words_are_kept_and_a_translation_is_not(text: str, own: str) -> None:
    assert original_of(text) == own


def test_a_translation_that_comes_and_goes_is_no_edit() -> None:
    translated = "(Translated by Google) Just words\n\n(Original)\nПросто слова"

    assert fingerprint(review(comment="Просто слова")) == fingerprint(review(comment=translated))


@pytest.mark.parametrize("stamp", ["10:00:00Z", "10:00:00.500Z", "10:00:00.500000Z", "10:00:00.500123900Z"])
def test_any_number_of_decimals_is_a_moment(stamp: str) -> None:
    created = review(createTime=f"2026-05-01T{stamp}").created_at

    assert created.replace(microsecond=0) == datetime(2026, 5, 1, 10, tzinfo=UTC)


def test_one_review_is_that_which_was_asked_for() -> None:
    row = sample("reviews.json")["reviews"][0]

    listed = wire.read_review(row, PLACE.review("AbC-1_x"), "Лавка", NOW)

    assert (listed.review.rating, listed.review.product.name) == (4, "Лавка")
    for other in (PLACE.review("another"), ItemId("nonsense")):
        with pytest.raises(wire.Unreadable):
            wire.read_review(row, other, "", NOW)


def test_locations_are_named_alike_with_and_without_their_account() -> None:
    rows = [{"name": "locations/5", "title": "Лавка"}, {"name": "accounts/1/locations/6"}, {"name": "x"}, None]

    named = wire.read_locations({"locations": rows, "nextPageToken": "n"})

    assert (named.titles, named.token) == ({"locations/5": "Лавка", "locations/6": ""}, "n")
    assert wire.read_accounts({}).titles == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 20,
        "accounts/1",
        PLACE.name,
        f"{PLACE.name}/reviews/",
        f"{PLACE.name}/reviews/a/b",
        f"{PLACE.name}/reviews/a?b",
    ],
)
def test_what_is_no_name_of_a_review_belongs_to_no_location(text: str) -> None:
    assert place_of(text) is None


def test_an_opaque_id_is_escaped_in_a_path() -> None:
    assert path("v4", "accounts/1/locations/2/reviews/a%b=", "/reply") == (
        "/v4/accounts/1/locations/2/reviews/a%25b%3D/reply"
    )
