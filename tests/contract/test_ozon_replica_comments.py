"""Comments to reviews in the Ozon replica: what is written, moderated, taken back, and what the ledger says of it."""

from __future__ import annotations

import pytest

from tests.support.ozon_replica import OzonShop


@pytest.fixture
def shop() -> OzonShop:
    return OzonShop()


def texts(shop: OzonShop, review: str) -> list[str]:
    return [one["text"] for one in shop.comments(review)]


def test_a_comment_is_stored_counted_and_listed(shop: OzonShop) -> None:
    item = shop.review()

    written = shop.comment(item, "Спасибо!")

    (listed,) = shop.comments(item)
    assert (listed["id"], listed["text"]) == (written.document["comment_id"], "Спасибо!")
    assert (listed["is_owner"], listed["is_published"], listed["is_rejected"]) == (True, True, False)
    assert shop.read(item)["comments_amount"] == 1
    entry = shop.entry(item)
    assert (entry.answers, entry.visible, shop.effects(item)) == (1, "Спасибо!", ["answer"])


def test_nothing_prevents_a_second_comment(shop: OzonShop) -> None:
    item = shop.review()

    first, second = shop.comment(item, "Первый"), shop.comment(item, "Второй")

    assert first.document["comment_id"] != second.document["comment_id"]
    assert (texts(shop, item), shop.read(item)["comments_amount"]) == (["Первый", "Второй"], 2)
    assert (shop.entry(item).answers, shop.effects(item)) == (2, ["answer", "answer"])


def test_a_review_is_processed_when_asked(shop: OzonShop) -> None:
    items = [shop.review(), shop.review()]

    for item, done in zip(items, (True, False), strict=True):
        body = {"review_id": item, "text": "Спасибо!", "mark_review_as_processed": done, "parent_comment_id": None}
        shop.ask("/v1/review/comment/create", body)

    assert [shop.read(item)["status"] for item in items] == ["PROCESSED", "NEW"]


def test_a_comment_waits_for_moderation_unlisted_but_counted(shop: OzonShop) -> None:
    item = shop.review()

    shop.comment(item, imposed={"moderate": {"verdict": "approve", "delay": 30}})
    waiting = (texts(shop, item), shop.read(item)["comments_amount"], shop.entry(item).state, shop.entry(item).visible)
    shop.at += 30

    assert waiting == ([], 1, "AWAITING_MODERATION", None)
    assert (texts(shop, item), shop.entry(item).state) == (["Спасибо за отзыв!"], "PUBLISHED")
    assert shop.entry(item).answers == 1


def test_an_account_may_have_a_delay_of_its_own() -> None:
    shop = OzonShop(options={"moderation": 60})
    item = shop.review()

    shop.comment(item)
    before = texts(shop, item)
    shop.at += 60

    assert (before, len(texts(shop, item))) == ([], 1)


def test_a_declined_comment_tells_why_and_is_no_answer(shop: OzonShop) -> None:
    item = shop.review()

    shop.comment(item, "Плохой", imposed={"moderate": {"verdict": "reject", "reason": "Есть ссылка"}})

    (listed,) = shop.comments(item)
    assert (listed["is_published"], listed["is_rejected"], listed["deviation_reason"]) == (False, True, "Есть ссылка")
    entry = shop.entry(item)
    assert (entry.answers, entry.visible, entry.state) == (0, None, "MODERATION_FAILED")
    assert shop.read(item)["comments_amount"] == 0


def test_in_april_a_declined_comment_is_just_not_there() -> None:
    shop = OzonShop(options={"spec": "2026-04"})
    items = [shop.review(), shop.review()]

    shop.comment(items[0], imposed={"moderate": {"verdict": "reject"}})
    shop.comment(items[1])

    assert shop.comments(items[0]) == []
    assert "is_published" not in shop.comments(items[1])[0]


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_deleted_comment_is_no_answer_any_more(shop: OzonShop, version: str) -> None:
    item = shop.review()
    comment = shop.comment(item).document["comment_id"]

    told = shop.ask(f"/{version}/review/comment/delete", {"comment_id": comment, "sku": shop.sku(item)})

    assert (told.status, told.document) == (200, b"" if version == "v2" else {})
    assert (shop.comments(item), shop.read(item)["comments_amount"]) == ([], 0)
    entry = shop.entry(item)
    assert (entry.answers, entry.visible, entry.state) == (0, None, "none")
    assert shop.effects(item) == ["answer", "retract"]


def test_deleting_one_of_two_comments_leaves_the_other(shop: OzonShop) -> None:
    item = shop.review()
    wrong = shop.comment(item, "Чужой").document["comment_id"]
    shop.comment(item, "Наш")

    shop.ask("/v2/review/comment/delete", {"comment_id": wrong, "sku": str(shop.sku(item))})

    assert (texts(shop, item), shop.entry(item).answers) == (["Наш"], 1)


def test_only_an_own_comment_of_that_product_is_deleted(shop: OzonShop) -> None:
    item = shop.review()
    theirs = shop.review("А у меня сломалась", supplement_of=item)
    comment = shop.comment(item).document["comment_id"]
    answer = shop.answer(shop.question()).document["answer_id"]

    bodies = [
        {"comment_id": "nothing", "sku": shop.sku(item)},
        {"comment_id": comment, "sku": 1},
        {"comment_id": theirs, "sku": shop.sku(item)},
        {"comment_id": answer, "sku": shop.sku(item)},
    ]

    assert [shop.ask("/v2/review/comment/delete", body).status for body in bodies] == [404] * 4
    assert shop.entry(item).answers == 1


def test_a_customer_comments_below_a_review(shop: OzonShop) -> None:
    item = shop.review()
    theirs = shop.review("Через месяц сломалась", supplement_of=item, age=10)

    reply = shop.ask("/v1/review/comment/create", {"review_id": item, "text": "Жаль", "parent_comment_id": theirs})

    first, second = shop.comments(item)
    assert (first["id"], first["is_owner"], first["text"]) == (theirs, False, "Через месяц сломалась")
    assert (second["parent_comment_id"], reply.status) == (theirs, 200)
    assert (shop.entry(item).answers, shop.read(item)["comments_amount"]) == (1, 2)
    with pytest.raises(KeyError):
        shop.review("Куда?", supplement_of="nothing")


def test_comments_come_in_order_by_pages_and_by_product(shop: OzonShop) -> None:
    item, other = shop.review(), shop.review(product="Ложка")
    for number in range(25):
        shop.at += 1
        shop.comment(item, f"{number}")
    shop.comment(other, "Ложка")

    def listed(**fields: object) -> list[str]:
        told = shop.ask("/v1/review/comment/list", {"limit": 20, **fields}).document
        assert told["offset"] == len(told["comments"])
        return [one["text"] for one in told["comments"]]

    assert listed(review_id=item, offset=20) == ["20", "21", "22", "23", "24"]
    assert listed(review_id=item, sort_dir="DESC")[:2] == ["24", "23"]
    assert listed(filter={"sku": shop.sku(other)}) == listed(filters={"sku": shop.sku(other)}) == ["Ложка"]


def test_a_comment_to_nothing_is_refused_and_remembered(shop: OzonShop) -> None:
    told = shop.comment("nothing", "Куда я попал?")

    (unknown,) = shop.replica.ledger(shop.at).unknown_writes
    assert (told.status, told.document["message"]) == (404, "review not found")
    assert (unknown.account, unknown.item, unknown.text) == ("shop", "nothing", "Куда я попал?")


def test_the_replica_knows_its_writes(shop: OzonShop) -> None:
    paths = ("/v1/review/comment/create", "/v2/review/comment/delete", "/cabinet/api/v1/create-answer")
    reads = ("/v2/review/list", "/v1/review/comment/list", "/cabinet/api/v4/review/list", "/v9/nothing")

    assert [shop.replica.writes("POST", path) for path in paths] == [True] * 3
    assert [shop.replica.writes("POST", path) for path in reads] == [False] * 4
