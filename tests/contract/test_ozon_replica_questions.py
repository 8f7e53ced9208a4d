"""Questions and answers of the Ozon replica."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.ozon_replica import OzonShop

DAY = 86400.0


@pytest.fixture
def shop() -> OzonShop:
    return OzonShop()


def page(shop: OzonShop, **fields: object) -> Any:
    return shop.ask("/v1/question/list", fields).document


def ids(shop: OzonShop, **fields: object) -> list[str]:
    return [one["id"] for one in page(shop, **fields)["questions"]]


def test_a_question_is_listed_with_its_author_and_product(shop: OzonShop) -> None:
    item = shop.question("Какой объём?", author="Вера")

    (listed,) = page(shop)["questions"]

    assert (listed["id"], listed["text"], listed["author_name"]) == (item, "Какой объём?", "Вера")
    assert (listed["status"], listed["answers_count"], listed["sku"]) == ("NEW", 0, shop.sku(item))
    assert str(shop.sku(item)) in listed["product_url"]
    assert shop.read_question(item) == listed


def test_a_page_has_ten_questions_even_if_more_are_asked_for(shop: OzonShop) -> None:
    items = [shop.question(age=age) for age in range(25)]

    first = page(shop, limit=100)
    second = ids(shop, limit=100, last_id=first["last_id"])

    assert ([one["id"] for one in first["questions"]], first["has_next"]) == (items[:10], True)
    assert second == items[10:20]


def test_an_account_may_be_served_longer_pages() -> None:
    shop = OzonShop(options={"question_page": 100})
    for age in range(25):
        shop.question(age=age)

    sizes = [(len(told["questions"]), told["has_next"]) for told in (page(shop, limit=15), page(shop, limit=100))]

    assert sizes == [(15, True), (25, False)]


def test_in_april_nothing_tells_that_more_follow() -> None:
    shop = OzonShop(options={"spec": "2026-04"})
    shop.question()

    first = page(shop)
    assert first.keys() == {"questions", "last_id"}
    assert page(shop, last_id=first["last_id"]) == {"questions": [], "last_id": ""}


def test_questions_are_ordered_and_narrowed(shop: OzonShop) -> None:
    old, new = shop.question(age=3 * DAY), shop.question(age=DAY)
    shop.answer(new)

    assert (ids(shop), ids(shop, sort_dir="ASC")) == ([new, old], [old, new])
    assert ids(shop, filter={"status": "UNPROCESSED"}) == ids(shop, filter={"status": "NEW"}) == [old]
    assert ids(shop, filter={"date_from": "2026-03-09T00:00:00Z"}) == [new]
    assert ids(shop, filter={"date_to": "2026-03-09T00:00:00Z"}) == [old]


def test_an_answer_is_stored_listed_and_makes_the_question_processed(shop: OzonShop) -> None:
    item = shop.question()

    written = shop.answer(item, "Да")

    (listed,) = shop.answers(item)
    assert (listed["id"], listed["text"]) == (written.document["answer_id"], "Да")
    assert (listed["question_id"], listed["status_publication"]) == (item, "PUBLISHED")
    read = shop.read_question(item)
    assert (read["status"], read["answers_count"]) == ("PROCESSED", 1)
    assert (shop.entry(item).answers, shop.entry(item).visible) == (1, "Да")


def test_nothing_prevents_a_second_answer(shop: OzonShop) -> None:
    item = shop.question()

    shop.answer(item, "Да")
    shop.answer(item, "Нет")

    assert (shop.entry(item).answers, shop.read_question(item)["answers_count"]) == (2, 2)


@pytest.mark.parametrize(
    ("verdict", "state", "answers"),
    [
        ("approve", "PUBLISHED", 1),
        ("pending", "AWAITING_MODERATION", 1),
        ("reject", "MODERATION_FAILED", 0),
        ("duplicate", "DUPLICATE", 0),
    ],
)
def test_an_answer_is_moderated(shop: OzonShop, verdict: str, state: str, answers: int) -> None:
    item = shop.question()

    shop.answer(item, imposed={"moderate": {"verdict": verdict, "delay": 30}})
    before = shop.answers(item)[0]["status_publication"]
    shop.at += 30

    assert before == "AWAITING_MODERATION"
    assert shop.answers(item)[0]["status_publication"] == shop.entry(item).state == state
    assert shop.entry(item).answers == shop.read_question(item)["answers_count"] == answers


def test_a_deleted_answer_is_no_answer_any_more(shop: OzonShop) -> None:
    item = shop.question()
    answer = shop.answer(item).document["answer_id"]

    foreign = shop.ask("/v1/question/answer/delete", {"answer_id": answer, "sku": 1})
    told = shop.ask("/v1/question/answer/delete", {"answer_id": answer, "sku": shop.sku(item)})

    assert (foreign.status, told.status, told.document) == (404, 200, b"")
    assert (shop.answers(item), shop.entry(item).answers) == ([], 0)
    assert shop.effects(item) == ["answer", "retract"]


def test_answers_come_ten_a_page(shop: OzonShop) -> None:
    item = shop.question()
    for number in range(12):
        shop.answer(item, f"Ответ {number}")

    body = {"question_id": item, "sku": shop.sku(item)}
    first = shop.ask("/v1/question/answer/list", body).document
    second = shop.ask("/v1/question/answer/list", {**body, "last_id": first["last_id"]}).document

    assert [one["text"] for one in second["answers"]] == ["Ответ 10", "Ответ 11"]


def test_an_answer_to_nothing_is_refused_and_remembered(shop: OzonShop) -> None:
    item = shop.question()

    bodies = [{"question_id": "nothing", "sku": shop.sku(item)}, {"question_id": item, "sku": 1}]
    told = [shop.ask("/v1/question/answer/create", {**body, "text": "Да"}) for body in bodies]

    assert [one.status for one in told] == [404, 404]
    assert told[0].document == {"code": 5, "message": "question not found", "details": ""}
    assert [one.item for one in shop.replica.ledger(shop.at).unknown_writes] == ["nothing", item]


def test_questions_are_counted_and_marked(shop: OzonShop) -> None:
    viewed, _, done = shop.question(), shop.question(), shop.question()
    shop.answer(done)

    told = shop.ask("/v1/question/change-status", {"question_ids": [viewed], "status": "VIEWED"})

    assert (told.status, told.document, shop.effects(viewed)) == (200, b"", ["view"])
    assert shop.ask("/v1/question/count").document == {
        "all": 3,
        "new": 1,
        "viewed": 1,
        "processed": 1,
        "unprocessed": 2,
    }


def test_the_products_that_are_asked_about_most_come_first(shop: OzonShop) -> None:
    spoon, cup = shop.question(product="Ложка"), shop.question()
    shop.question()

    told = shop.ask("/v1/question/top-sku", {"limit": 2})

    assert told.document == {"sku": [shop.sku(cup), shop.sku(spoon)]}
