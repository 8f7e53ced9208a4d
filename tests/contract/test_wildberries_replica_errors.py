"""Every documented error body of the Wildberries replica, and the checks of its token."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from feedback_service.ports.replica import SandboxAccount
from tests.support.sandbox import Shop, Told

ANSWER = "/api/v1/feedbacks/answer"
PROBLEM = {"title", "detail", "code", "requestId", "origin", "status", "statusText", "timestamp"}
FREE: dict[str, object] = {"rate": 1e6, "burst": 1_000_000}


@pytest.fixture
def shop() -> Shop:
    return Shop()


def with_token(shop: Shop, value: str | None, path: str = "/api/v1/feedbacks/count") -> Told:
    return shop.ask("GET", path, headers={} if value is None else {"authorization": value})


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    document: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return document


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_a_token_is_taken_with_and_without_bearer(shop: Shop, prefix: str) -> None:
    assert with_token(shop, prefix + shop.token).status == 200


def test_a_missing_token_is_named(shop: Shop) -> None:
    told = with_token(shop, None)

    assert (told.status, told.headers["content-type"]) == (401, "application/problem+json")
    assert told.document.keys() == PROBLEM
    assert told.document["detail"] == "empty Authorization header"
    assert (told.document["status"], told.document["statusText"]) == (401, "Unauthorized")


def test_a_malformed_token_is_explained(shop: Shop) -> None:
    header, payload, signature = shop.token.split(".")
    broken = {
        "nonsense": "access token problem; token is malformed: token contains an invalid number of segments",
        f"!{header}.{payload}.{signature}": "access token problem; token is malformed: could not base64 decode "
        "header: illegal base64 data at input byte 0",
        f"{header}.{payload}.{signature[:84]}*": "token problem; token is malformed: could not base64 decode "
        "signature: illegal base64 data at input byte 84",
        f"{header}.{header}.{signature}": "access token problem; token signature is invalid",
        f"{header}.{payload}.{header}": "access token problem; token signature is invalid",
    }

    details = {token: with_token(shop, token).document["detail"] for token in broken}

    assert details == broken


def test_a_token_of_another_sandbox_is_a_stranger(shop: Shop) -> None:
    assert with_token(shop, Shop().token).status == 401


def test_a_token_ends(shop: Shop) -> None:
    shop.at += 180 * 86400

    told = with_token(shop, shop.token)

    assert told.status == 401
    assert told.document["detail"].endswith("token is expired")


def test_an_account_may_have_a_short_lived_token() -> None:
    shop = Shop(options={"expires_in": 60})
    shop.at += 60

    assert with_token(shop, shop.token).status == 401


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("basic", {"acc": 1, "t": False}),
        ("basic_secret", {"acc": 1, "t": False}),
        ("test", {"acc": 2, "t": True}),
        ("personal", {"acc": 3, "t": False, "for": "self"}),
        ("service", {"acc": 4, "t": False}),
    ],
)
def test_a_token_carries_the_claims_of_its_kind(kind: str, expected: Mapping[str, object]) -> None:
    read = claims(Shop(options={"kind": kind}).token)

    assert expected.items() <= read.items()
    assert (read["s"], len(read["sid"])) == (1 << 7, 36)
    assert str(read.get("for", "")).startswith("asid:") == (kind == "service")


@pytest.mark.parametrize(
    ("method", "path", "problem"),
    [
        ("GET", "/api/v1/feedbacks", False),
        ("GET", "/api/v1/questions", False),
        ("GET", "/api/v1/new-feedbacks-questions", False),
        ("PATCH", "/api/v1/questions", False),
        ("GET", "/ping", True),
        ("POST", ANSWER, True),
    ],
)
def test_a_token_of_another_category_is_forbidden(method: str, path: str, problem: bool) -> None:
    told = Shop(options={"category": 1}).ask(method, path)

    assert told.status == 403
    if problem:
        assert told.document.keys() == PROBLEM
    else:
        assert told.document["errorText"] == "Ошибка авторизации"


def test_a_read_only_token_reads_and_does_not_write() -> None:
    shop = Shop(options={"read_only": True, **FREE})
    item, question = shop.review(), shop.question()

    statuses = [shop.answer(item).status, shop.edit(item).status, shop.reply(question).status]

    assert statuses == [403, 403, 403]
    assert shop.ids() == [item]
    assert shop.entry(item).writes == ()


def test_a_test_token_sees_no_pins() -> None:
    shop = Shop(options={"kind": "test"})

    assert shop.ask("GET", "/api/feedbacks/v1/pins").status == 404
    assert shop.ask("GET", "/api/v1/feedbacks/count").status == 200


def test_an_unpaid_service_must_pay() -> None:
    told = Shop(options={"kind": "service", "unpaid": True}).ask("GET", "/ping")

    assert (told.status, told.headers["content-type"]) == (402, "application/problem+json")
    assert told.document.keys() == {"title", "detail"}


@pytest.mark.parametrize(
    ("headers", "raw", "detail"),
    [
        ({}, b"{}", "content-type header not specified"),
        ({"content-type": "u"}, b"{}", "content-type is not a valid mime-type: u"),
        ({"content-type": "application/javascript"}, b"{}", "not a json content-type: application/javascript"),
        ({"content-type": "application/json; charset=utf-8"}, b'{"id":', "Неверный синтаксис JSON"),
        ({"content-type": "application/json"}, b'{"id": 5, "text": "hello"}', "Неверный синтаксис JSON"),
        ({"content-type": "application/json"}, b"\xff\xfe", "Неверный синтаксис JSON"),
    ],
)
def test_a_malformed_answer_is_explained(shop: Shop, headers: dict[str, str], raw: bytes, detail: str) -> None:
    told = shop.ask("POST", ANSWER, headers={"authorization": shop.token, **headers}, raw=raw)

    assert told.status == 400
    assert told.document.keys() == {"title", "requestId", "origin", "detail"}
    assert (told.document["origin"], told.document["detail"]) == ("fbapi", detail)


@pytest.mark.parametrize(("length", "status"), [(1, 400), (2, 204), (5000, 204), (5001, 400)])
def test_the_length_of_an_answer_is_bounded(shop: Shop, length: int, status: int) -> None:
    assert shop.answer(shop.review(), "ы" * length).status == status


@pytest.mark.parametrize(
    ("path", "query", "status", "text"),
    [
        ("feedbacks", {}, 400, "Something went wrong"),
        ("feedbacks", {"isAnswered": "maybe", "take": 1, "skip": 0}, 400, "Something went wrong"),
        ("feedbacks", {"isAnswered": "false", "take": 5001, "skip": 0}, 400, "Something went wrong"),
        ("feedbacks", {"isAnswered": "false", "take": 0, "skip": 0}, 400, "Something went wrong"),
        ("feedbacks", {"isAnswered": "false", "take": 1, "skip": 199991}, 400, "Something went wrong"),
        ("feedbacks", {"isAnswered": "false", "take": 1, "skip": -1}, 400, "Something went wrong"),
        ("feedbacks", {"isAnswered": "false", "take": 1, "skip": 0, "order": "up"}, 400, "Something went wrong"),
        ("feedbacks", {"isAnswered": "false", "take": 1, "skip": 0, "nmId": "x"}, 400, "Something went wrong"),
        ("feedbacks", {"isAnswered": "false", "take": 1, "skip": 0, "dateTo": "x"}, 400, "Something went wrong"),
        ("questions", {"take": 1, "skip": 0}, 400, "Something went wrong"),
        ("feedbacks/count", {"isAnswered": "maybe"}, 400, "Плохой формат isAnswered"),
        ("feedbacks/count", {"dateFrom": "2026-01-01"}, 400, "Плохой формат dateFrom"),
        ("questions/count", {"dateTo": "soon"}, 400, "Плохой формат dateTo"),
        ("feedback", {}, 422, "Невозможно получить отзыв по id"),
        ("feedback", {"id": "nothing"}, 422, "Невозможно получить отзыв по id"),
        ("question", {"id": "nothing"}, 422, "Невозможно получить вопрос по id"),
        ("feedbacks/archive", {"take": 1}, 400, "Something went wrong"),
        ("feedbacks/archive", {"take": 5001, "skip": 0}, 422, "Не удалось получить архивные отзывы по фильтру"),
    ],
)
def test_a_wrong_parameter_is_refused_in_the_old_envelope(
    shop: Shop, path: str, query: dict[str, object], status: int, text: str
) -> None:
    told = shop.ask("GET", f"/api/v1/{path}", query)

    assert (told.status, told.document["errorText"]) == (status, text)
    assert told.document.keys() == {"data", "error", "errorText", "additionalErrors", "requestId"}
    assert (told.document["data"], told.document["error"]) == (None, True)


@pytest.mark.parametrize(
    ("raw", "status", "text"),
    [
        (b"not json", 400, "failed to decode JSON request."),
        (b"{}", 400, "Неправильный id в запросе"),
        (b'{"feedbackId": "nothing"}', 400, "Не удалось получить отзыв"),
    ],
)
def test_a_wrong_return_is_refused(shop: Shop, raw: bytes, status: int, text: str) -> None:
    told = shop.ask("POST", "/api/v1/feedbacks/order/return", raw=raw)

    assert (told.status, told.document["errorText"]) == (status, text)


def test_goods_of_a_happy_customer_cannot_be_returned(shop: Shop) -> None:
    told = shop.ask("POST", "/api/v1/feedbacks/order/return", body={"feedbackId": shop.review(rating=5)})

    assert (told.status, told.document["errorText"]) == (422, "Запрос на возврат покупок недоступен")


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v1/supplier-valuations"), ("PUT", ANSWER), ("GET", "/")])
def test_an_unknown_path_or_method_is_not_found(shop: Shop, method: str, path: str) -> None:
    told = shop.ask(method, path)

    assert (told.status, told.document["title"]) == (404, "path not found")


@pytest.mark.parametrize(
    ("kind", "options", "status"),
    [
        ("server_error", {"status": 503}, 503),
        ("expire", {}, 401),
        ("payment_required", {}, 402),
        ("too_many_requests", {"retry_after": 7}, 429),
    ],
)
def test_faults_are_played_in_the_platforms_words(
    shop: Shop, kind: str, options: dict[str, object], status: int
) -> None:
    told = shop.answer(shop.review(), imposed={kind: options})

    assert (told.status, told.headers["content-type"]) == (status, "application/problem+json")
    assert all(entry.writes == () for entry in shop.replica.ledger(shop.at).entries)


@pytest.mark.parametrize(
    "options",
    [{"kind": "golden"}, {"colour": "red"}, {"rate": "fast"}, {"read_only": 1}, {"pins": "yes"}, {"burst": True}],
)
def test_an_account_with_a_wrong_option_is_not_opened(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be|unknown option"):
        Shop(options=options)


def test_a_second_token_of_an_account_sees_the_same_items(shop: Shop) -> None:
    item = shop.review()

    shop.token = shop.replica.register(SandboxAccount("shop", {"kind": "service"}), shop.at)["token"]

    assert shop.ids() == [item]
