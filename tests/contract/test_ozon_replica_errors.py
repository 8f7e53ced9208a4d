"""How the Ozon replica refuses: keys, roles, subscriptions, versions, requests that are not valid."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_service.platforms.ozon.replica import gateway
from feedback_service.ports.replica import SandboxAccount
from tests.support.ozon_replica import FREE, OzonShop

ROLES = "/v1/roles"
COUNT = "/v2/review/count"
NO_SUBSCRIPTION = "rpc error: code = PermissionDenied desc = not available with existing subscription"


def valid(shop: OzonShop) -> dict[str, Any]:
    """A request of every method that would succeed, but for its subscription."""
    review, question = shop.review(), shop.question()
    review_id, question_id, sku = {"review_id": review}, {"question_id": question}, {"sku": shop.sku(question)}
    marks = {"review_ids": [review], "status": "PROCESSED"}
    return {
        "/v2/review/list": {"limit": 20},
        "/v2/review/info": review_id,
        "/v2/review/count": None,
        "/v2/review/change-status": marks,
        "/v2/review/comment/delete": {"comment_id": "x", **sku},
        "/v1/review/list": {"limit": 20},
        "/v1/review/info": review_id,
        "/v1/review/count": {},
        "/v1/review/change-status": marks,
        "/v1/review/comment/delete": {"comment_id": "x"},
        "/v1/review/comment/create": {**review_id, "text": "Спасибо"},
        "/v1/review/comment/list": {**review_id, "limit": 20},
        "/v1/question/list": {},
        "/v1/question/info": question_id,
        "/v1/question/count": None,
        "/v1/question/change-status": {"question_ids": [question], "status": "VIEWED"},
        "/v1/question/top-sku": {"limit": 5},
        "/v1/question/answer/create": {**question_id, **sku, "text": "Да"},
        "/v1/question/answer/list": {**question_id, **sku},
        "/v1/question/answer/delete": {"answer_id": "x", **sku},
        "/v3/product/info/list": {"sku": [str(sku["sku"])]},
        ROLES: {},
    }


def test_roles_tell_what_the_key_may_and_until_when() -> None:
    shop = OzonShop(options={"roles": ["Question"], "expires_in": 86400})

    told = shop.ask(ROLES)

    assert told.document["expires_at"] == "2026-03-11T12:00:00Z"
    (role,) = told.document["roles"]
    assert (role["name"], "/v1/question/list" in role["methods"]) == ("Question", True)
    assert "/v2/review/list" not in role["methods"]


@pytest.mark.parametrize("header", ["client-id", "api-key"])
def test_both_headers_are_needed(header: str) -> None:
    told = OzonShop().ask(ROLES, headers={header: None})

    assert (told.status, told.document["code"]) == (401, 16)


@pytest.mark.parametrize("wrong", ["unknown key", "key of another client", "unknown client"])
def test_a_wrong_pair_is_an_invalid_key(wrong: str) -> None:
    shop = OzonShop()
    other = OzonShop(shop.replica, "other")
    headers = {
        "unknown key": {"api-key": "nonsense"},
        "key of another client": {"api-key": other.credentials["api_key"]},
        "unknown client": {"client-id": "1"},
    }[wrong]

    told = shop.ask(ROLES, headers=headers)

    assert told.document["message"] == "Invalid Api-Key, please check the key and try again"
    assert (told.status, told.document["code"]) == (404, 5)


def test_a_key_ends_and_can_be_taken_away() -> None:
    late, dead, expiring = OzonShop(options={"expires_in": 60}), OzonShop(options={"deactivated": True}), OzonShop()
    late.at += 60

    told = [late.ask(ROLES), dead.ask(ROLES), expiring.ask(ROLES, imposed={"expire": {}})]

    assert [one.status for one in told] == [403] * 3
    assert {one.document["message"] for one in told} == {
        "Api-key is deactivated, use another one or generate a new one"
    }


def test_a_further_key_does_not_end_the_first() -> None:
    shop = OzonShop()
    first = shop.credentials["api_key"]

    second = shop.replica.register(SandboxAccount("shop", FREE), shop.at)["api_key"]

    assert first != second
    assert [shop.ask(ROLES, headers={"api-key": key}).status for key in (first, second)] == [200, 200]


def test_a_role_that_is_missing_is_named() -> None:
    shop = OzonShop(options={"roles": ["Question"]})

    refused, allowed = shop.ask(COUNT), shop.ask("/v1/question/count")
    imposed = shop.ask("/v1/question/count", imposed={"no_role": {}})

    assert allowed.status == 200
    for told in (refused, imposed):
        assert (told.status, told.document["code"]) == (403, 7)
        assert told.document["message"] == "Api-Key is missing a required role for a method"


@pytest.mark.parametrize(
    ("options", "closed"), [({"reviews": False}, "/review/"), ({"questions": False}, "/question/")]
)
def test_every_method_of_a_section_needs_the_subscription(options: dict[str, object], closed: str) -> None:
    shop = OzonShop(options=options)
    requests = valid(shop)
    assert requests.keys() == gateway.ROUTES.keys()

    told = {path: shop.ask(path, body) for path, body in requests.items()}

    for path, one in told.items():
        if closed in path:
            assert (path, one.status, one.document["code"]) == (path, 403, 7)
            assert one.document["message"].endswith(NO_SUBSCRIPTION)
            assert one.document["details"] == ("" if "/question/" in path else [])
        else:
            assert one.status != 403
    assert shop.replica.ledger(shop.at).unknown_writes == ()


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("/v1/review/list", "Implementation.ReviewList: ReviewList error: "),
        ("/v2/review/list", "i.service.ReviewInfoV2: ReviewListV2 s.CheckSellerReviewAccess: "),
        ("/v1/review/comment/create", "failed to create comment, error: CommentCreate error: "),
    ],
)
def test_the_text_without_a_subscription_is_as_it_was_seen(path: str, begins: str) -> None:
    shop = OzonShop(options={"reviews": False})

    told = shop.ask(path, valid(shop)[path])

    assert told.document["message"] == begins + NO_SUBSCRIPTION


def test_a_subscription_can_run_out_for_one_call() -> None:
    told = OzonShop().ask(COUNT, imposed={"no_subscription": {}})

    assert (told.status, told.document["code"]) == (403, 7)


def test_the_request_is_looked_at_before_the_subscription() -> None:
    shop = OzonShop(options={"reviews": False})

    assert [shop.ask("/v2/review/list", {"limit": limit}).status for limit in (19, 20)] == [400, 403]


def test_a_version_that_is_closed_is_not_found() -> None:
    old, new = OzonShop(options={"v1": False}), OzonShop(options={"v2": False})

    assert old.ask("/v1/review/list", {"limit": 20}).document == b"404 page not found"
    assert new.ask("/v2/review/list", {"limit": 20}).document == b"404 page not found"
    assert [old.ask("/v2/review/count").status, new.ask("/v1/review/count").status] == [200, 200]
    assert [shop.comment(shop.review()).status for shop in (old, new)] == [200, 200]


@pytest.mark.parametrize(("method", "path"), [("POST", "/v3/review/list"), ("GET", "/v2/review/list"), ("POST", "/")])
def test_what_the_api_does_not_have_is_text(method: str, path: str) -> None:
    told = OzonShop().ask(path, {}, method=method)

    assert (told.status, told.document) == (404, b"404 page not found")
    assert told.headers["content-type"].startswith("text/plain")


def test_an_unknown_review_is_not_found() -> None:
    told = OzonShop().ask("/v2/review/info", {"review_id": "nothing"})

    assert (told.status, told.document) == (404, {"code": 5, "message": "review not found", "details": []})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v2/review/list", {}),
        ("/v2/review/list", {"limit": 19}),
        ("/v2/review/list", {"limit": 101}),
        ("/v2/review/list", {"limit": True}),
        ("/v2/review/list", {"limit": 20, "last_id": "nothing"}),
        ("/v2/review/list", {"limit": 20, "sort_dir": "UP"}),
        ("/v2/review/list", {"limit": 20, "filters": []}),
        ("/v2/review/list", {"limit": 20, "filters": {"status": "UNPROCESSED"}}),
        ("/v2/review/list", {"limit": 20, "filters": {"skus": ["a"]}}),
        ("/v2/review/list", {"limit": 20, "filters": {"skus": ["1"] * 1001}}),
        ("/v2/review/list", {"limit": 20, "filters": {"published_from": "yesterday"}}),
        ("/v1/review/list", {"limit": 20, "status": "NEW"}),
        ("/v2/review/info", {}),
        ("/v2/review/change-status", {"review_ids": [], "status": "NEW"}),
        ("/v2/review/change-status", {"review_ids": ["x"] * 101, "status": "NEW"}),
        ("/v2/review/change-status", {"review_ids": ["x"]}),
        ("/v1/review/comment/create", {"review_id": "x"}),
        ("/v1/review/comment/create", {"review_id": "x", "text": " "}),
        ("/v1/review/comment/create", {"review_id": "x", "text": "ы" * 2001}),
        ("/v1/review/comment/list", {"review_id": "x", "limit": 5}),
        ("/v1/review/comment/list", {"limit": 20}),
        ("/v2/review/comment/delete", {"comment_id": "x"}),
        ("/v1/question/list", {"limit": 101}),
        ("/v1/question/list", {"last_id": "nothing"}),
        ("/v1/question/answer/create", {"question_id": "x", "sku": 1, "text": "Я"}),
        ("/v1/question/answer/create", {"question_id": "x", "sku": 1, "text": "ы" * 3001}),
        ("/v1/question/answer/create", {"question_id": "x", "text": "Да"}),
        ("/v1/question/answer/list", {"question_id": "x"}),
        ("/v1/question/answer/delete", {"answer_id": "x"}),
        ("/v1/question/change-status", {"question_ids": [], "status": "NEW"}),
        ("/v1/question/top-sku", {"limit": 0}),
        ("/v3/product/info/list", {}),
    ],
)
def test_a_wrong_request_is_refused_and_writes_nothing(path: str, body: object) -> None:
    shop = OzonShop()

    told = shop.ask(path, body)

    assert (told.status, told.document["code"], told.document["message"]) == (400, 3, "Request validation error")
    assert shop.replica.ledger(shop.at).unknown_writes == ()


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b"null"])
def test_a_body_that_is_no_object_is_refused(raw: bytes) -> None:
    assert OzonShop().ask("/v2/review/list", raw=raw).status == 400


def test_an_error_code_may_be_a_name() -> None:
    told = OzonShop(options={"string_code": True}).ask("/v2/review/list", {})

    assert told.document["code"] == "INVALID_ARGUMENT"


def test_a_server_error_is_played_in_ozons_words() -> None:
    told = OzonShop().ask(COUNT, imposed={"server_error": {"status": 502}})

    assert (told.status, told.document["message"]) == (502, "Internal error")


@pytest.mark.parametrize(
    "option", [{"rates": 1}, {"rate": "1"}, {"burst": 0}, {"reviews": 1}, {"roles": ["King"]}, {"spec": "2020-01"}]
)
def test_an_option_that_is_not_understood_is_named(option: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(option))):
        OzonShop(options=option)
