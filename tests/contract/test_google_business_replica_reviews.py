"""How the Google replica shows reviews."""

from __future__ import annotations

import re

import pytest

from feedback_service.ports.replica import CustomerEdit, SandboxAccount, SandboxCustomer
from tests.support.google_business_replica import Profile, error


@pytest.fixture
def profile() -> Profile:
    return Profile()


def test_a_review_is_what_the_customer_wrote(profile: Profile) -> None:
    name = profile.review("Тёплый 🍞\nхлеб", pros="запах", rating=2, photos=1)

    read = profile.read(name)

    assert read["name"] == name
    assert name == f"{profile.parents()[0]}/reviews/{read['reviewId']}"
    assert (read["starRating"], read["comment"]) == ("TWO", "Тёплый 🍞\nхлеб\nзапах")
    assert (read["reviewer"]["displayName"], "isAnonymous" in read["reviewer"]) == ("Аглая Тестова", False)
    assert len(read["reviewMediaItems"]) == 1
    assert profile.listed().document == {"reviews": [read], "averageRating": 2, "totalReviewCount": 1}


def test_stars_alone_have_no_comment_and_nobody_has_no_name(profile: Profile) -> None:
    read = profile.read(profile.review("", author=""))

    assert ("comment" in read, "displayName" in read["reviewer"], read["reviewer"]["isAnonymous"]) == (
        False,
        False,
        True,
    )


def test_a_location_without_reviews_has_no_list_of_them(profile: Profile) -> None:
    assert profile.listed().document == {}
    assert profile.batch(profile.parents()).document == {}


def test_what_is_unanswered_has_no_reply_or_a_null(profile: Profile) -> None:
    reads = [profile.read(profile.review()) for _ in range(20)]

    assert {read.get("reviewReply", "absent") for read in reads} == {None, "absent"}


def test_instants_have_fractions_of_all_lengths_and_keep_their_order(profile: Profile) -> None:
    written = [profile.review(age=100 - number) for number in range(40)]

    reviews = profile.listed(pageSize=50).document["reviews"]

    fractions = {len(re.fullmatch(r"[^.]+?(\.\d+)?Z", one["createTime"])[1] or "") for one in reviews}
    assert fractions == {0, 4, 7, 10}
    assert [one["name"] for one in reviews] == written[::-1]


def test_a_list_is_read_in_pages(profile: Profile) -> None:
    written = [profile.review(age=1000 - number) for number in range(120)]
    found, asked = [], {"pageSize": 50}

    while True:
        page = profile.listed(**asked).document
        found += [one["name"] for one in page["reviews"]]
        if "nextPageToken" not in page:
            break
        asked["pageToken"] = page["nextPageToken"]

    assert found == written[::-1]
    assert (page["totalReviewCount"], len(profile.names())) == (120, 50)


@pytest.mark.parametrize(
    "query",
    [
        {"pageSize": 51},
        {"pageSize": 200},
        {"pageSize": "-5"},
        {"orderBy": "createTime"},
        {"pageToken": "MTAuMQ=="},
        {"filter": "unanswered"},
        {"fields": "reviews"},
    ],
)
def test_a_wrong_parameter_of_a_list_is_refused(profile: Profile, query: dict[str, object]) -> None:
    profile.review()

    assert error(profile.listed(**query)) == (400, "INVALID_ARGUMENT")


def test_the_last_page_names_no_next_one_even_where_it_is_full(profile: Profile) -> None:
    for _ in range(2):
        profile.review()

    token = profile.listed(pageSize=1).document["nextPageToken"]

    assert "nextPageToken" not in profile.listed(pageSize=2).document
    assert "nextPageToken" not in profile.listed(pageSize=1, pageToken=token).document


def test_a_token_fits_only_the_order_it_was_given_for(profile: Profile) -> None:
    for _ in range(3):
        profile.review()
    token = profile.listed(pageSize=1).document["nextPageToken"]

    assert profile.listed(pageSize=2, pageToken=token, orderBy="updateTime desc").status == 200
    assert profile.listed(pageSize=1, pageToken=token, orderBy="rating").status == 400


def test_a_list_is_ordered_as_it_is_asked(profile: Profile) -> None:
    low, high = profile.review(rating=1, age=10), profile.review(rating=5, age=20)

    assert profile.names() == profile.names(orderBy="updateTime desc") == profile.names(orderBy="rating") == [low, high]
    assert profile.names(orderBy="rating desc") == [high, low]


def test_a_review_that_was_edited_is_the_newest_and_keeps_its_name(profile: Profile) -> None:
    first, second = profile.review(age=500), profile.review(age=400)
    before = profile.read(first)

    profile.replica.edit_customer(profile.key, first, CustomerEdit(text="Уже иначе", rating=1))

    after = profile.read(first)
    assert profile.names() == [first, second]
    assert (after["comment"], after["starRating"], after["createTime"]) == ("Уже иначе", "ONE", before["createTime"])
    assert after["updateTime"] > before["updateTime"]


def test_a_reply_does_not_move_its_review(profile: Profile) -> None:
    first, second = profile.review(age=500), profile.review(age=400)
    before = profile.read(first)["updateTime"]

    profile.answer(first)

    assert (profile.names(), profile.read(first)["updateTime"]) == ([second, first], before)


def test_a_customer_who_writes_again_changes_the_one_review_they_have(profile: Profile) -> None:
    name = profile.review("Хлеб тёплый", age=500)

    again = profile.review("Дополню: и чёрствый бывает", age=10, rating=2, supplement_of=name)

    assert (again, profile.names()) == (name, [name])
    assert profile.read(name)["comment"] == "Хлеб тёплый\nДополню: и чёрствый бывает"


def test_a_review_that_was_taken_away_is_nowhere(profile: Profile) -> None:
    name, other = profile.review(age=20), profile.review(age=10)
    profile.answer(name)

    profile.replica.remove(profile.key, name)

    assert error(profile.told(name)) == (404, "NOT_FOUND")
    assert error(profile.answer(name)) == (404, "NOT_FOUND")
    assert profile.names() == [other]
    assert (profile.entry(name).visible, profile.entry(name).state) == (None, "GONE")


def test_a_translation_comes_before_the_original() -> None:
    profile = Profile({"translated": True})

    comment = profile.read(profile.review("Нан жақсы"))["comment"]

    assert comment.startswith("(Translated by Google) ")
    assert comment.endswith("\n\n(Original)\nНан жақсы")


def test_reviews_of_many_locations_come_in_one_list_newest_first() -> None:
    profile = Profile({"locations": 3})
    written = [profile.review(age=100 - number) for number in range(6)]
    parents = profile.parents()

    first = profile.batch(parents, pageSize=4).document
    rest = profile.batch(parents, pageSize="4", pageToken=first["nextPageToken"]).document

    found = [*first["locationReviews"], *rest["locationReviews"]]
    assert [one["review"]["name"] for one in found] == written[::-1]
    assert all(one["review"]["name"].startswith(one["name"] + "/reviews/") for one in found)
    assert "nextPageToken" not in rest


def test_reviews_of_many_locations_may_come_one_location_after_the_other() -> None:
    profile = Profile({"locations": 2, "batch_by_location": True})
    a, b, c, d = (profile.review(age=100 - number) for number in range(4))

    found = profile.batch(profile.parents()).document["locationReviews"]

    assert [one["review"]["name"] for one in found] == [c, a, d, b]


def test_stars_alone_can_be_left_out_of_a_batch(profile: Profile) -> None:
    profile.review("")
    name = profile.review()

    found = profile.batch(profile.parents(), ignoreRatingOnlyReviews=True).document["locationReviews"]

    assert [one["review"]["name"] for one in found] == [name]


@pytest.mark.parametrize(
    "body",
    [
        {"locationNames": []},
        {"locationNames": None},
        {"locationNames": [7]},
        {"locationNames": ["locations/1"]},
        {"locationNames": ["accounts/1/locations/1"]},
        {"locationNames": ["x"] * 51},
        {"pageSize": 51},
        {"pageSize": True},
        {"pageToken": 7},
        {"orderBy": ["rating"]},
        {"unanswered": True},
    ],
)
def test_a_batch_that_is_not_as_described_is_refused(profile: Profile, body: dict[str, object]) -> None:
    parents = profile.parents()
    path = f"/v4/{profile.groups()[0]}/locations:batchGetReviews"

    assert error(profile.ask("POST", path, body={"locationNames": parents, **body})) == (400, "INVALID_ARGUMENT")
    assert error(profile.ask("POST", path, raw=b"{")) == (400, "INVALID_ARGUMENT")
    assert error(profile.ask("POST", path, body=[])) == (400, "INVALID_ARGUMENT")


def test_an_unverified_location_is_refused_in_one_way_or_the_other_and_fails_its_batch() -> None:
    profile = Profile({"unverified": 2})
    first, second = profile.parents(verified=False)

    assert error(profile.listed(first)) == (403, "PERMISSION_DENIED")
    assert error(profile.listed(second)) == (400, "FAILED_PRECONDITION")
    assert error(profile.batch([*profile.parents(), first])) == (403, "PERMISSION_DENIED")


def test_a_location_of_somebody_else_is_listed_and_may_not_be_read() -> None:
    profile = Profile({"foreign": True, "unverified": 0})

    foreign, own = (f"{profile.groups()[0]}/{one['name']}" for one in profile.locations())

    assert error(profile.listed(foreign)) == (403, "PERMISSION_DENIED")
    assert profile.listed(own).status == 200


def test_a_location_is_found_only_below_an_account_that_shows_it() -> None:
    profile = Profile({"groups": 2, "locations": 2, "unverified": 0})
    other = Profile(replica=profile.replica, key="sosed")
    first, second = profile.groups()
    (own,) = profile.locations(first)

    assert error(profile.listed(f"{second}/{own['name']}")) == (404, "NOT_FOUND")
    assert error(profile.listed(f"{first}/locations/77")) == (404, "NOT_FOUND")
    assert error(profile.listed(f"{first}/{other.locations()[0]['name']}")) == (404, "NOT_FOUND")
    assert error(profile.listed(other.parents()[0])) == (403, "PERMISSION_DENIED")


def test_a_review_of_another_location_is_not_found() -> None:
    profile = Profile({"locations": 2})
    name = profile.review()
    wrong = f"{profile.parents()[1]}/reviews/{name.split('/')[-1]}"

    assert error(profile.told(wrong)) == (404, "NOT_FOUND")
    with pytest.raises(KeyError):
        profile.replica.edit_customer(profile.key, wrong, CustomerEdit(text="?"))


def test_a_customer_reviews_the_location_that_is_named() -> None:
    profile = Profile({"locations": 3})
    third = profile.parents()[2]

    names = [profile.review(product=product) for product in (third.split("/", 2)[2], third.split("/")[-1])]

    assert sorted(profile.names(third)) == sorted(names)
    with pytest.raises(KeyError):
        profile.review(product=profile.parents(verified=False)[0].split("/")[-1])


def test_there_are_no_questions(profile: Profile) -> None:
    with pytest.raises(ValueError, match="no questions"):
        profile.replica.add(profile.key, SandboxCustomer("question", profile.at, "Открыты?"))


def test_odd_reviews_stand_among_the_others() -> None:
    profile = Profile({"odd": True})
    name = profile.review()
    parent = name.rpartition("/reviews/")[0]

    listed = profile.listed(parent).document["reviews"]
    batch = profile.batch([parent]).document["locationReviews"]

    assert (listed[0], listed[-1]["name"], len(listed)) == (None, name, 6)
    assert (batch[0], batch[-1]["review"]["name"]) == (None, name)


def test_a_location_that_was_given_up_takes_its_reviews_with_it() -> None:
    profile = Profile({"locations": 2})
    profile.review()
    name = profile.review()

    profile.replica.register(SandboxAccount(profile.key, {"locations": 1}), profile.at)

    assert error(profile.told(name)) == (404, "NOT_FOUND")
