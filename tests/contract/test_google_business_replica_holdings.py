"""What the Google replica says of accounts and locations."""

from __future__ import annotations

from time import perf_counter

import pytest

from tests.support.google_business_replica import Profile, error


def test_a_person_has_one_account_with_a_location_and_one_that_is_not_verified() -> None:
    profile = Profile()

    (account,) = profile.ask("GET", "/v1/accounts").document["accounts"]
    unverified, verified = profile.locations(mask="name,title,metadata.hasVoiceOfMerchant")

    assert account["type"] == "PERSONAL"
    assert profile.ask("GET", f"/v1/{account['name']}").document == account
    assert (verified["title"], verified["metadata"]["hasVoiceOfMerchant"]) == ("Заведение bulochnaya", True)
    assert "hasVoiceOfMerchant" not in unverified["metadata"]
    assert verified["name"].startswith("locations/")


def test_a_location_shows_what_the_mask_names() -> None:
    profile = Profile()

    assert [set(one) for one in profile.locations(mask="title")] == [{"title"}, {"title"}]
    assert set(profile.locations(mask="name,storefrontAddress,websiteUri")[0]) == {"name", "storefrontAddress"}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"readMask": ""},
        {"readMask": "name,branches"},
        {"readMask": "name", "pageSize": 101},
        {"readMask": "name", "pageSize": -1},
        {"readMask": "name", "pageSize": "many"},
        {"readMask": "name", "pageToken": "x"},
        {"readMask": "name", "pageToken": "ё"},
        {"readMask": "name", "page": 2},
    ],
)
def test_a_wrong_parameter_of_locations_is_refused(query: dict[str, object]) -> None:
    profile = Profile()

    told = profile.ask("GET", f"/v1/{profile.groups()[0]}/locations", query)

    assert error(told) == (400, "INVALID_ARGUMENT")


def test_nobody_manages_anything() -> None:
    assert Profile({"groups": 0}).ask("GET", "/v1/accounts").document == {}
    profile = Profile({"locations": 0, "unverified": 0})
    asked = profile.ask("GET", f"/v1/{profile.groups()[0]}/locations", {"readMask": "name"})
    assert asked.document == {}
    with pytest.raises(ValueError, match="no verified location"):
        profile.review()


def test_five_hundred_locations_come_in_pages_and_at_once() -> None:
    profile, begun = Profile({"locations": 500}), perf_counter()

    locations = profile.locations()

    assert len({one["name"] for one in locations}) == 501
    assert perf_counter() - begun < 1


def test_a_page_of_locations_holds_ten_unless_it_is_asked_for_more() -> None:
    profile = Profile({"locations": 30})

    page = profile.ask("GET", f"/v1/{profile.groups()[0]}/locations", {"readMask": "name"}).document

    assert (len(page["locations"]), "nextPageToken" in page) == (10, True)


def test_accounts_come_in_pages_and_share_the_locations_out() -> None:
    profile = Profile({"groups": 25, "locations": 50, "unverified": 0})

    first = profile.ask("GET", "/v1/accounts").document
    rest = profile.ask("GET", "/v1/accounts", {"pageToken": first["nextPageToken"]}).document
    groups = [one["name"] for one in [*first["accounts"], *rest["accounts"]]]

    assert (len(first["accounts"]), len(groups), "nextPageToken" in rest) == (20, 25, False)
    assert [one["type"] for one in first["accounts"][:2]] == ["PERSONAL", "LOCATION_GROUP"]
    assert {len(profile.locations(group)) for group in groups} == {2}
    assert profile.ask("GET", "/v1/accounts", {"pageSize": 21}).status == 400


def test_a_token_of_one_list_does_not_fit_another() -> None:
    profile = Profile({"groups": 2, "locations": 60})
    first, second = profile.groups()
    page = profile.ask("GET", f"/v1/{first}/locations", {"readMask": "name"}).document

    told = profile.ask("GET", f"/v1/{second}/locations", {"readMask": "name", "pageToken": page["nextPageToken"]})

    assert error(told) == (400, "INVALID_ARGUMENT")


def test_a_location_may_be_reached_by_two_accounts_and_its_review_has_two_names() -> None:
    profile = Profile({"groups": 2, "locations": 2, "unverified": 0, "shared": True})
    all_of_them, part = profile.groups()
    profile.review("В первом")
    name = profile.review("Во втором")

    through_all, through_part = profile.parents(all_of_them), profile.parents(part)

    assert through_all[1].split("/")[-1] == through_part[0].split("/")[-1]
    assert profile.names(through_part[0]) == [name]
    assert [one["reviewId"] for one in profile.listed(through_all[1]).document["reviews"]] == [name.split("/")[-1]]


def test_the_account_of_a_dash_shows_all_of_the_person_s_locations() -> None:
    profile = Profile({"groups": 2, "locations": 3, "unverified": 0})

    assert len(profile.locations("accounts/-")) == 3
    assert error(profile.listed(f"accounts/-/{profile.locations('accounts/-')[0]['name']}"))[0] == 404


def test_what_is_somebody_else_s_or_nobody_s() -> None:
    profile = Profile()
    theirs = Profile(replica=profile.replica, key="sosed").groups()[0]
    asked = {"readMask": "name"}

    assert error(profile.ask("GET", f"/v1/{theirs}/locations", asked)) == (403, "PERMISSION_DENIED")
    assert error(profile.ask("GET", f"/v1/{theirs}")) == (403, "PERMISSION_DENIED")
    assert error(profile.ask("GET", "/v1/accounts/77/locations", asked)) == (404, "NOT_FOUND")
    assert error(profile.ask("GET", f"/v1/{profile.groups()[0][:-1]}9")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/v4/reviews"), ("POST", "/v1/accounts")])
def test_a_path_that_no_api_has_is_answered_by_a_page_for_people(method: str, path: str) -> None:
    told = Profile().ask(method, path)

    assert (told.status, told.headers["content-type"]) == (404, "text/html; charset=UTF-8")
    assert told.document.startswith("<!DOCTYPE html>")


def test_odd_accounts_and_locations_stand_among_the_others() -> None:
    profile = Profile({"odd": True})

    accounts = profile.ask("GET", "/v1/accounts").document["accounts"]
    locations = profile.locations(accounts[-1]["name"])

    assert accounts[0] is None
    assert None in locations
    assert locations[-1]["metadata"]["hasVoiceOfMerchant"] is True
