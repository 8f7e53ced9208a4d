"""What the Yandex.Market replica refuses, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_service.ports.replica import SandboxAccount
from tests.support.sandbox import Told
from tests.support.yandex_shop import YandexShop

JSON = {"content-type": "application/json"}
LIST, COMMENTS, UPDATE = "goods-feedback", "goods-feedback/comments", "goods-feedback/comments/update"
DELETE, SKIP, QUESTIONS = "goods-feedback/comments/delete", "goods-feedback/skip-reaction", "goods-questions"


@pytest.fixture
def shop() -> YandexShop:
    return YandexShop()


def message(told: Told) -> str:
    assert told.document["status"] == "ERROR"
    error: dict[str, str] = told.document["errors"][0]
    assert error.keys() == {"code", "message"}
    return error["message"]


@pytest.mark.parametrize(
    ("headers", "status", "text"),
    [
        ({}, 401, "Credentials are not specified"),
        ({"authorization": "Basic eDp5"}, 401, "Authorization header has invalid syntax"),
        ({"authorization": "Bearer "}, 401, "Authorization header has invalid syntax"),
        ({"authorization": "Bearer y0_stranger"}, 403, "OAuth token is invalid"),
        ({"api-key": "nonsense"}, 401, "Api-Key token format invalid"),
        ({"api-key": f"ACME:{'a' * 48}:{'0' * 8}"}, 401, "Api-Key token prefix invalid"),
        ({"api-key": "ACMA:a:0"}, 401, "Api-Key token length invalid"),
        ({"api-key": f"ACMA:{'a' * 48}:{'0' * 8}"}, 401, "Api-Key token is invalid"),
    ],
)
def test_wrong_credentials_are_named(shop: YandexShop, headers: dict[str, str], status: int, text: str) -> None:
    told = shop.of(LIST, headers={**headers, **JSON})

    assert (told.status, message(told)) == (status, text)


def test_the_code_of_401_is_the_documented_one(shop: YandexShop) -> None:
    assert shop.of(LIST, headers={}).document["errors"][0]["code"] == "UNAUTHORIZED"


def test_an_oauth_token_may_do_all_but_look_at_itself() -> None:
    shop = YandexShop(options={"oauth": True})
    headers = {"authorization": f"Bearer {shop.credentials['oauth_token']}", **JSON}

    statuses = [shop.comment(shop.review(), headers=headers).status, shop.ask("/v2/auth/token", headers=headers).status]

    assert statuses == [200, 403]


def test_every_key_of_an_account_opens_it(shop: YandexShop) -> None:
    number, first = shop.review(), shop.credentials

    second = shop.replica.register(SandboxAccount("shop"), shop.at)

    assert second["business_id"] == first["business_id"]
    assert second["api_key"] != first["api_key"]
    assert shop.read(number)["feedbackId"] == number


def test_a_read_only_key_reads_and_does_not_write() -> None:
    shop = YandexShop(options={"read_only": True})
    number = shop.review()

    refused = [shop.comment(number), shop.delete(1), shop.of(SKIP, {"feedbackIds": [number]}), shop.answer(1)]

    scope = "Token does not have any of the scopes to access the API method"
    assert {(told.status, message(told)) for told in refused} == {(403, scope)}
    assert (shop.comments(number), shop.questions(), shop.effects(number)) == ([], [], [])


@pytest.mark.parametrize(
    ("scope", "reads", "writes"),
    [
        ("ALL_METHODS", 200, 200),
        ("COMMUNICATION", 200, 200),
        ("PRICING", 403, 403),
        ("ALL_METHODS_READ_ONLY", 200, 403),
    ],
)
def test_a_scope_allows_what_is_documented(scope: str, reads: int, writes: int) -> None:
    shop = YandexShop(options={"scope": scope})

    told = shop.ask("/v2/auth/token").document["result"]["apiKey"]

    assert told["authScopes"] == [scope]
    assert (shop.of(LIST).status, shop.comment(shop.review()).status) == (reads, writes)


def test_another_cabinets_business_is_refused(shop: YandexShop) -> None:
    other = YandexShop(shop.replica, key="other")

    refused = [shop.ask(f"/v2/businesses/{number}/goods-feedback") for number in (other.business, 5)]

    assert [(told.status, message(told)) for told in refused] == [(403, "Access denied")] * 2


def test_an_inactive_business_is_restricted() -> None:
    shop = YandexShop(options={"inactive": True, "business_id": 77})

    told = shop.of(LIST)

    assert (told.status, message(told)) == (403, "Restrict access for business '77' because it is not active")


def test_the_campaigns_name_the_business(shop: YandexShop) -> None:
    told = shop.ask("/v2/campaigns", method="GET")

    assert told.document["campaigns"][0]["business"] == {"id": int(shop.business), "name": "Ромашка"}


def test_product_names_are_found_by_offer(shop: YandexShop) -> None:
    number = shop.review(product="Кружка")
    shop.review(product="Плед")
    offer = shop.read(number)["identifiers"]["offerId"]

    told = shop.of("offer-mappings", {"offerIds": [offer]}).document["result"]["offerMappings"]

    assert [(one["offer"]["offerId"], one["offer"]["name"]) for one in told] == [(offer, "Кружка")]


@pytest.mark.parametrize("path", ["/v2/businesses/x/goods-feedback", "/v3/auth/token", "/", "/v2/goods-feedback"])
def test_an_unknown_path_is_not_found(shop: YandexShop, path: str) -> None:
    assert shop.ask(path).status == 404


def test_a_wrong_method_is_named(shop: YandexShop) -> None:
    told = shop.of(LIST, method="GET")

    assert (told.status, message(told)) == (405, "Request method 'GET' not supported")


def test_older_clients_leave_the_version_out(shop: YandexShop) -> None:
    assert shop.ask(f"/businesses/{shop.business}/goods-feedback").status == 200
    assert shop.ask(f"/businesses/{shop.business}/goods-questions").status == 404


@pytest.mark.parametrize(
    ("media", "raw", "status", "text"),
    [
        (None, b"{}", 415, "Missing Content-Type"),
        ("text/plain", b"{}", 415, "Content type 'text/plain' not supported"),
        ("application/json; charset=utf-8", b'{"feedbackId":', 400, "JSON: Unexpected character"),
        ("application/json", b"\xff", 400, "JSON: Unexpected character"),
        ("application/json", b"[]", 400, "JSON: Cannot deserialize value"),
        ("application/json", b"", 400, "Unexpected end of content"),
        ("application/json", b" " * (512 * 1024 + 1), 400, "The request is too big: 524289 bytes"),
    ],
)
def test_an_unreadable_body_is_explained(
    shop: YandexShop, media: str | None, raw: bytes, status: int, text: str
) -> None:
    headers = {"api-key": shop.credentials["api_key"], **({"content-type": media} if media else {})}

    told = shop.of(UPDATE, headers=headers, raw=raw)

    assert (told.status, message(told)) == (status, text)


@pytest.mark.parametrize(
    ("resource", "body", "text"),
    [
        (UPDATE, {"comment": {"text": "a"}}, "Missing field feedbackId"),
        (UPDATE, {"feedbackId": 1}, "Missing field comment"),
        (UPDATE, {"feedbackId": 1, "comment": {}}, "Missing field text"),
        (UPDATE, {"feedbackId": "1", "comment": {"text": "a"}}, "JSON: Cannot deserialize value of field feedbackId"),
        (UPDATE, {"feedbackId": True, "comment": {"text": "a"}}, "JSON: Cannot deserialize value of field feedbackId"),
        (COMMENTS, {}, "Missing field feedbackId"),
        (COMMENTS, {"feedbackId": 1, "commentIds": [1]}, "commentIds must not have other filters"),
        (COMMENTS, {"commentIds": list(range(51))}, "Length of commentIds (51) must be between 1 and 50"),
        (SKIP, {"feedbackIds": []}, "Collection of feedbackIds must not be empty"),
        (SKIP, {"feedbackIds": [1, 1]}, "JSON: Collection must not contain duplicates"),
        (SKIP, {}, "Missing field feedbackIds"),
        (DELETE, {}, "Missing field id"),
        (LIST, {"feedbackIds": [1], "reactionStatus": "ALL"}, "feedbackIds must not have other filters"),
        (LIST, {"reactionStatus": "SOME"}, "JSON: Cannot deserialize value of field reactionStatus"),
        (LIST, {"dateTimeFrom": "2026-03-01T00:00:00"}, "JSON: Cannot deserialize value of field dateTimeFrom"),
        (LIST, {"dateTimeTo": 5}, "JSON: Cannot deserialize value of field dateTimeTo"),
        (LIST, {"ratingValues": 5}, "JSON: Cannot deserialize value of field ratingValues"),
        (LIST, {"offerIds": [""]}, "Length of offerIds (0) must be between 1 and 255"),
        (LIST, {"paid": "no"}, "JSON: Cannot deserialize value of field paid"),
        (QUESTIONS, {"sort": "UP"}, "JSON: Cannot deserialize value of field sort"),
        (QUESTIONS, {"dateFrom": "soon"}, "JSON: Cannot deserialize value of field dateFrom"),
        (f"{QUESTIONS}/answers", {}, "Missing field questionId"),
        (f"{QUESTIONS}/update", {}, "Missing field operationType"),
        (f"{QUESTIONS}/update", {"operationType": "CREATE", "text": "a"}, "Missing field parentEntityId"),
    ],
)
def test_a_wrong_field_is_named(shop: YandexShop, resource: str, body: dict[str, Any], text: str) -> None:
    told = shop.of(resource, body)

    assert (told.status, message(told)) == (400, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"limit": 51}, "Limit exceeded"),
        ({"limit": 0}, "Value of limit (0) must be greater than or equal to 1"),
        ({"limit": "all"}, "JSON: Cannot deserialize value of field limit"),
        ({"pageToken": "x"}, "Value of field pageToken must match the pattern: 'page token of an earlier answer'"),
    ],
)
def test_a_wrong_page_is_refused(shop: YandexShop, query: dict[str, object], text: str) -> None:
    told = shop.of(LIST, query=query)

    assert (told.status, message(told)) == (400, text)


@pytest.mark.parametrize(("length", "status"), [(0, 400), (1, 200), (4096, 200), (4097, 400)])
def test_the_length_of_a_comment_is_bounded(shop: YandexShop, length: int, status: int) -> None:
    assert shop.comment(shop.review(), "ы" * length).status == status


def test_only_known_sources_are_taken(shop: YandexShop) -> None:
    statuses = [
        shop.comment(shop.review(), query={"sourceType": source}).status for source in ("SELLER", "ADVERTISER", "ME")
    ]

    assert statuses == [200, 200, 400]


@pytest.mark.parametrize(
    ("kind", "options", "status", "text"),
    [
        ("server_error", {}, 500, "Internal server error"),
        ("server_error", {"status": 503}, 503, "Service temporarily unavailable. Please, try again later"),
        ("unavailable", {}, 503, "Service temporarily unavailable. Please, try again later"),
        ("migration", {}, 423, "Business is in migration"),
        ("expire", {}, 401, "Api-Key token is revoked"),
        ("parallel", {}, 420, "Hit rate limit of 4 parallel requests"),
        (
            "too_many_requests",
            {},
            420,
            "Hit rate limit of 1000 requests per period for resource goods-feedback/comments/update",
        ),
    ],
)
def test_faults_are_played_in_the_platforms_words(
    shop: YandexShop, kind: str, options: dict[str, object], status: int, text: str
) -> None:
    number = shop.review()

    told = shop.comment(number, imposed={kind: options})

    assert (told.status, message(told)) == (status, text)
    assert shop.effects(number) == []


@pytest.mark.parametrize(
    ("method", "path", "writes"),
    [
        ("POST", "/v2/businesses/1/goods-feedback", False),
        ("POST", "/v2/businesses/1/goods-feedback/comments", False),
        ("POST", "/v2/businesses/1/goods-feedback/comments/update", True),
        ("POST", "/businesses/1/goods-feedback/comments/delete", True),
        ("POST", "/v2/businesses/1/goods-feedback/skip-reaction", True),
        ("POST", "/v1/businesses/1/goods-questions/answers", False),
        ("POST", "/v1/businesses/1/goods-questions/update", True),
        ("GET", "/cabinet/business/1/reviews/5", False),
        ("POST", "/cabinet/business/1/reviews/5", True),
    ],
)
def test_it_tells_which_calls_write(shop: YandexShop, method: str, path: str, writes: bool) -> None:
    assert shop.replica.writes(method, path) == writes


@pytest.mark.parametrize(
    "options",
    [
        {"colour": "red"},
        {"scope": "EVERYTHING"},
        {"name": 5},
        {"read_only": 1},
        {"parallel": "4"},
        {"period": -1},
        {"business_id": 0},
        {"business_id": 1.5},
        {"limits": 5},
        {"limits": {"chats": 5}},
        {"limits": {"campaigns": 0}},
    ],
)
def test_an_account_with_a_wrong_option_is_not_opened(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be|unknown option"):
        YandexShop(options=options)


def test_two_accounts_cannot_have_one_business(shop: YandexShop) -> None:
    with pytest.raises(ValueError, match="belongs to another"):
        YandexShop(shop.replica, key="other", options={"business_id": int(shop.business)})
