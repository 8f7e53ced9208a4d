"""What the 2GIS replica shows of reviews in the cabinet."""

from __future__ import annotations

from datetime import datetime

import pytest

from feedback_service.ports.replica import CustomerEdit, SandboxCustomer
from tests.support.twogis_replica import API, Place, message


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_review_is_shown_as_the_customer_wrote_it(place: Place) -> None:
    item = place.review("Вкусно 😋\nно дорого", age=90, rating=2, photos=2)

    (shown,) = place.listed().document["result"]["items"]

    assert (shown["id"], shown["text"], shown["rating"]) == (item, "Вкусно 😋\nно дорого", 2)
    assert (shown["user"]["name"], shown["catalog"]["id"], len(shown["photos"])) == ("Аглая Тестова", "2gis", 2)
    assert datetime.fromisoformat(shown["dateCreated"]).timestamp() == place.at - 90
    assert (shown["hasCompanyComment"], shown["firstAnswer"], shown["dateEdited"]) == (False, None, None)
    assert shown["branch"]["id"] == place.branch
    assert shown["allowedActions"]["reply"] is True


def test_a_review_asked_for_by_its_id_has_its_rating_as_text(place: Place) -> None:
    item = place.review(rating=5)

    assert place.read(item)["rating"] == "5"
    assert place.ask("GET", f"{API}/presence/reviews/{item}").status == 400
    assert place.ask("GET", f"{API}/presence/reviews/{item}", {"catalog": "flamp"}).status == 404


def test_pages_go_back_in_time_until_one_is_empty(place: Place) -> None:
    written = [place.review(age=age) for age in range(120)]

    collected, offset = [], {}
    while page := place.listed(limit=50, **offset).document["result"]["items"]:
        collected += [one["id"] for one in page]
        offset = {"offsetDate": page[-1]["dateCreated"]}

    assert collected == written


def test_reviews_of_one_instant_are_cut_at_the_border_of_a_page(place: Place) -> None:
    ids = [place.review(age=60) for _ in range(3)]
    last = place.listed(limit=2).document["result"]["items"][-1]

    assert place.ids(limit=2) == [ids[2], ids[1]]
    assert place.ids(limit=2, offsetDate=last["dateCreated"]) == []
    place.reopen(inclusive=True)
    assert place.ids(limit=2, offsetDate=last["dateCreated"]) == [ids[2], ids[1]]


def test_fractions_of_a_second_are_written_in_every_length_and_read_back_exactly(place: Place) -> None:
    for fraction in (0, 1, 0.5, 0.918796, 0.000001):
        place.review(age=60 - fraction)

    dates = [one["dateCreated"] for one in place.listed().document["result"]["items"]]

    assert [len(one.split("+")[0]) - len("2026-03-10T12:00:00") for one in dates] == [2, 7, 2, 7, 0]
    assert len(place.ids(offsetDate=dates[0])) == 4
    assert len(place.ids(offsetDate=dates[-1])) == 0


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 51},
        {"limit": 0},
        {"limit": "ы"},
        {"offsetDate": "2026-03-10T12:00:00"},
        {"offsetDate": "2026-03-10T12:00:00.5 07:00"},
        {"withoutAnswer": "yes"},
        {"rating": "bad"},
    ],
)
def test_a_parameter_that_cannot_be_read_is_refused(place: Place, query: dict[str, object]) -> None:
    told = place.listed(**query)

    assert (told.status, message(told).startswith("bad request: ")) == (400, True)


def test_lists_are_narrowed_by_rating_answer_and_catalogue() -> None:
    place = Place({"flamp": 1})
    good, bad, done = place.review(rating=4, age=10), place.review(rating=3, age=11), place.review(rating=5, age=12)
    place.answer(done)

    assert place.ids(catalogs="2gis", rating="positive") == [good, done]
    assert place.ids(catalogs="2gis", rating="negative") == [bad]
    assert place.ids(catalogs="2gis", withoutAnswer="true") == [good, bad]
    assert place.ids(catalogs="2gis", withoutAnswer="false") == [good, bad, done]
    assert len(place.ids(pinRequestedFirst="false")) == 4


def test_flamp_s_reviews_stand_between_the_others_and_cannot_be_answered_as_2gis() -> None:
    place = Place({"flamp": 2})
    place.review(age=100)

    items = place.listed().document["result"]["items"]
    theirs = items[0]

    assert [one["catalog"]["id"] for one in items] == ["flamp", "2gis", "flamp"]
    assert theirs["allowedActions"]["reply"] is True
    assert place.answer(theirs["id"]).status == 404
    body = {"text": "Спасибо!", "catalog": "flamp"}
    assert place.answer(theirs["id"], body=body).status == 200
    assert place.entry(theirs["id"]).answers == 1


def test_opening_an_account_again_adds_only_what_is_missing_of_flamp() -> None:
    place = Place({"flamp": 2})

    place.reopen(flamp=3)

    assert len(place.ids(catalogs="flamp")) == 3


def test_what_may_not_be_answered_says_so(place: Place) -> None:
    sour, closed, fine = place.review(rating=1), place.review(rating=2), place.review(rating=3)

    place.reopen(no_reply=[1], readonly=[2])

    seen = {one: place.read(one) for one in (sour, closed, fine)}
    assert [one["allowedActions"]["reply"] for one in seen.values()] == [False, False, True]
    assert [one["readonly"] for one in seen.values()] == [False, True, False]
    assert [place.answer(one).status for one in seen] == [403, 403, 200]
    assert place.effects(sour) == place.effects(closed) == []


def test_a_removed_review_is_gone_everywhere(place: Place) -> None:
    item = place.review()
    place.answer(item)

    place.replica.remove(place.key, item)

    assert (place.told(item).status, place.ids(), place.answer(item).status) == (404, [], 404)
    assert (place.entry(item).state, place.entry(item).visible) == ("gone", None)


def test_a_customer_s_edit_shows_with_its_time(place: Place) -> None:
    item = place.review("Так себе", rating=2)
    place.at += 500
    place.listed()

    place.replica.edit_customer(place.key, item, CustomerEdit(text="Исправились!", rating=5))

    shown = place.read(item)
    assert (shown["text"], shown["rating"]) == ("Исправились!", "5")
    assert datetime.fromisoformat(shown["dateEdited"]).timestamp() == place.at


def test_branches_have_their_own_lists_and_the_organisation_has_all() -> None:
    place = Place({"branches": 2})
    first, second = place.branch_ids
    there, here = place.review(product=second, age=10), place.review(product=first, age=20)
    org = place.ask("GET", f"{API}/orgs").document["result"]["items"][0]["id"]

    everywhere = place.ask("GET", f"{API}/presence/org/{org}/reviews").document["result"]["items"]

    assert (place.ids(first), place.ids(second)) == ([here], [there])
    assert [one["id"] for one in everywhere] == [there, here]
    assert [one["dateCreated"][-6:] for one in everywhere] == ["+03:00", "+07:00"]


def test_customers_who_name_no_branch_go_to_all_in_turn() -> None:
    place = Place({"branches": 3})

    ids = [place.review(product="Батон") for _ in range(6)]

    assert [place.ids(branch) for branch in place.branch_ids] == [[ids[3], ids[0]], [ids[4], ids[1]], [ids[5], ids[2]]]


def test_odd_items_stand_at_the_head_of_lists() -> None:
    place = Place({"odd": True})
    item = place.review()

    items = place.listed().document["result"]["items"]

    assert (items[0], items[-1]["id"], len(items)) == (None, item, 6)
    assert place.ask("GET", f"{API}/branches").document["result"]["items"][0] is None


def test_2gis_has_no_questions_and_nobody_reviews_a_branch_that_is_not_there(place: Place) -> None:
    with pytest.raises(ValueError, match="no questions"):
        place.replica.add(place.key, SandboxCustomer("question", place.at, "Вы открыты?"))
    with pytest.raises(KeyError):
        place.review(product="70000001000000000")
    place.reopen(branches=0)
    with pytest.raises(ValueError, match="no branch"):
        place.review()
