"""The request budget of the Wildberries replica, by a clock moved by hand."""

from __future__ import annotations

import pytest

from feedback_service.ports.replica import SandboxAccount
from tests.support.sandbox import Shop, Told

COUNT = "/api/v1/feedbacks/count"


def calls(shop: Shop, times: int) -> list[int]:
    return [shop.ask("GET", COUNT).status for _ in range(times)]


@pytest.mark.parametrize("kind", ["personal", "service", "basic_secret", "test"])
def test_six_calls_go_at_once_and_three_more_each_second(kind: str) -> None:
    shop = Shop(options={"kind": kind})

    at_once = calls(shop, 7)
    each_second = []
    for _ in range(30):
        shop.at += 1
        each_second += calls(shop, 4)

    assert at_once == [200] * 6 + [429]
    assert each_second == ([200] * 3 + [429]) * 30


def test_a_call_comes_back_each_third_of_a_second() -> None:
    shop = Shop(options={})
    calls(shop, 6)

    seen = []
    for _ in range(30):
        shop.at += 1 / 3
        seen += calls(shop, 1)

    assert seen == [200] * 30


def test_a_basic_token_has_one_call_and_one_more_each_twelve_minutes() -> None:
    shop = Shop(options={"kind": "basic"})

    seen = calls(shop, 2)
    shop.at += 12 * 60 - 1
    seen += calls(shop, 1)
    shop.at += 1
    seen += calls(shop, 2)

    assert seen == [200, 429, 429, 200, 429]


def test_the_burst_does_not_grow_beyond_its_size() -> None:
    shop = Shop(options={})
    calls(shop, 1)

    shop.at += 3600

    assert calls(shop, 7) == [200] * 6 + [429]


def test_what_is_left_stands_on_every_answer_except_429() -> None:
    shop = Shop(options={})

    told = [shop.ask("GET", COUNT, {"isAnswered": "maybe"}) for _ in range(6)]
    refused = shop.ask("GET", COUNT)

    assert [(one.status, one.headers["X-Ratelimit-Remaining"]) for one in told] == [
        (400, str(left)) for left in (5, 4, 3, 2, 1, 0)
    ]
    assert "X-Ratelimit-Remaining" not in refused.headers


def limits(told: Told) -> tuple[str, str, str]:
    retry, limit, reset = (told.headers[f"X-Ratelimit-{name}"] for name in ("Retry", "Limit", "Reset"))
    return retry, limit, reset


def test_a_429_tells_in_seconds_when_to_come_back() -> None:
    fast, slow = Shop(options={}), Shop(options={"kind": "basic"})
    calls(fast, 6)
    calls(slow, 1)
    slow.at += 20

    assert limits(fast.ask("GET", COUNT)) == ("1", "6", "2")
    assert limits(slow.ask("GET", COUNT)) == ("700", "1", "700")


def test_a_429_has_the_documented_body() -> None:
    shop = Shop(options={"burst": 1})

    calls(shop, 1)
    document = shop.ask("GET", COUNT).document

    assert (document["title"], document["status"]) == ("too many requests", 429)
    assert document["statusText"] == "Too Many Requests"
    assert document["detail"].startswith("limited by ")


def test_a_refused_write_is_not_written() -> None:
    shop = Shop(options={"burst": 1})
    item = shop.review()

    statuses = [shop.ask("GET", COUNT).status, shop.answer(item).status]

    assert (statuses, shop.entry(item).writes) == ([200, 429], ())


def test_kinds_of_token_have_budgets_of_their_own() -> None:
    shop = Shop(options={})
    personal = shop.token
    shop.token = shop.replica.register(SandboxAccount("shop", {"kind": "basic"}), shop.at)["token"]

    slow = calls(shop, 2)
    shop.token = personal
    fast = calls(shop, 7)

    assert (slow, fast) == ([200, 429], [200] * 6 + [429])


def test_sellers_have_budgets_of_their_own() -> None:
    one = Shop(options={"burst": 1})
    other = Shop(one.replica, "other", {"burst": 1})

    assert calls(one, 2) + calls(other, 1) == [200, 429, 200]


def test_ping_has_three_calls_in_thirty_seconds_besides() -> None:
    shop = Shop(options={})

    seen = [shop.ask("GET", "/ping").status for _ in range(4)]
    shop.at += 10
    seen.append(shop.ask("GET", "/ping").status)

    assert seen == [200, 200, 200, 429, 200]
    assert calls(shop, 6) == [200] * 6


def test_an_account_may_have_a_budget_without_end() -> None:
    assert calls(Shop(options={"rate": 1e9, "burst": 10**9}), 1000) == [200] * 1000
