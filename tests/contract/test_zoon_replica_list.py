"""The Zoon replica's list of reviews, as the site's own page calls for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from feedback_service.ports.replica import CustomerEdit, SandboxCustomer
from tests.support.zoon_replica import LIST, Cafe, shown, soup, texts, unveiled

LONG = "Были всей семьёй и остались довольны. " * 12


def test_reviews_come_newest_first_and_end_with_an_empty_list() -> None:
    cafe = Cafe()
    ids = [cafe.review(f"№ {number}", age=1000 - number) for number in range(5)]

    pages = [[str(one["data-id"]) for one in cafe.items(limit=2, skip=skip)] for skip in (0, 2, 4)]

    assert [one for page in pages for one in page] == ids[::-1]
    assert cafe.listing(limit=2, skip=6) == ""


def test_an_item_is_what_the_customer_wrote() -> None:
    cafe = Cafe({"shape": "plain", "years": "always"})
    cafe.review("Ручка <отвалилась>\nчерез день", age=60, rating=3, author="Аглая «Т»")

    (item,) = cafe.items()

    assert item["data-author"] == "Аглая «Т»"
    assert texts(item, "span.name") == ["Аглая «Т»"]
    assert texts(item, ".iblock.gray") == [" 10 марта 2026 в 14:59"]
    assert len(item.select('span.star-item > span[style="width: 100%; display: block;"]')) == 3
    (text,) = item.select(".js-comment-short-text.comment-text > span")
    assert list(text.strings) == ["Ручка <отвалилась>", "через день"]
    assert item.select("ul.subcomments") == []


def test_the_short_and_the_additional_part_join_to_the_whole_text() -> None:
    cafe = Cafe()
    cafe.review(LONG)

    (item,) = cafe.items()
    for marker in item.select(".js-comment-splitmarker"):
        marker.decompose()

    assert texts(item, ".js-comment-short-text span")[0] + texts(item, ".js-comment-additional-text")[0] == LONG


def test_a_review_without_a_mark_has_no_stars() -> None:
    cafe = Cafe()
    cafe.review(rating=None)

    assert cafe.items()[0].select(".star-item") == []


@pytest.mark.parametrize(("shape", "plain", "scripts"), [("plain", 8, 0), ("scripted", 0, 1), ("mixed", 4, 3)])
def test_items_are_plain_scripted_or_mixed(shape: str, plain: int, scripts: int) -> None:
    cafe = Cafe({"shape": shape})
    ids = [cafe.review(f"№ {number}", age=1000 - number) for number in range(8)]

    listed = cafe.listing()

    assert len(soup(listed).find_all("li", recursive=False)) == plain
    assert len(soup(listed).find_all("script", recursive=False)) == scripts
    assert [one["data-id"] for one in unveiled(listed)] == ids[::-1]


def test_the_year_may_be_missing_and_another_site_may_be_named() -> None:
    cafe = Cafe({"years": "past", "foursquare": True})
    old = cafe.at - datetime(2025, 12, 31, 20, 59, tzinfo=UTC).timestamp()
    for age in (old, old - 120, 0):
        cafe.review(age=age)

    dates = [texts(item, ".gray")[0].strip() for item in cafe.items()]

    assert dates == ["10 марта в 15:00 через Foursquare", "1 января в 00:01", "31 декабря 2025 в 23:59"]


def test_years_are_usually_missing_in_some_reviews_only() -> None:
    cafe = Cafe()
    for _ in range(4):
        cafe.review()

    assert ["2026" in texts(item, ".gray")[0] for item in cafe.items()] == [False, True, False, True]


def test_reviews_need_not_have_an_id() -> None:
    cafe = Cafe({"ids": False})
    cafe.review()

    assert "data-id" not in cafe.listing()
    assert cafe.items()[0].get("data-id") is None
    assert cafe.page().select("[data-id]") == []


def test_an_answer_stands_below_with_a_link_to_the_organisation() -> None:
    cafe = Cafe()
    item = cafe.review()
    cafe.answer(item, "Спасибо!\nЖдём")

    (answer,) = cafe.items()[0].select("ul.list-reset.subcomments > li")

    assert [one["href"] for one in answer.select("strong a[href]")] == [cafe.replica.page_of(cafe.key)]
    assert list(answer.select(".js-comment-content")[0].strings) == ["Спасибо!", "Ждём"]
    assert answer.get("data-author") is None


def test_a_customer_s_comment_below_is_told_from_an_answer_by_its_author() -> None:
    cafe = Cafe()
    item = cafe.review()
    cafe.replica.add(cafe.key, SandboxCustomer("review", cafe.at, "И ещё", author="Аглая", supplement_of=item))

    (comment,) = cafe.items()[0].select(".subcomments > li")

    assert (comment["data-author"], texts(comment, "span.name"), comment.select("strong a")) == ("Аглая", ["Аглая"], [])
    assert cafe.entry(item).answers == 0


def test_an_edited_review_keeps_its_id_and_date() -> None:
    cafe = Cafe()
    item = cafe.review("Было")
    before = texts(cafe.items()[0], ".gray")

    cafe.replica.edit_customer(cafe.key, item, CustomerEdit(text="Стало", rating=1))

    (after,) = cafe.items()
    assert (after["data-id"], texts(after, ".gray"), texts(after, ".comment-text")) == (item, before, ["Стало"])


def test_a_removed_review_is_not_listed() -> None:
    cafe = Cafe()
    gone, stays = cafe.review(), cafe.review()

    cafe.replica.remove(cafe.key, gone)

    assert [one["data-id"] for one in cafe.items()] == [stays]
    assert cafe.entry(gone).state == "gone"


def test_a_bound_that_nobody_tells_of_shortens_what_is_asked_for() -> None:
    cafe = Cafe({"most": 2})
    for _ in range(3):
        cafe.review()

    assert len(cafe.items(limit=102)) == 2
    cafe.reopen()
    assert len(cafe.items(limit=102)) == 3


def test_an_organisation_of_nobody_has_an_empty_list() -> None:
    cafe = Cafe()
    cafe.review()

    assert cafe.listing("f" * 24) == ""


def test_each_organisation_has_its_own_reviews() -> None:
    cafe = Cafe({"organizations": 3})
    first, second = cafe.review(), cafe.review()
    third = cafe.review(product=cafe.organization_ids[0])

    shown_ids = [[one["data-id"] for one in cafe.items(one)] for one in cafe.organization_ids]

    assert shown_ids == [[third, first], [second], []]


def test_an_account_may_own_none_or_five_hundred() -> None:
    none, many = Cafe({"organizations": 0}), Cafe({"organizations": 500})

    assert none.credentials == {"organization_ids": ""}
    assert len(set(many.organization_ids)) == 500
    assert {len(one) for one in many.organization_ids} == {24}
    with pytest.raises(ValueError, match="no organisation"):
        none.review()


def test_a_customer_of_another_owner_s_organisation_is_refused() -> None:
    cafe = Cafe()
    other = Cafe(replica=cafe.replica, key="bulochnaya")

    with pytest.raises(KeyError):
        cafe.review(product=other.organization)


def test_the_list_is_json_that_calls_itself_html() -> None:
    cafe = Cafe()

    answered = cafe.ask("GET", "/js.php", {**LIST, "organization": cafe.organization})

    assert (json.loads(answered.body), answered.headers["content-type"]) == ({"list": ""}, "text/html; charset=utf-8")


def test_public_reads_meet_faults_in_the_site_s_words() -> None:
    cafe = Cafe()
    asked = {**LIST, "organization": cafe.organization}

    limited = cafe.ask("GET", "/js.php", asked, imposed={"too_many_requests": {"retry_after": 21}})
    statuses = [cafe.ask("GET", "/js.php", asked, imposed={kind: {}}).status for kind in ("server_error", "expire")]
    gone = cafe.ask("GET", "/js.php", asked, imposed={"list_gone": {}})
    page = cafe.ask("GET", cafe.replica.page_of(cafe.key), imposed={"list_gone": {}})

    assert (limited.status, limited.headers["retry-after"]) == (429, "21")
    assert shown(limited) == "Слишком часто, попробуйте через 21 секунду"
    assert statuses == [500, 403]
    assert (gone.status, page.status) == (404, 200)


def test_odd_items_stand_before_the_readable_ones() -> None:
    cafe = Cafe({"odd": True, "shape": "plain"})
    item = cafe.review()

    first, later = cafe.listing(), cafe.listing(skip=102)

    assert soup(first).find_all("li", recursive=False)[-1]["data-id"] == item
    assert len(soup(first).find_all(["li", "script", "p"], recursive=False)) == 7
    assert later == ""


@pytest.mark.parametrize(
    "options", [{"shape": "bold"}, {"ids": 1}, {"organizations": -1}, {"lag": "1"}, {"most": 0}, {"colour": 1}]
)
def test_an_option_that_is_not_understood_is_named(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Cafe(options)
