"""Reviews of the Yandex.Market replica: lists, comments, edits, deletion, moderation, and what the ledger says."""

from __future__ import annotations

import pytest

from tests.support.yandex_shop import DAY, YandexShop

UPDATE = "goods-feedback/comments/update"


@pytest.fixture
def shop() -> YandexShop:
    return YandexShop()


def test_a_review_is_shown_with_all_its_parts(shop: YandexShop) -> None:
    number = shop.review("Целая", pros="Лёгкая", cons="Мала", rating=4, author="Вера", product="Кружка", photos=2)

    shown = shop.read(number)

    assert (shown["feedbackId"], shown["needReaction"], shown["author"]) == (number, True, "Вера")
    assert shown["createdAt"] == "2026-03-10T14:59:00.000+03:00"
    assert shown["description"] == {"advantages": "Лёгкая", "disadvantages": "Мала", "comment": "Целая"}
    assert len(shown["media"]["photos"]) == 2
    assert (shown["statistics"]["rating"], shown["statistics"]["commentsCount"]) == (4, 0)
    assert shown["identifiers"]["offerId"].startswith("SKU-")


def test_pages_follow_one_another_in_order_of_publication(shop: YandexShop) -> None:
    numbers = [shop.review(age=100 - place) for place in range(5)]
    first = shop.of("goods-feedback", query={"limit": 2}).document["result"]

    token = first["paging"]["nextPageToken"]
    second = shop.of("goods-feedback", query={"limit": 2, "page_token": token}).document["result"]
    last = shop.of("goods-feedback", query={"limit": 2, "pageToken": second["paging"]["nextPageToken"]})

    pages = [first, second, last.document["result"]]
    assert [one["feedbackId"] for page in pages for one in page["feedbacks"]] == numbers
    assert last.document["result"]["paging"] == {}


def test_an_old_token_goes_on_where_it_ended(shop: YandexShop) -> None:
    numbers = [shop.review(age=100 - place) for place in range(3)]
    token = shop.of("goods-feedback", query={"limit": 2}).document["result"]["paging"]["nextPageToken"]

    shop.comment(numbers[0])
    later = shop.review(age=0)

    assert [one["feedbackId"] for one in shop.reviews(pageToken=token)] == [numbers[2], later]


def test_a_page_has_25_reviews_unless_asked_otherwise(shop: YandexShop) -> None:
    for _ in range(30):
        shop.review()

    assert [len(shop.reviews()), len(shop.reviews(limit=50))] == [25, 30]


def test_reviews_are_chosen_by_stars_product_and_reaction(shop: YandexShop) -> None:
    bad, good = shop.review(rating=1, product="Плед"), shop.review(rating=5, product="Кружка")
    shop.comment(good)
    offer = shop.read(good)["identifiers"]["offerId"]

    chosen = [
        shop.reviews({"ratingValues": [1, 2]}),
        shop.reviews({"offerIds": [offer]}),
        shop.reviews({"reactionStatus": "NEED_REACTION"}),
        shop.reviews({"paid": True}),
        shop.reviews({"paid": False}),
    ]

    assert [[one["feedbackId"] for one in found] for found in chosen] == [[bad], [good], [bad], [], [bad, good]]


def test_the_ends_of_a_period_do_not_belong_to_it(shop: YandexShop) -> None:
    old, new = shop.review(age=7200), shop.review(age=3600)
    ends = {"dateTimeFrom": shop.read(old)["createdAt"], "dateTimeTo": shop.read(new)["createdAt"]}

    between = shop.review(age=5000)

    assert [one["feedbackId"] for one in shop.reviews(ends)] == [between]


def test_a_review_older_than_six_months_is_found_by_its_id_only(shop: YandexShop) -> None:
    old = shop.review(age=190 * DAY)

    assert shop.reviews() == []
    assert shop.read(old)["feedbackId"] == old


@pytest.mark.parametrize(
    ("since", "until", "status"),
    [
        ("2025-09-10T15:00:00+03:00", None, 200),
        ("2025-09-10T14:59:59+03:00", None, 400),
        ("2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z", 200),
        ("2024-01-01T00:00:00Z", "2024-07-02T00:00:00Z", 400),
        ("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z", 400),
    ],
)
def test_a_period_has_six_months_at_most(shop: YandexShop, since: str, until: str | None, status: int) -> None:
    told = shop.of("goods-feedback", {"dateTimeFrom": since, "dateTimeTo": until})

    assert told.status == status


def test_a_comment_is_published_and_the_ledger_shows_it(shop: YandexShop) -> None:
    number = shop.review()

    told = shop.comment(number, "Спасибо, Вера!")

    result, entry = told.document["result"], shop.entry(number)
    assert (told.status, result["status"], result["canModify"]) == (200, "PUBLISHED", True)
    assert result["author"] == {"type": "BUSINESS", "name": "Ромашка"}
    assert shop.comments(number) == [result]
    assert (shop.read(number)["needReaction"], shop.read(number)["statistics"]["commentsCount"]) == (False, 1)
    assert (entry.answers, entry.visible, entry.state) == (1, "Спасибо, Вера!", "PUBLISHED")
    assert shop.effects(number) == ["answer"]


def test_a_second_comment_is_taken_and_counted(shop: YandexShop) -> None:
    number = shop.review()

    statuses = [shop.comment(number).status, shop.comment(number, "И ещё раз").status]

    assert statuses == [200, 200]
    assert (len(shop.comments(number)), shop.entry(number).answers) == (2, 2)


@pytest.mark.parametrize("parent", [{}, {"parentId": 7}])
def test_our_comments_id_edits_it_whatever_parent_is_named(shop: YandexShop, parent: dict[str, int]) -> None:
    number = shop.review()
    own = shop.comment(number).document["result"]["id"]

    told = shop.comment(number, "Спасибо вам!", body={"id": own, **parent})

    entry = shop.entry(number)
    assert (told.document["result"]["id"], told.document["result"]["text"]) == (own, "Спасибо вам!")
    assert (entry.answers, entry.visible, shop.effects(number)) == (1, "Спасибо вам!", ["answer", "edit"])


def test_the_parents_id_makes_a_second_comment(shop: YandexShop) -> None:
    number = shop.review()
    own = shop.comment(number).document["result"]["id"]

    told = shop.comment(number, "Спасибо вам!", body={"parentId": own})

    assert told.document["result"]["parentId"] == own
    assert (shop.entry(number).answers, shop.read(number)["statistics"]["commentsCount"]) == (2, 1)


def test_a_deleted_comment_is_gone_and_the_review_unanswered(shop: YandexShop) -> None:
    number = shop.review()
    own = shop.comment(number).document["result"]["id"]

    told = shop.delete(own)

    entry = shop.entry(number)
    assert (told.status, told.document, shop.comments(number)) == (200, {"status": "OK"}, [])
    assert shop.of("goods-feedback/comments", {"commentIds": [own]}).document["result"]["comments"] == []
    assert (entry.answers, entry.visible, entry.state) == (0, None, "DELETED")
    assert shop.effects(number) == ["answer", "retract"]


def test_skipped_reviews_wait_no_more(shop: YandexShop) -> None:
    skipped, waiting = shop.review(), shop.review()

    told = shop.of("goods-feedback/skip-reaction", {"feedbackIds": [skipped]})

    assert told.document == {"status": "OK"}
    assert [one["feedbackId"] for one in shop.reviews({"reactionStatus": "NEED_REACTION"})] == [waiting]
    assert (shop.effects(skipped), shop.entry(skipped).answers) == (["view"], 0)


def test_an_edited_review_needs_a_reaction_again(shop: YandexShop) -> None:
    number = shop.review("Хорошо")
    shop.comment(number)

    shop.edit_customer(number, text="Сломалась", rating=1)

    shown = shop.read(number)
    assert (shown["needReaction"], shown["description"]["comment"], shown["statistics"]["rating"]) == (
        True,
        "Сломалась",
        1,
    )
    assert shop.entry(number).answers == 1


def test_moderation_takes_its_time(shop: YandexShop) -> None:
    number = shop.review()
    shop.comment(number, imposed={"moderate": {"delay": 60}})
    before = (shop.comments(number)[0]["status"], shop.entry(number).visible, shop.entry(number).answers)

    shop.at += 60

    assert before == ("UNMODERATED", None, 1)
    assert (shop.comments(number)[0]["status"], shop.entry(number).visible) == ("PUBLISHED", "Спасибо за отзыв!")


def test_a_banned_comment_is_no_answer_and_may_be_edited(shop: YandexShop) -> None:
    number = shop.review()
    own = shop.comment(number, imposed={"moderate": {"verdict": "reject"}}).document["result"]
    banned = shop.entry(number)

    edited = shop.comment(number, "Спасибо!", body={"id": own["id"]}).document["result"]

    assert (own["status"], banned.answers, banned.visible, banned.state) == ("BANNED", 0, None, "BANNED")
    assert (edited["status"], shop.entry(number).answers) == ("PUBLISHED", 1)


def test_a_cabinet_may_have_slow_moderation() -> None:
    shop = YandexShop(options={"moderation_delay": 5})
    number = shop.review()

    assert shop.comment(number).document["result"]["status"] == "UNMODERATED"


def test_a_customers_comment_may_be_replied_to_once(shop: YandexShop) -> None:
    number = shop.review()
    shop.comment(number)
    customers = shop.supplement(number)

    answers = [shop.entry(number).answers]
    for _ in range(2):
        shop.comment(number, "Уже отвечаем", body={"parentId": customers})
        answers.append(shop.entry(number).answers)

    assert answers == [1, 1, 2]
    assert [one["author"]["type"] for one in shop.comments(number)][:2] == ["BUSINESS", "USER"]


def test_a_comment_to_a_review_that_is_not_here_is_noted(shop: YandexShop) -> None:
    told = shop.comment(5, "Спасибо")

    unknown = shop.replica.ledger(shop.at).unknown_writes
    assert told.status == 404
    assert [(one.item, one.text) for one in unknown] == [("5", "Спасибо")]


def test_only_own_standing_comments_can_be_changed(shop: YandexShop) -> None:
    number, other = shop.review(), shop.review()
    own, customers = shop.comment(number).document["result"]["id"], shop.supplement(number)

    statuses = [
        shop.comment(number, body={"id": customers}).status,
        shop.comment(other, body={"id": own}).status,
        shop.comment(number, body={"parentId": 1}).status,
        shop.delete(customers).status,
        shop.delete(number).status,
        shop.delete(own).status,
        shop.delete(own).status,
        shop.comment(number, body={"id": own}).status,
    ]

    assert statuses == [404, 404, 404, 404, 404, 200, 404, 404]


def test_reviews_of_another_cabinet_are_not_seen(shop: YandexShop) -> None:
    number = shop.review()
    other = YandexShop(shop.replica, key="other")

    assert (other.reviews(), other.reviews({"feedbackIds": [number]})) == ([], [])
    assert other.comment(number).status == 404
    assert shop.effects(number) == []
