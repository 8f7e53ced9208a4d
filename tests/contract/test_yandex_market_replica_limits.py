"""Both limits of the Yandex.Market replica: hourly resources with their headers, and parallel requests."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from tests.support.sandbox import NOON, Told
from tests.support.yandex_shop import YandexShop

LIST, COMMENTS = "goods-feedback", "goods-feedback/comments"


def limited(told: Told) -> tuple[int, str, str]:
    headers = told.headers
    return told.status, headers["X-RateLimit-Resource-Limit"], headers["X-RateLimit-Resource-Remaining"]


def test_every_response_says_what_is_left() -> None:
    shop = YandexShop()

    told = [shop.of(LIST), shop.of(LIST), shop.of(LIST, query={"limit": 99}), shop.comment(1)]

    assert [limited(one) for one in told] == [
        (200, "5000", "4999"),
        (200, "5000", "4998"),
        (400, "5000", "4997"),
        (404, "1000", "999"),
    ]


def test_a_subscription_allows_more() -> None:
    shop = YandexShop(options={"subscription": True})

    assert limited(shop.of("goods-questions")) == (200, "5000", "4999")


def test_a_used_up_resource_comes_back_when_it_says() -> None:
    shop = YandexShop(options={"limits": {LIST: 2}})
    statuses = [shop.of(LIST).status for _ in range(2)]
    refused = shop.of(LIST)
    until = parsedate_to_datetime(refused.headers["X-RateLimit-Resource-Until"])

    shop.at = until.timestamp() - 1
    early = shop.of(LIST)
    shop.at = until.timestamp()
    late = shop.of(LIST)

    assert statuses == [200, 200]
    assert limited(refused) == (420, "2", "0")
    assert (
        refused.document["errors"][0]["message"]
        == "Hit rate limit of 2 requests per period for resource goods-feedback"
    )
    assert (until - NOON).total_seconds() == 3600
    assert (early.status, late.status) == (420, 200)


def test_the_date_is_the_documented_kind() -> None:
    told = YandexShop().of(LIST)

    assert told.headers["X-RateLimit-Resource-Until"] == "Tue, 10 Mar 2026 13:00:00 GMT"


def test_each_resource_has_a_limit_of_its_own() -> None:
    shop = YandexShop(options={"limits": {LIST: 1}, "period": 10})
    number = shop.review()
    shop.of(LIST)

    assert (shop.of(LIST).status, shop.of(COMMENTS, {"feedbackId": number}).status) == (420, 200)
    shop.at += 10
    assert shop.of(LIST).status == 200


def test_cabinets_do_not_share_their_limits() -> None:
    shop = YandexShop(options={"limits": {LIST: 1}})
    other = YandexShop(shop.replica, key="other", options={"limits": {LIST: 1}})

    assert [shop.of(LIST).status, other.of(LIST).status, shop.of(LIST).status] == [200, 200, 420]


def test_an_imposed_limit_lasts_as_long_as_it_says() -> None:
    shop = YandexShop()
    refused = shop.of(LIST, imposed={"too_many_requests": {"retry_after": 30}})
    again = shop.of(LIST)

    shop.at += 30

    assert [limited(refused), limited(again)] == [(420, "5000", "0")] * 2
    assert refused.headers["X-RateLimit-Resource-Until"] == "Tue, 10 Mar 2026 12:00:30 GMT"
    assert shop.of(LIST).status == 200


def test_a_fifth_request_at_the_same_time_is_refused_and_costs_nothing() -> None:
    shop = YandexShop(options={"seconds_per_request": 2})

    told = [shop.of(LIST) for _ in range(5)]
    shop.at += 2
    later = shop.of(LIST)

    assert [one.status for one in told] == [200, 200, 200, 200, 420]
    assert told[4].document["errors"][0]["message"] == "Hit rate limit of 4 parallel requests"
    assert limited(later) == (200, "5000", "4995")


def test_a_cabinet_may_allow_fewer_at_once() -> None:
    shop = YandexShop(options={"seconds_per_request": 2, "parallel": 2})

    assert [shop.of(LIST).status for _ in range(3)] == [200, 200, 420]
