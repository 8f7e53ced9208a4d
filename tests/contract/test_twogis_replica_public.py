"""What the 2GIS replica shows to everybody who has the page's key."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.twogis_replica import API, Place

COUNTED = "meta.total_count,meta.branch_rating,meta.branch_reviews_count,meta.providers"


def test_both_catalogues_are_shown_newest_first() -> None:
    place = Place({"flamp": 1})
    item = place.review("Уютно", age=10, rating=5, author="Лев Примеров")

    document = place.public().document

    ours, theirs = document["reviews"]
    assert (ours["id"], ours["provider"], ours["rating"], ours["text"]) == (item, "2gis", 5, "Уютно")
    assert (ours["user"]["first_name"], ours["user"]["last_name"]) == ("Лев", "Примеров")
    assert (ours["official_answer"], ours["url"], theirs["provider"]) == (None, "", "flamp")
    assert theirs["url"].startswith("https://flamp.ru/r/")
    assert document["meta"] == {"code": 200}


def test_what_is_opt_in_comes_where_it_is_asked_for() -> None:
    place = Place({"flamp": 1})
    place.review(rating=4)

    document = place.public(fields=f"{COUNTED},reviews.is_verified,reviews.object.address").document

    assert (document["meta"]["total_count"], document["meta"]["branch_rating"]) == (2, 3.5)
    assert document["reviews"][0]["is_verified"] is False
    assert document["reviews"][0]["object"].keys() == {"id", "type", "name", "address"}


def test_version_2_is_followed_by_links_with_a_stray_port_and_without_the_key() -> None:
    place = Place()
    written = [place.review(age=age) for age in range(60)]

    page = place.public(limit=50, sort_by="date_created").document
    link = urlsplit(page["meta"]["next_link"])
    last = place.public(**dict(parse_qsl(link.query))).document

    assert (link.hostname, link.port, link.path) == ("127.0.0.1", 8080, f"/2.0/branches/{place.branch}/reviews")
    assert "key" not in dict(parse_qsl(link.query))
    assert [one["id"] for one in page["reviews"] + last["reviews"]] == written
    assert "next_link" not in last["meta"]


def test_a_last_page_may_link_to_itself() -> None:
    place = Place({"stuck_link": True})
    place.review()

    link = urlsplit(place.public(limit=50).document["meta"]["next_link"])

    assert (link.path, link.query) == (f"/2.0/branches/{place.branch}/reviews", "limit=50")


def test_version_3_is_paged_by_number_and_has_no_links() -> None:
    place = Place()
    written = [place.review(age=age) for age in range(60)]
    path = f"/3.0/branches/{place.branch}/reviews"

    pages = [place.public(path, limit=50, offset=offset, fields=COUNTED).document for offset in (0, 50, 100)]

    assert [one["id"] for page in pages for one in page["reviews"]] == written
    assert all("next_link" not in page["meta"] for page in pages)
    assert {page["meta"]["total_count"] for page in pages} == {60}


def test_an_organisation_s_reviews_are_those_of_its_branches() -> None:
    place = Place({"branches": 2})
    place.review()
    place.review()
    org = place.ask("GET", f"{API}/orgs").document["result"]["items"][0]["id"]

    for version in ("2.0", "3.0"):
        told = place.public(f"/{version}/orgs/{org}/reviews", fields="meta.org_reviews_count,meta.org_rating")
        assert (told.document["meta"]["org_reviews_count"], len(told.document["reviews"])) == (2, 2)


def test_the_official_reply_is_shown_once_it_may_be_seen() -> None:
    place = Place()
    item = place.review()
    place.answer(item, "Спасибо!", imposed={"moderate": {"delay": 60}})

    waiting = place.public().document["reviews"][0]
    place.at += 60
    shown = place.public().document["reviews"][0]
    (comment,) = place.public(f"/2.0/reviews/{item}/comments").document["comments"]

    assert (waiting["official_answer"], waiting["comments_count"]) == (None, 0)
    assert (shown["official_answer"]["text"], shown["official_answer"]["org_name"]) == (
        "Спасибо!",
        "Организация pekarnya",
    )
    assert (comment["is_official_answer"], comment["org"]["name"]) == (True, "Организация pekarnya")


def test_without_the_right_key_nothing_is_shown() -> None:
    place = Place()

    told = place.public(key="00000000-0000-4000-8000-000000000000")

    assert (told.status, told.document["meta"]["code"]) == (403, 403)
    assert place.ask("GET", f"/2.0/branches/{place.branch}/reviews").status == 403
    assert place.ask("GET", f"/2.0/branches/{place.branch}/reviews", imposed={"expire": {}}).status == 403


def test_a_branch_of_nobody_is_a_bad_request_and_a_stranger_s_is_shown() -> None:
    place = Place({"foreign": True})

    assert place.public("/2.0/branches/1/reviews").status == 400
    assert place.public("/3.0/orgs/1/reviews").status == 400
    assert place.public("/2.0/reviews/1/comments").status == 404
    assert place.public(f"/2.0/branches/{place.branch_ids[-1]}/reviews").document["reviews"] == []


@pytest.mark.parametrize("query", [{"limit": 51}, {"offset": -1}, {"offset_date": "вчера"}, {"sort_by": "size"}])
def test_a_parameter_that_cannot_be_read_is_refused_in_public_words(query: dict[str, object]) -> None:
    told = Place().public(**query)

    assert (told.status, told.document["meta"]["error"]["type"]) == (400, "apiError")


def test_what_does_not_count_in_the_rating_and_odd_items() -> None:
    place = Place({"odd": True})
    place.review()

    assert place.public(rated="true").document["reviews"][0] is None
    assert len(place.public(rated="true").document["reviews"]) == 4
    place.reopen()
    assert place.public(rated="false").document["reviews"] == []
