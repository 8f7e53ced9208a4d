"""What the Wildberries replica does with reviews."""

from __future__ import annotations

import pytest

from feedback_service.ports.replica import CustomerEdit
from tests.support.sandbox import Shop

DAY = 86400


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_an_answered_review_leaves_the_unanswered_list(shop: Shop) -> None:
    kept, item = shop.review(), shop.review()

    told = shop.answer(item, "Спасибо!")

    assert (told.status, told.document) == (204, None)
    assert (shop.ids(answered=False), shop.ids(answered=True)) == ([kept], [item])
    assert shop.read(item)["answer"] == {"text": "Спасибо!", "state": "wbRu", "editable": True}


def test_a_list_counts_what_is_unanswered_and_what_is_done(shop: Shop) -> None:
    shop.answer(shop.review())
    shop.review()
    shop.review()

    listed = shop.reviews(take=1)

    assert (listed["countUnanswered"], listed["countArchive"], len(listed["feedbacks"])) == (2, 1, 1)


def test_pages_follow_the_order_of_dates(shop: Shop) -> None:
    old, middle, new = (shop.review(age=age) for age in (300, 200, 100))

    assert shop.ids(order="dateAsc") == [old, middle, new]
    assert shop.ids(order="dateDesc") == [new, middle, old]
    assert shop.ids(order="dateAsc", take=1, skip=1) == [middle]
    assert shop.ids(order="dateAsc", skip=3) == []


def test_answering_shifts_the_pages_behind(shop: Shop) -> None:
    first, second, third = (shop.review(age=age) for age in (300, 200, 100))

    shop.answer(first)

    assert shop.ids(order="dateAsc", take=1, skip=0) == [second]
    assert shop.ids(order="dateAsc", take=1, skip=1) == [third]


def test_a_list_is_narrowed_by_product_and_by_period(shop: Shop) -> None:
    old = shop.review(age=3 * DAY, product="Кружка")
    new = shop.review(age=1 * DAY, product="Ложка")
    article = shop.read(old)["productDetails"]["nmId"]

    assert shop.ids(nmId=article) == [old]
    assert shop.ids(dateFrom=int(shop.at - 2 * DAY)) == [new]
    assert shop.ids(dateTo=int(shop.at - 2 * DAY)) == [old]


def test_counts_are_of_a_period_and_of_today(shop: Shop) -> None:
    shop.review(age=3 * DAY)
    shop.review(age=60)

    counted = shop.ask("GET", "/api/v1/feedbacks/count", {"isAnswered": "false", "dateFrom": int(shop.at - DAY)})
    waiting = shop.ask("GET", "/api/v1/feedbacks/count-unanswered")

    assert counted.document["data"] == 1
    assert waiting.document["data"] == {"countUnanswered": 2, "countUnansweredToday": 1}


def test_a_wrong_id_is_accepted_and_only_the_ledger_knows(shop: Shop) -> None:
    told = shop.answer("AAAAAAAAAAAAAAAAAAAA", "Куда я попал?")

    (unknown,) = shop.replica.ledger(shop.at).unknown_writes
    assert told.status == 204
    assert (unknown.account, unknown.item, unknown.text) == ("shop", "AAAAAAAAAAAAAAAAAAAA", "Куда я попал?")


def test_a_second_post_is_a_second_answer_in_the_ledger(shop: Shop) -> None:
    item = shop.review()

    shop.answer(item, "Первый")
    shop.answer(item, "Второй")

    entry = shop.entry(item)
    assert (entry.answers, entry.visible) == (2, "Второй")
    assert [(write.text, write.effect) for write in entry.writes] == [("Первый", "answer"), ("Второй", "answer")]


def test_an_answer_is_edited_once(shop: Shop) -> None:
    item = shop.review()
    shop.answer(item, "Первый")

    statuses = [shop.edit(item, text).status for text in ("Второй", "Третий")]

    entry = shop.entry(item)
    assert statuses == [204, 204]
    assert shop.read(item)["answer"] == {"text": "Второй", "state": "wbRu", "editable": False}
    assert (entry.answers, [write.effect for write in entry.writes]) == (1, ["answer", "edit", "ignored"])


def test_an_answer_is_not_edited_after_sixty_days(shop: Shop) -> None:
    item = shop.review()
    shop.answer(item, "Первый")

    shop.at += 60 * DAY
    shop.edit(item, "Второй")

    assert shop.read(item)["answer"] == {"text": "Первый", "state": "wbRu", "editable": False}


def test_an_answer_waits_for_moderation_and_is_then_shown(shop: Shop) -> None:
    item = shop.review()

    shop.answer(item, imposed={"moderate": {"verdict": "approve", "delay": 30}})
    waiting, hidden = shop.read(item)["answer"]["state"], shop.entry(item).visible
    shop.at += 30

    assert (waiting, hidden) == ("reviewRequired", None)
    assert shop.read(item)["answer"]["state"] == "wbRu"
    assert shop.entry(item).answers == 1


def test_a_declined_answer_is_no_answer_in_the_ledger(shop: Shop) -> None:
    item = shop.review()

    shop.answer(item, "Плохой", imposed={"moderate": {"verdict": "reject"}})
    declined = shop.read(item)["answer"]
    shop.answer(item, "Хороший")

    entry = shop.entry(item)
    assert declined == {"text": "Плохой", "state": "rejected", "editable": False}
    assert (entry.answers, entry.visible, entry.state) == (1, "Хороший", "wbRu")


def test_a_supplement_and_its_review_name_each_other(shop: Shop) -> None:
    parent = shop.review("Пока нравится")
    child = shop.review("Через месяц сломалась", supplement_of=parent)

    assert (shop.read(parent)["parentFeedbackId"], shop.read(parent)["childFeedbackId"]) == (None, child)
    assert (shop.read(child)["parentFeedbackId"], shop.read(child)["childFeedbackId"]) == (parent, None)
    with pytest.raises(ValueError, match="supplemented already"):
        shop.review("Ещё раз", supplement_of=parent)


def test_the_archive_has_answered_old_and_wordless_reviews(shop: Shop) -> None:
    fresh, old, wordless = shop.review(), shop.review(age=31 * DAY), shop.review(text="")
    pictured, answered = shop.review(text="", photos=2), shop.review()
    shop.answer(answered)

    told = shop.ask("GET", "/api/v1/feedbacks/archive", {"take": 10, "skip": 0})

    found = {one["id"] for one in told.document["data"]["feedbacks"]}
    assert found == {old, wordless, answered}
    assert {fresh, pictured}.isdisjoint(found)


def test_goods_of_an_unhappy_customer_are_returned_once(shop: Shop) -> None:
    item = shop.review("Не работает", rating=1)

    first, second = (shop.ask("POST", "/api/v1/feedbacks/order/return", body={"feedbackId": item}) for _ in "ab")

    assert (first.status, second.status) == (200, 422)
    assert shop.read(item)["returnProductOrdersDate"] == "2026-03-10T12:00:00Z"
    assert shop.read(item)["isAbleReturnProductOrders"] is False


def test_a_customer_edits_a_review(shop: Shop) -> None:
    item = shop.review("Отлично")

    shop.replica.edit_customer("shop", item, CustomerEdit(text="Сломалась", rating=1))

    assert (shop.read(item)["text"], shop.read(item)["productValuation"]) == ("Сломалась", 1)


def test_text_that_is_not_clean_comes_through_unchanged(shop: Shop) -> None:
    nasty = "\x00 \ud800 \U0001f600 \u2028 " + "ы" * 100_000

    assert shop.read(shop.review(nasty))["text"] == nasty


def test_dates_of_reviews_carry_the_moscow_offset(shop: Shop) -> None:
    assert shop.read(shop.review(age=0))["createdDate"] == "2026-03-10T15:00:00+03:00"


def test_unseen_items_are_flagged(shop: Shop) -> None:
    shop.answer(shop.review())
    question = shop.question()

    before = shop.ask("GET", "/api/v1/new-feedbacks-questions").document["data"]
    shop.ask("PATCH", "/api/v1/questions", body={"id": question, "wasViewed": True})
    after = shop.ask("GET", "/api/v1/new-feedbacks-questions").document["data"]

    assert before == {"hasNewQuestions": True, "hasNewFeedbacks": False}
    assert after == {"hasNewQuestions": False, "hasNewFeedbacks": False}
