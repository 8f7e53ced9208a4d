"""Reviews of the Ozon replica: lists, pages, statuses, in the words of v2 and of v1."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_service.ports.replica import CustomerEdit
from tests.support.ozon_replica import OzonShop

V1, V2 = "/v1/review/", "/v2/review/"
DAY = 86400.0


@pytest.fixture
def shop() -> OzonShop:
    return OzonShop()


def page(shop: OzonShop, path: str = f"{V2}list", **fields: object) -> Any:
    return shop.ask(path, {"limit": 20, **fields}).document


def ids(shop: OzonShop, path: str = f"{V2}list", **fields: object) -> list[str]:
    return [one["id"] for one in page(shop, path, **fields)["reviews"]]


def walked(shop: OzonShop, path: str, **fields: object) -> list[int]:
    """The sizes of all pages."""
    sizes, last = [], ""
    while True:
        told = page(shop, path, last_id=last, **fields)
        sizes.append(len(told["reviews"]))
        last = told["last_id"]
        if not told["has_next"]:
            return sizes


def test_a_review_is_listed_without_names(shop: OzonShop) -> None:
    item = shop.review("Хорошая", pros="Лёгкая", author="Вера", rating=4, photos=2)

    (listed,) = page(shop)["reviews"]

    assert (listed["id"], listed["text"], listed["rating"], listed["photos_amount"]) == (item, "Хорошая", 4, 2)
    assert (listed["status"], listed["comments_amount"], listed["sku"]) == ("NEW", 0, shop.sku(item))
    assert "Вера" not in str(listed)
    assert "Лёгкая" not in str(listed)


@pytest.mark.parametrize("path", [f"{V2}list", f"{V1}list"])
def test_pages_follow_one_another_by_last_id(shop: OzonShop, path: str) -> None:
    for age in range(45):
        shop.review(age=age)

    assert walked(shop, path) == [20, 20, 5]
    assert walked(shop, path, limit=45) == [45]


def test_a_page_goes_on_where_the_last_review_has_left_the_list(shop: OzonShop) -> None:
    items = [shop.review(age=100 - number) for number in range(40)]
    new = {"filters": {"status": "NEW"}, "sort_dir": "ASC"}
    first = page(shop, **new)
    shop.ask(f"{V2}change-status", {"review_ids": [first["last_id"]], "status": "PROCESSED"})

    second = ids(shop, last_id=first["last_id"], **new)

    assert second == items[20:]


def test_an_empty_list_ends_at_once(shop: OzonShop) -> None:
    assert page(shop, last_id=None, filters=None) == {"has_next": False, "last_id": "", "reviews": []}


def test_a_list_is_ordered_and_narrowed(shop: OzonShop) -> None:
    old, new = shop.review(age=3 * DAY), shop.review(age=DAY, product="Ложка")

    assert ids(shop, sort_dir="DESC") == [new, old]
    assert ids(shop, sort_dir="ASC") == [old, new]
    assert ids(shop, filters={"published_from": "2026-03-08T12:00:00Z"}) == [new]
    assert ids(shop, filters={"published_to": "2026-03-09T13:00:00+03:00"}) == [old]
    assert ids(shop, filters={"skus": [str(shop.sku(new))]}) == [new]
    assert ids(shop, filters={"order_status": "CANCELLED"}) == []


def test_statuses_have_three_names_in_v2_and_two_in_v1(shop: OzonShop) -> None:
    new, viewed, done = (shop.review(age=age) for age in (3, 2, 1))
    shop.ask(f"{V2}change-status", {"review_ids": [viewed], "status": "VIEWED"})
    shop.ask(f"{V1}change-status", {"review_ids": [done], "status": "PROCESSED"})

    by_name = {name: ids(shop, filters={"status": name}) for name in ("NEW", "VIEWED", "PROCESSED")}

    assert by_name == {"NEW": [new], "VIEWED": [viewed], "PROCESSED": [done]}
    assert ids(shop, f"{V1}list", status="UNPROCESSED") == [new, viewed]
    assert shop.ask(f"{V1}info", {"review_id": viewed}).document["status"] == "UNPROCESSED"
    assert shop.ask(f"{V2}count").document == {"total": 3, "new": 1, "viewed": 1, "processed": 1}
    assert shop.ask(f"{V1}count", {}).document == {"total": 3, "processed": 1, "unprocessed": 2}


def test_a_change_of_status_is_answered_without_a_body(shop: OzonShop) -> None:
    body = {"review_ids": [shop.review()], "status": "VIEWED"}
    kinder = OzonShop(options={"empty_object": True})

    assert (shop.ask(f"{V2}change-status", body).document, shop.ask(f"{V2}change-status", body).status) == (b"", 200)
    assert shop.ask(f"{V1}change-status", {**body, "status": "UNPROCESSED"}).document == {}
    assert kinder.ask(f"{V2}change-status", {**body, "review_ids": [kinder.review()]}).document == {}


def test_statuses_change_all_or_none(shop: OzonShop) -> None:
    item = shop.review()

    told = shop.ask(f"{V2}change-status", {"review_ids": [item, "nothing"], "status": "PROCESSED"})

    assert (told.status, shop.read(item)["status"], shop.effects(item)) == (404, "NEW", [])


def test_a_review_in_full_has_its_pictures(shop: OzonShop) -> None:
    read = shop.read(shop.review(photos=2))

    assert [sorted(photo) for photo in read["photos"]] == [["height", "url", "width"]] * 2
    assert (read["videos"], read["likes_amount"]) == ([], 0)


def test_long_numbers_may_come_as_text() -> None:
    shop = OzonShop(options={"string_int64": True})
    item = shop.review()

    assert shop.read(item)["sku"] == str(shop.sku(item))


@pytest.mark.parametrize(
    ("after", "text"), [(0.0, "12:00:00Z"), (0.25, "12:00:00.250Z"), (0.000_125, "12:00:00.000125Z")]
)
def test_dates_have_as_many_digits_as_they_need(shop: OzonShop, after: float, text: str) -> None:
    assert shop.read(shop.review(age=-after))["published_at"] == f"2026-03-10T{text}"


def test_a_customer_edits_a_review(shop: OzonShop) -> None:
    item = shop.review("Отлично")

    shop.replica.edit_customer("shop", item, CustomerEdit(text="Сломалась", rating=1))

    assert (shop.read(item)["text"], shop.read(item)["rating"]) == ("Сломалась", 1)


def test_text_that_is_not_clean_comes_through_unchanged(shop: OzonShop) -> None:
    nasty = "\x00 \ud800 \U0001f600 \u2028 " + "ы" * 100_000

    assert shop.read(shop.review(nasty))["text"] == nasty


def test_sellers_do_not_see_each_other(shop: OzonShop) -> None:
    other = OzonShop(shop.replica, "other")
    item = shop.review()

    told = other.comment(item)

    assert (told.status, ids(other)) == (404, [])
    assert [(one.account, one.item) for one in shop.replica.ledger(shop.at).unknown_writes] == [("other", item)]


def test_names_of_products_are_read_by_their_numbers(shop: OzonShop) -> None:
    skus = [str(shop.sku(shop.review(product=name))) for name in ("Кружка", "Ложка")]

    told = shop.ask("/v3/product/info/list", {"sku": [*skus, "1"], "offer_id": [], "product_id": []})

    assert sorted(one["name"] for one in told.document["items"]) == ["Кружка", "Ложка"]
    assert {str(one["sources"][0]["sku"]) for one in told.document["items"]} == set(skus)
