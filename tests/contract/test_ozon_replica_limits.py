"""The request budget of the Ozon replica, by a clock moved by hand, and the shapes of its 429."""

from __future__ import annotations

import pytest

from tests.support.ozon_replica import OzonShop

COUNT = "/v2/review/count"


def limited(**options: object) -> OzonShop:
    shop = OzonShop()
    shop.reopen(options)
    return shop


def calls(shop: OzonShop, times: int) -> list[int]:
    return [shop.ask(COUNT).status for _ in range(times)]


def test_fifty_calls_go_at_once_and_fifty_more_each_second() -> None:
    shop = limited()

    at_once = calls(shop, 51)
    shop.at += 1
    a_second_later = calls(shop, 51)

    assert at_once == a_second_later == [200] * 50 + [429]


def test_all_methods_share_the_budget_of_a_client() -> None:
    shop, other = limited(burst=2), OzonShop(key="other")

    paths = (COUNT, "/v1/question/count", "/v1/roles")

    assert [shop.ask(path).status for path in paths] == [200, 200, 429]
    assert other.ask(COUNT).status == 200


def test_two_keys_of_a_client_share_one_budget() -> None:
    shop = limited(burst=2)
    first = shop.credentials
    shop.reopen({"burst": 2})
    second = shop.credentials

    seen = []
    for shop.credentials in (first, second, first):
        seen += calls(shop, 1)

    assert (first != second, seen) == (True, [200, 200, 429])


def test_a_429_has_the_observed_body_and_headers() -> None:
    shop = limited(rate=0.5, burst=1)
    calls(shop, 1)

    told = shop.ask(COUNT)

    assert told.document == {"code": 8, "message": "You have reached request rate limit per second", "details": []}
    assert (told.headers["ratelimit-remaining"], told.headers["retry-after"]) == ("0", "2")


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        ({"variant": "second"}, 8, "You have reached request rate limit per second"),
        ({"variant": "method"}, 8, "rate limit exceeded for `seller-api` client, current max rate per sec.: 2"),
        (
            {"variant": "operation", "retry_after": 120},
            "RESOURCE_EXHAUSTED",
            "You have reached operation items limits. Retry after 120 seconds",
        ),
    ],
)
def test_a_429_comes_in_three_wordings(options: dict[str, object], code: object, text: str) -> None:
    told = OzonShop().ask(COUNT, imposed={"too_many_requests": options})

    assert (told.status, told.document["code"], told.document["message"]) == (429, code, text)


def test_a_429_of_before_autumn_has_no_headers() -> None:
    told = OzonShop().ask(COUNT, imposed={"too_many_requests": {"headers": False}})

    assert not {"retry-after", "ratelimit-remaining"} & told.headers.keys()


def test_the_circle_is_open() -> None:
    told = OzonShop().ask(COUNT, imposed={"circle_open": {}})

    assert (told.status, told.document["message"]) == (429, "Circle is open")
    assert "retry-after" not in told.headers


def test_a_refused_write_is_not_written() -> None:
    shop = limited(burst=1)
    review = shop.review()
    calls(shop, 1)

    assert (shop.comment(review).status, shop.effects(review)) == (429, [])
