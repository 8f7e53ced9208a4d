"""What the Wildberries replica does with questions, and with pins."""

from __future__ import annotations

import pytest

from tests.support.sandbox import Shop, Told

DAY = 86400
PINS = "/api/feedbacks/v1/pins"


@pytest.fixture
def shop() -> Shop:
    return Shop()


def listed(shop: Shop, answered: bool) -> list[str]:
    query = {"isAnswered": str(answered).lower(), "take": 10_000, "skip": 0, "order": "dateAsc"}
    told = shop.ask("GET", "/api/v1/questions", query)
    return [one["id"] for one in told.document["data"]["questions"]]


def test_a_question_is_answered_by_a_patch(shop: Shop) -> None:
    item, other = shop.question(), shop.question()

    told = shop.reply(item, "Да, можно")

    assert (told.status, told.document["data"]) == (200, None)
    assert shop.read_question(item)["answer"]["text"] == "Да, можно"
    assert shop.read_question(item)["state"] == "wbRu"
    assert (listed(shop, answered=True), listed(shop, answered=False)) == ([item], [other])


def test_a_new_question_has_the_state_of_a_new_one_and_nanoseconds(shop: Shop) -> None:
    question = shop.read_question(shop.question(age=0.25))

    assert (question["state"], question["answer"]) == ("suppliersPortalSynch", None)
    assert question["createdDate"] == "2026-03-10T11:59:59.750000469Z"


def test_an_answer_to_a_question_is_overwritten_once_and_counted(shop: Shop) -> None:
    item = shop.question()

    statuses = [shop.reply(item, text).status for text in ("Первый", "Второй", "Третий")]

    entry = shop.entry(item)
    assert statuses == [200, 200, 422]
    assert (entry.answers, entry.visible) == (2, "Второй")
    assert [write.effect for write in entry.writes] == ["answer", "edit"]


def test_an_answer_to_a_question_is_final_after_sixty_days(shop: Shop) -> None:
    item = shop.question()
    shop.reply(item)

    shop.at += 60 * DAY

    assert shop.read_question(item)["answer"]["editable"] is False
    assert shop.reply(item).document["errorText"] == "Не удалось отредактировать вопрос"


def test_a_rejected_question_is_closed_and_shows_nothing(shop: Shop) -> None:
    item = shop.question()

    told = shop.reply(item, "Не по теме", state="none")

    entry = shop.entry(item)
    assert (told.status, shop.read_question(item)["state"]) == (200, "none")
    assert (entry.answers, entry.visible, entry.writes[0].effect) == (0, None, "reject")
    assert listed(shop, answered=False) == []


def test_viewing_is_no_answer(shop: Shop) -> None:
    item = shop.question()

    shop.ask("PATCH", "/api/v1/questions", body={"id": item, "wasViewed": True})

    assert shop.read_question(item)["wasViewed"] is True
    assert (shop.entry(item).answers, shop.entry(item).writes[0].effect) == (0, "view")


def test_an_answer_to_an_unknown_question_is_refused_and_noted(shop: Shop) -> None:
    told = shop.reply("AAAAAAAAAAAAAAAAAAAA", "Кому?")

    assert (told.status, told.document["errorText"]) == (404, "Не найден отзыв")
    assert [one.text for one in shop.replica.ledger(shop.at).unknown_writes] == ["Кому?"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": 5, "wasViewed": True},
        {"id": "x"},
        {"id": "x", "wasViewed": "yes"},
        {"id": "x", "answer": None, "state": "wbRu"},
        {"id": "x", "answer": {"text": ""}, "state": "wbRu"},
        {"id": "x", "answer": {"text": "ы" * 5001}, "state": "wbRu"},
        ["x"],
    ],
)
def test_a_malformed_patch_is_a_bad_request(shop: Shop, body: object) -> None:
    told = shop.ask("PATCH", "/api/v1/questions", body=body)

    assert (told.status, told.document["errorText"]) == (400, "Something went wrong")


@pytest.mark.parametrize(
    ("take", "skip", "status"), [(10_000, 0, 200), (10_000, 1, 400), (1, 9_999, 200), (1, 10_000, 400)]
)
def test_take_and_skip_of_questions_share_a_bound(shop: Shop, take: int, skip: int, status: int) -> None:
    told = shop.ask("GET", "/api/v1/questions", {"isAnswered": "false", "take": take, "skip": skip})

    assert told.status == status


def test_counts_of_questions(shop: Shop) -> None:
    shop.reply(shop.question())
    shop.question(age=3 * DAY)

    assert shop.ask("GET", "/api/v1/questions/count").document["data"] == 1
    assert shop.ask("GET", "/api/v1/questions/count-unanswered").document["data"] == {
        "countUnanswered": 1,
        "countUnansweredToday": 0,
    }


def pin(shop: Shop, item: str) -> Told:
    return shop.ask("POST", PINS, body=[{"pinMethod": "tariff", "pinOn": "nm", "feedbackId": item}])


def test_pinning_needs_a_subscription(shop: Shop) -> None:
    told = pin(shop, shop.review())

    assert (told.status, told.document["title"]) == (403, "no active subscription or tariff")


def test_a_pinned_review_is_listed_counted_and_unpinned() -> None:
    shop = Shop(options={"pins": "tariff", "burst": 100})
    item = shop.review()

    (pinned,) = pin(shop, item).document["data"]
    (again,) = pin(shop, item).document["data"]
    (missing,) = pin(shop, "nowhere").document["data"]
    listed = shop.ask("GET", PINS, {"state": "pinned"}).document["data"]
    limits = shop.ask("GET", f"{PINS}/limits").document["data"]
    gone = shop.ask("DELETE", PINS, body=[pinned["pinId"], 1]).document["data"]

    assert (pinned["isErrors"], again["errors"][0]["status"]) == (False, "alreadyPinned")
    assert missing["errors"][0]["status"] == "itemNotFound"
    assert [one["feedbackId"] for one in listed] == [item]
    assert (limits["tariff"]["used"], limits["subscription"]) == (1, None)
    assert (gone, shop.ask("GET", f"{PINS}/count").document["data"]) == ([pinned["pinId"]], 0)


def test_pins_are_read_by_pages() -> None:
    shop = Shop(options={"pins": "tariff", "burst": 100})
    first, second = (pin(shop, shop.review()).document["data"][0]["pinId"] for _ in "ab")

    page = shop.ask("GET", PINS, {"limit": 1}).document
    rest = shop.ask("GET", PINS, {"limit": 1, "next": page["next"]}).document

    assert [one["pinId"] for one in page["data"]] == [first]
    assert ([one["pinId"] for one in rest["data"]], "next" in rest) == ([second], False)


@pytest.mark.parametrize(
    ("method", "query", "body"),
    [
        ("GET", {"state": "lost"}, None),
        ("GET", {"pinOn": "lost"}, None),
        ("GET", {"limit": 501}, None),
        ("POST", {}, {"pinOn": "nm"}),
        ("POST", {}, [{"pinOn": "nm"}]),
        ("DELETE", {}, "x"),
    ],
)
def test_a_malformed_pin_request_is_refused(shop: Shop, method: str, query: dict[str, object], body: object) -> None:
    told = shop.ask(method, PINS, query, body)

    assert (told.status, told.document["origin"]) == (400, "pin-open-api")
