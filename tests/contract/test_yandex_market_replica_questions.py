"""Questions of the Yandex.Market replica: lists, answers, comments to them, edits, deletion."""

from __future__ import annotations

import pytest

from tests.support.yandex_shop import DAY, YandexShop

LIST, UPDATE = "goods-questions", "goods-questions/update"


@pytest.fixture
def shop() -> YandexShop:
    return YandexShop()


def test_a_question_is_shown_with_all_its_parts(shop: YandexShop) -> None:
    number = shop.question("Какой объём?", author="Анна", product="Кружка")

    result = shop.of(LIST).document["result"]

    shown = result["questions"][0]
    assert (result["totalCount"], shown["text"], shown["businessId"]) == (1, "Какой объём?", int(shop.business))
    assert (shown["questionIdentifiers"]["id"], shown["author"]) == (number, {"type": "USER", "name": "Анна"})


def test_questions_come_newest_first_unless_asked_otherwise(shop: YandexShop) -> None:
    old, new = shop.question(age=200), shop.question(age=100)

    assert shop.questions() == [new, old]
    assert shop.questions(sort="CREATED_AT_ASC") == [old, new]


def test_pages_of_questions_leave_none_out(shop: YandexShop) -> None:
    numbers = [shop.question(age=place) for place in range(1, 6)]

    found, token = [], ""
    for _ in range(3):
        result = shop.of(LIST, query={"limit": 2, "pageToken": token}).document["result"]
        found += [one["questionIdentifiers"]["id"] for one in result["questions"]]
        token = result["paging"].get("nextPageToken", "")

    assert (found, token) == (numbers, "")


def test_a_months_questions_are_listed_and_older_ones_found_by_id(shop: YandexShop) -> None:
    new, old = shop.question(age=20 * DAY), shop.question(age=40 * DAY)

    assert (shop.questions(), shop.questions(questionIds=[old])) == ([new], [old])


@pytest.mark.parametrize(
    ("since", "until", "status"),
    [
        ("2026-02-10", None, 200),
        ("2026-02-09", None, 400),
        ("2025-12-31", "2026-01-31", 200),
        ("2025-12-30", "2026-01-31", 400),
        ("2026-01-02", "2026-01-01", 400),
        ("2026-01-02T00:00:00Z", None, 400),
    ],
)
def test_a_period_has_one_month_at_most(shop: YandexShop, since: str, until: str | None, status: int) -> None:
    assert shop.of(LIST, {"dateFrom": since, "dateTo": until}).status == status


def test_both_days_of_a_period_belong_to_it(shop: YandexShop) -> None:
    number = shop.question(age=DAY)

    assert shop.questions(dateFrom="2026-03-09", dateTo="2026-03-09") == [number]
    assert shop.questions(dateFrom="2026-03-10", dateTo="2026-03-10") == []


def test_an_answered_question_needs_no_answer(shop: YandexShop) -> None:
    answered, waiting = shop.question(), shop.question()

    told = shop.answer(answered, "300 мл")

    entity, entry = told.document["result"]["entity"], shop.entry(answered)
    assert entity["type"] == "ANSWER"
    assert shop.questions(needAnswer=True) == [waiting]
    assert [(one["id"], one["text"], one["status"]) for one in shop.answers(answered)] == [
        (entity["id"], "300 мл", "PUBLISHED")
    ]
    assert (entry.answers, entry.visible, shop.effects(answered)) == (1, "300 мл", ["answer"])


def test_an_answer_can_be_edited_and_deleted(shop: YandexShop) -> None:
    number = shop.question()
    own = shop.answer(number).document["result"]["entity"]["id"]

    edited = shop.change("UPDATE", "ANSWER", own, text="250 мл")
    seen = shop.entry(number).visible
    deleted = shop.change("DELETE", "ANSWER", own)

    assert (edited.document, deleted.document, seen) == ({"status": "OK"}, {"status": "OK"}, "250 мл")
    assert (shop.answers(number), shop.entry(number).answers) == ([], 0)
    assert shop.effects(number) == ["answer", "edit", "retract"]
    assert shop.questions(needAnswer=True) == [number]


def test_a_second_answer_is_taken_and_counted(shop: YandexShop) -> None:
    number = shop.question()

    shop.answer(number)
    shop.answer(number)

    assert (len(shop.answers(number)), shop.entry(number).answers) == (2, 2)


def test_a_comment_stands_below_the_answer(shop: YandexShop) -> None:
    number = shop.question()
    own = shop.answer(number).document["result"]["entity"]["id"]
    customers = shop.supplement(number, "А в посудомойке?")

    entity = shop.answer(own, "Да", kind="ANSWER").document["result"]["entity"]

    below = shop.answers(number)[0]["comments"]
    assert entity["type"] == "COMMENT"
    assert [(one["id"], one["author"]["type"], one["answerId"]) for one in below] == [
        (customers, "USER", own),
        (entity["id"], "BUSINESS", own),
    ]
    assert shop.change("DELETE", "COMMENT", entity["id"]).status == 200
    assert len(shop.answers(number)[0]["comments"]) == 1


def test_a_banned_answer_leaves_the_question_waiting(shop: YandexShop) -> None:
    number = shop.question()

    shop.answer(number, imposed={"moderate": {"verdict": "reject"}})

    assert shop.answers(number)[0]["status"] == "BANNED"
    assert (shop.questions(needAnswer=True), shop.entry(number).answers) == ([number], 0)


def test_what_is_not_ours_cannot_be_changed(shop: YandexShop) -> None:
    number = shop.question()
    own = shop.answer(number).document["result"]["entity"]["id"]

    statuses = [
        shop.change("UPDATE", "QUESTION", number, text="Нет").status,
        shop.change("DELETE", "COMMENT", own).status,
        shop.change("DELETE", "ANSWER", number).status,
        shop.change("UPDATE", "ANSWER", own).status,
        shop.answer(own, kind="COMMENT").status,
        shop.answer(5).status,
        shop.answer(5, kind="ANSWER").status,
    ]

    assert statuses == [400, 404, 404, 400, 400, 404, 404]
    assert [one.item for one in shop.replica.ledger(shop.at).unknown_writes] == ["5"]


@pytest.mark.parametrize(("length", "status"), [(0, 400), (1, 200), (5000, 200), (5001, 400)])
def test_the_length_of_an_answer_is_bounded(shop: YandexShop, length: int, status: int) -> None:
    assert shop.answer(shop.question(), "ы" * length).status == status
