"""What the Yandex Business replica lets nobody past: sign-in, CSRF tokens, captchas, failures."""

from __future__ import annotations

import json

import pytest

from feedback_service.platforms.yandex_business.replica.sessions import cookies_of
from feedback_service.ports.replica import ReplicaRequest
from tests.support.yandex_cafe import ANSWER, CSRF, DAY, YandexCafe, document_of

COMPANIES = "/sprav/api/companies"
PASSPORT = "https://passport.yandex.ru"


@pytest.fixture
def cafe() -> YandexCafe:
    return YandexCafe()


def turned_away(cafe: YandexCafe, cookies: dict[str, str], path: str = COMPANIES) -> bool:
    told = cafe.ask("GET", path, cookies=cookies)
    return told.status == 302 and told.headers["location"].startswith(PASSPORT)


def test_only_both_cookies_of_one_session_let_in(cafe: YandexCafe) -> None:
    other = cafe.replica.issue_session(cafe.key, cafe.at, DAY)

    assert cafe.ask("GET", COMPANIES).status == 200
    assert turned_away(cafe, {})
    assert turned_away(cafe, {"Session_id": cafe.cookies["Session_id"]})
    assert turned_away(cafe, {"sessionid2": cafe.cookies["sessionid2"]})
    assert turned_away(cafe, {**cafe.cookies, "sessionid2": other["sessionid2"]})
    assert turned_away(cafe, {}, path="/sprav/api/nothing")


def test_a_quoted_cookie_is_another_cookie(cafe: YandexCafe) -> None:
    quoted = {name: f'"{value}"' for name, value in cafe.cookies.items()}

    assert turned_away(cafe, quoted)


def test_a_session_ends(cafe: YandexCafe) -> None:
    cafe.at += DAY - 1
    assert not turned_away(cafe, cafe.cookies)

    cafe.at += 1
    assert turned_away(cafe, cafe.cookies)


def test_a_further_session_leaves_the_first_alone(cafe: YandexCafe) -> None:
    fresh = cafe.replica.issue_session(cafe.key, cafe.at, DAY)

    assert not turned_away(cafe, dict(fresh))
    assert not turned_away(cafe, cafe.cookies)
    with pytest.raises(KeyError):
        cafe.replica.issue_session("nobody", cafe.at, DAY)


def test_a_session_is_renewed_by_a_cookie_that_comes_along() -> None:
    cafe = YandexCafe(options={"renews_after": 3600})
    early = cafe.ask("GET", COMPANIES)

    cafe.at += 3600
    late = cafe.ask("GET", COMPANIES)

    fresh = cookies_of(late.headers["set-cookie"])["Session_id"]
    assert "set-cookie" not in early.headers
    cafe.at += DAY - 3600
    assert turned_away(cafe, cafe.cookies)
    assert not turned_away(cafe, {**cafe.cookies, "Session_id": fresh})


def test_the_fault_expire_ends_the_session_for_one_call(cafe: YandexCafe) -> None:
    told = cafe.ask("GET", COMPANIES, imposed={"expire": {}})

    assert (told.status, told.headers["location"].startswith(PASSPORT)) == (302, True)
    assert told.headers["location"].endswith("?retpath=https%3A%2F%2Fyandex.ru%2Fsprav%2Fapi%2Fcompanies")
    assert cafe.ask("GET", COMPANIES).status == 200


def test_a_changing_call_without_a_token_gets_one(cafe: YandexCafe) -> None:
    item = cafe.review()
    form = json.dumps(cafe.form(item)).encode()

    refused = cafe.ask("POST", ANSWER, raw=form, csrf=None)
    taken = cafe.ask("POST", ANSWER, raw=form, csrf=document_of(refused)["csrf"])

    assert (refused.status, list(document_of(refused))) == (488, ["csrf"])
    assert document_of(refused)["csrf"].endswith(f":{int(cafe.at)}")
    assert (taken.body, cafe.effects(item)) == (b"OK", ["answer"])


@pytest.mark.parametrize("status", [488, 401, 403])
def test_a_token_grows_old_and_may_be_refused_by_other_statuses(status: int) -> None:
    cafe = YandexCafe(options={"csrf_lasts": 60, "csrf_status": status})

    before = cafe.ask("POST", CSRF)
    cafe.at += 60

    assert (before.status, cafe.ask("POST", CSRF).status) == (200, status)


def test_a_token_of_another_login_is_no_good(cafe: YandexCafe) -> None:
    neighbour = YandexCafe(replica=cafe.replica, key="neighbour")

    assert cafe.ask("POST", CSRF, csrf=neighbour.csrf).status == 488


def test_the_cookie_i_must_be_there_for_a_changing_call(cafe: YandexCafe) -> None:
    without = {name: value for name, value in cafe.cookies.items() if name != "i"}

    assert cafe.ask("POST", CSRF, cookies=without).status == 488
    assert cafe.ask("POST", CSRF, cookies={**without, "i": "anything"}).status == 200
    assert cafe.ask("GET", COMPANIES, cookies=without).status == 200


def test_the_fault_csrf_calls_every_token_back(cafe: YandexCafe) -> None:
    item, old = cafe.review(), cafe.csrf

    refused = cafe.answer(item, imposed={"csrf": {}})
    cafe.csrf = document_of(refused)["csrf"]

    assert (refused.status, cafe.effects(item)) == (488, [])
    assert cafe.answer(item, csrf=old).status == 488
    assert cafe.answer(item).body == b"OK"


def test_the_fault_csrf_strikes_a_reading_too(cafe: YandexCafe) -> None:
    told = cafe.ask("GET", COMPANIES, imposed={"csrf": {"status": 403}})

    assert (told.status, list(document_of(told))) == (403, ["csrf"])


def test_a_captcha_is_told_by_a_header_a_page_or_a_redirect(cafe: YandexCafe) -> None:
    header, page, redirect = (
        cafe.ask("GET", COMPANIES, imposed={"captcha": {"how": how}}) for how in ("header", "page", "redirect")
    )

    assert (header.status, header.headers["need-captcha"]) == (429, "1")
    assert (page.status, b"smartcaptcha" in page.body, b"showcaptcha" in page.body) == (200, True, True)
    assert page.headers["content-type"].startswith("text/html")
    assert (redirect.status, "showcaptcha" in redirect.headers["location"]) == (302, True)


def test_a_captcha_stops_an_answer_before_it_is_written(cafe: YandexCafe) -> None:
    item = cafe.review()

    cafe.answer(item, imposed={"captcha": {}})

    assert cafe.effects(item) == []


def test_failures_of_the_site_are_played(cafe: YandexCafe) -> None:
    limited = cafe.ask("GET", COMPANIES, imposed={"too_many_requests": {"retry_after": 17}})
    failed = cafe.ask("GET", COMPANIES, imposed={"server_error": {"status": 502}})

    assert (limited.status, limited.headers["retry-after"]) == (429, "17")
    assert "need-captcha" not in limited.headers
    assert (failed.status, failed.headers["content-type"].split(";")[0]) == (502, "text/html")


def test_whose_call_it_was_is_known_after_the_session_too(cafe: YandexCafe) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in cafe.cookies.items())
    later = cafe.at + 2 * DAY

    accounts = [
        cafe.replica.account_of(ReplicaRequest("GET", COMPANIES, later, headers=headers))
        for headers in ({"cookie": cookies}, {"cookie": "Session_id=nothing"}, {})
    ]

    assert accounts == ["cafe", None, None]


def test_not_every_post_is_a_write(cafe: YandexCafe) -> None:
    home = cafe.homes[0]

    assert cafe.replica.writes("POST", ANSWER)
    assert cafe.replica.writes("PUT", f"/sprav/api/{home}/reviews/x/read")
    assert cafe.replica.writes("POST", "/sprav/api/nothing")
    assert not cafe.replica.writes("POST", CSRF)
    assert not cafe.replica.writes("GET", f"/sprav/api/{home}/reviews")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/maps/api/business"),
        ("GET", "/sprav/api/nothing"),
        ("GET", ANSWER),
        ("PUT", COMPANIES),
        ("GET", "/sprav/api/1/reviews"),
        ("PUT", "/sprav/api/1/reviews/x/read"),
    ],
)
def test_what_is_not_there_is_not_found(cafe: YandexCafe, method: str, path: str) -> None:
    assert cafe.ask(method, path).status == 404
