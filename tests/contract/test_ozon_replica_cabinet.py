"""The JSON calls of the Ozon replica's cabinet, and what it shares with the API."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_service.ports.replica import ReplicaRequest
from tests.support.ozon_replica import OzonShop, Told

CREATE = "review/comment/create"


@pytest.fixture
def shop() -> OzonShop:
    return OzonShop()


def write(shop: OzonShop, review: str, text: str = "Спасибо!", **more: Any) -> Told:
    return shop.click(CREATE, {"review_uuid": review, "text": text, "parent_comment_id": 0}, **more)


def comments(shop: OzonShop, review: str) -> Any:
    return shop.click("review/comment/list", {"review_uuid": review}).document["result"]


def test_three_lists_show_the_same_reviews(shop: OzonShop) -> None:
    item = shop.review("Хорошая", pros="Лёгкая", author="Вера", rating=4)

    old, new, numbered = (
        shop.click(path).document["result"][0] for path in ("v3/review/list", "v4/review/list", "review/list")
    )

    assert old["uuid"] == new["uuid"] == numbered["uuid"] == item
    assert old["text"] == {"positive": "Лёгкая", "negative": "", "comment": "Хорошая"}
    assert (old["author_name"], old["product"]["title"], old["interaction_status"]) == ("Вера", "Кружка", "NOT_VIEWED")
    assert (new["text"], new["comments_count"], "author_name" in new) == ("Лёгкая\nХорошая", 0, False)
    assert old["id"] != old["uuid"]


def test_lists_are_walked_by_their_last_row() -> None:
    shop = OzonShop(options={"cabinet_page": 2})
    items = [shop.review(age=age) for age in range(3)]

    def rows(path: str, **fields: object) -> Any:
        return shop.click(path, fields).document

    first = rows("v4/review/list", last_review=None)
    second = rows("v4/review/list", last_review=first["last_review"])
    old = rows("v3/review/list")
    rest = rows("v3/review/list", pagination_last_uuid=old["pagination_last_uuid"])
    numbered = rows("review/list", page=2, pageSize=2)

    assert [one["uuid"] for one in [*first["result"], *second["result"]]] == items
    assert [one["uuid"] for one in [*old["result"], *rest["result"]]] == items
    assert (first["hasNext"], second["hasNext"], rest["hasNext"]) == (True, False, False)
    assert ([one["uuid"] for one in numbered["result"]], numbered["page_count"]) == (items[2:], 2)


def test_a_list_is_narrowed_by_status(shop: OzonShop) -> None:
    new, done = shop.review(), shop.review()
    write(shop, done)

    def uuids(*statuses: str) -> list[str]:
        told = shop.click("v4/review/list", {"filter": {"interaction_status": list(statuses), "published_at": {}}})
        return [one["uuid"] for one in told.document["result"]]

    assert (uuids("NOT_VIEWED"), uuids("PROCESSED"), len(uuids("ALL"))) == ([new], [done], 2)
    assert shop.click("review/counter").document["items"] == {"NOT_VIEWED": 1, "VIEWED": 0, "PROCESSED": 1}


def test_cabinet_and_api_are_one_state(shop: OzonShop) -> None:
    item, question = shop.review(), shop.question()

    write(shop, item, "Из кабинета")
    shop.click("v1/create-answer", {"question_id": question, "questionId": question, "text": "Из кабинета"})

    assert [one["text"] for one in shop.comments(item)] == ["Из кабинета"]
    assert [one["text"] for one in shop.answers(question)] == ["Из кабинета"]
    assert (shop.read(item)["status"], shop.read_question(question)["status"]) == ("PROCESSED", "PROCESSED")
    assert [shop.entry(one).answers for one in (item, question)] == [1, 1]


def test_a_second_comment_is_a_second_answer(shop: OzonShop) -> None:
    item = shop.review()

    assert [write(shop, item).document, write(shop, item).document] == [{"result": True}] * 2
    assert (shop.entry(item).answers, len(comments(shop, item))) == (2, 2)


def test_the_cabinet_shows_what_waits_and_what_was_declined(shop: OzonShop) -> None:
    item = shop.review()

    write(shop, item, imposed={"moderate": {"verdict": "reject", "delay": 30, "reason": "Есть ссылка"}})
    before = comments(shop, item)[0]["status_publication"]
    shop.at += 30

    (after,) = comments(shop, item)
    assert (before, after["status_publication"]) == ("AWAITING_MODERATION", "MODERATION_FAILED")
    assert after["deviation_reason"] == "Есть ссылка"


def test_a_swallowed_reply_is_accepted_and_not_there(shop: OzonShop) -> None:
    item, question = shop.review(), shop.question()

    told = write(shop, item, imposed={"swallow": {}})
    answered = shop.click("v1/create-answer", {"question_id": question, "text": "Да"}, imposed={"swallow": {}})

    assert (told.status, told.document, answered.status) == (200, {"result": True}, 200)
    assert (comments(shop, item), shop.answers(question)) == ([], [])
    assert (shop.read(item)["status"], shop.entry(item).answers) == ("NEW", 0)
    assert (shop.effects(item), shop.effects(question)) == (["ignored"], ["ignored"])


def test_own_replies_are_taken_back(shop: OzonShop) -> None:
    item, question = shop.review(), shop.question()
    write(shop, item)
    shop.click("v1/create-answer", {"question_id": question, "text": "Да"})
    answer = shop.click("v1/answer-list", {"question_id": question}).document["result"][0]["id"]

    told = [
        shop.click("review/comment/delete", {"comment_uuid": comments(shop, item)[0]["uuid"]}),
        shop.click("v1/delete-answer", {"answer_id": answer}),
    ]

    assert [one.document for one in told] == [{"result": True}] * 2
    assert [shop.entry(one).answers for one in (item, question)] == [0, 0]
    assert shop.effects(item) == shop.effects(question) == ["answer", "retract"]


def test_the_number_of_a_review_is_not_its_uuid(shop: OzonShop) -> None:
    shop.review()
    number = str(shop.click("v3/review/list").document["result"][0]["id"])

    told = write(shop, number)

    assert (told.status, len(shop.replica.ledger(shop.at).unknown_writes)) == (404, 1)


def test_statuses_are_changed_in_the_cabinet(shop: OzonShop) -> None:
    item = shop.review()
    change = [{"review_uuid": item, "interaction_status": "VIEWED"}]

    told = shop.click("v2/review/change-interaction-status", {"review_status_list": change})
    many = shop.click("v2/review/change-interaction-status", {"review_status_list": change * 51})

    assert (told.status, many.status, shop.read(item)["status"]) == (200, 400, "VIEWED")


def test_questions_are_walked_until_zero() -> None:
    shop = OzonShop(options={"cabinet_page": 2})
    items = [shop.question(age=age, author="Вера") for age in range(3)]

    first = shop.click("v1/question-list", {"filter": {"status": "NEW"}, "pagination_last_id": "0"}).document
    second = shop.click("v1/question-list", {"pagination_last_id": first["pagination_last_id"]}).document

    assert [one["id"] for one in [*first["result"], *second["result"]]] == items
    assert (first["pagination_last_id"], second["pagination_last_id"]) == (items[1], "0")
    assert (first["result"][0]["author"]["name"], first["result"][0]["product"]["title"]) == ("Вера", "Кружка")
    assert shop.click("v1/get-new-question-counter").document == {"result": 3}
    assert shop.click("v1/question-counter").document["result"]["ALL"] == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-o3-company-id", None),
        ("x-o3-company-id", "1"),
        ("x-o3-app-name", None),
        ("x-o3-language", None),
        ("x-o3-page-type", "question"),
        ("content-type", "text/plain"),
    ],
)
def test_the_headers_of_the_page_are_needed(shop: OzonShop, name: str, value: str | None) -> None:
    item = shop.review()

    told = write(shop, item, headers={name: value})

    assert (told.status, list(told.document), shop.effects(item)) == (403, ["message"], [])


@pytest.mark.parametrize(("company", "status"), [("1", 403), (None, 400)])
def test_the_company_in_the_body_must_be_ours(shop: OzonShop, company: str | None, status: int) -> None:
    item = shop.review()

    told = shop.click(CREATE, {"review_uuid": item, "text": "Да", "company_id": company})

    assert (told.status, shop.effects(item)) == (status, [])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (CREATE, {"review_uuid": "", "text": "Да"}, 400),
        (CREATE, {"review_uuid": "x", "text": " "}, 400),
        ("v1/create-answer", {"question_id": "x", "questionId": "y", "text": "Да"}, 400),
        ("v1/create-answer", {"question_id": "x", "text": "Я"}, 400),
        ("v1/create-answer", {"question_id": "x", "text": "Да"}, 404),
        ("review/comment/delete", {"comment_uuid": "x"}, 404),
        ("v4/review/list", {"filter": {"interaction_status": ["NEW"]}}, 400),
        ("v4/review/list", {"last_review": {"uuid": "x"}}, 400),
        ("v9/review/list", {}, 404),
    ],
)
def test_a_wrong_call_is_refused(shop: OzonShop, path: str, body: dict[str, object], status: int) -> None:
    assert shop.click(path, body).status == status


def test_subscriptions_do_not_matter_in_the_cabinet() -> None:
    shop = OzonShop(options={"reviews": False, "questions": False})

    assert [shop.click(path).status for path in ("v4/review/list", "v1/question-list")] == [200, 200]


def test_without_a_session_calls_are_401_and_pages_are_redirected(shop: OzonShop) -> None:
    call, page = (
        ReplicaRequest("POST", f"/cabinet{path}", shop.at) for path in ("/api/v4/review/list", "/app/reviews")
    )

    refused = shop.replica.signed_out(call)

    assert refused is not None
    assert refused.status == 401
    assert shop.replica.signed_out(page) is None
    assert shop.click("v4/review/list", signed_in=None).status == 401


def test_the_account_behind_a_request_is_known(shop: OzonShop) -> None:
    cabinet = ReplicaRequest("GET", "/cabinet/app/reviews", shop.at, signed_in="shop")
    headers = {"client-id": shop.credentials["client_id"], "api-key": shop.credentials["api_key"]}

    seen = [
        shop.replica.account_of(request)
        for request in (
            cabinet,
            ReplicaRequest("POST", "/v1/roles", shop.at, headers=headers),
            ReplicaRequest("POST", "/v1/roles", shop.at, headers={**headers, "api-key": "x"}),
        )
    ]

    assert seen == ["shop", "shop", None]


def test_pages_name_their_company_and_lead_home(shop: OzonShop) -> None:
    reviews, questions = shop.look("/cabinet/app/reviews"), shop.look("/cabinet/app/reviews/questions")

    assert (reviews.status, questions.status, shop.look("/cabinet/app/nothing").status) == (200, 200, 404)
    assert f'data-company-id="{shop.credentials["company_id"]}"' in reviews.body.decode()
    assert 'data-page="questions"' in questions.body.decode()
    assert shop.look("/cabinet/static/cabinet.js").headers["content-type"].startswith("text/javascript")
    assert shop.look("/cabinet/").headers["location"] == "app/reviews"


def test_faults_of_the_server_are_played_in_the_cabinet(shop: OzonShop) -> None:
    limited = shop.click("v4/review/list", imposed={"too_many_requests": {"retry_after": 7}})
    broken = shop.click("v4/review/list", imposed={"server_error": {}})

    assert (limited.status, limited.headers["retry-after"], broken.status) == (429, "7", 500)
