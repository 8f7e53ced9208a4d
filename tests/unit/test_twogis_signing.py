"""Signing in to the cabinet: by a session that is there, else by the login, and never again and again."""

from __future__ import annotations

import pytest
from aiohttp import web

from feedback_service.domain.errors import AccountFault, Configuration, Retryable
from feedback_service.platforms.twogis import SPEC, connect
from feedback_service.ports.platform import Access
from feedback_service.transports.http import Call
from tests.support.fake_twogis import (
    BRANCH,
    TOKEN,
    FakeTwoGis,
    Kept,
    account,
    collected,
    dispatch,
    html,
    refused,
    row,
    told,
)
from tests.support.sandbox import HandClock

LOGIN = {"login": "shop@example.org", "password": "very-secret"}
AUTH = "POST /api/1.0/users/auth"


async def test_a_session_that_is_there_is_used_and_the_login_is_not() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]})

    async with account(fake, Kept(), **LOGIN) as connector:
        assert len(await collected(connector)) == 1

    assert fake.calls(AUTH) == 0


async def test_without_a_session_the_login_signs_in_once_and_its_token_is_left_to_others() -> None:
    fake, sessions = FakeTwoGis({BRANCH: [row(1)]}, tokens=set()), Kept("")

    async with account(fake, sessions, **LOGIN) as connector:
        await collected(connector)
        await collected(connector)

    assert fake.calls(AUTH) == 1
    assert [(one.name, one.value, one.domain, one.expires_at) for one in sessions.kept[0]] == [
        ("dg_session_token", "token-number-1", ".2gis.com", None)
    ]


async def test_a_login_works_where_no_session_can_be_kept() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]}, tokens=set())

    async with account(fake, None, **LOGIN) as connector:
        assert len(await collected(connector)) == 1


async def test_a_refused_token_is_renewed_once_and_what_else_the_session_held_stays() -> None:
    fake, sessions = FakeTwoGis({BRANCH: [row(1)]}, tokens=set()), Kept("token-that-ran-out")

    async with account(fake, sessions, **LOGIN) as connector:
        assert len(await collected(connector)) == 1

    assert fake.calls(AUTH) == 1
    assert [(one.name, one.value) for one in sessions.kept[0]] == [
        ("seen", "1"),
        ("dg_session_token", "token-number-1"),
    ]


async def test_the_token_that_another_process_has_renewed_is_taken_without_a_sign_in() -> None:
    fake, sessions = FakeTwoGis({BRANCH: [row(1)]}), Kept()

    async with account(fake, sessions, **LOGIN) as connector:
        await collected(connector)
        fake.tokens, sessions.token = {"token-of-another"}, "token-of-another"
        assert len(await collected(connector)) == 1

    assert fake.calls(AUTH) == 0


async def test_a_session_that_ran_out_without_a_login_is_the_account_s_fault() -> None:
    async with account(FakeTwoGis(tokens=set()), Kept()) as connector:
        with pytest.raises(AccountFault, match="run: feedback-service login berezka/twogis"):
            await collected(connector)


async def test_nobody_signed_in_and_no_login_is_the_account_s_fault_without_a_call() -> None:
    fake = FakeTwoGis()

    async with account(fake, Kept("")) as connector:
        with pytest.raises(AccountFault, match=r"nobody is signed in.*login and password"):
            await collected(connector)

    assert fake.asked == []


async def test_a_token_that_is_refused_as_soon_as_it_is_given_is_not_asked_for_again() -> None:
    fake = FakeTwoGis(canned={"GET": [refused(401) for _ in range(9)]})

    async with account(fake, Kept(), **LOGIN) as connector:
        for _ in range(3):
            with pytest.raises(AccountFault):
                await collected(connector)

    assert fake.calls(AUTH) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused(403, "Please solve the captcha"), "asks for a captcha.*sign in by hand: run: feedback-service login"),
        (refused(400, "Wrong login or password"), "does not accept login and password .400 Wrong login"),
        (refused(401), "does not accept login and password"),
        (told({"token_type": "Bearer"}), "gave no token"),
    ],
)
async def test_a_refused_sign_in_is_the_account_s_fault_and_is_left_alone_for_minutes(
    answer: object, said: str
) -> None:
    clock = HandClock()
    fake = FakeTwoGis({BRANCH: [row(1)]}, tokens=set(), canned={AUTH: [answer]})  # type: ignore[list-item]  # a canned one

    async with account(fake, Kept(""), clock, **LOGIN) as connector:
        for _ in range(3):
            with pytest.raises(AccountFault, match=said) as caught:
                await collected(connector)
        assert fake.calls(AUTH) == 1
        clock.advance(301)
        assert len(await collected(connector)) == 1

    assert "very-secret" not in f"{caught.value!r} {connector!r}"


@pytest.mark.parametrize("answer", [html(), html(502), refused(429, **{"Retry-After": "600"}), refused(500)])
async def test_a_sign_in_that_fails_by_accident_is_tried_again_later(answer: object) -> None:
    clock = HandClock()
    fake = FakeTwoGis({BRANCH: [row(1)]}, tokens=set(), canned={AUTH: [answer] * 4})  # type: ignore[list-item]  # a canned one

    async with account(fake, None, clock, **LOGIN) as connector:
        with pytest.raises(Retryable):
            await connector.client.signing.token()
        fake.canned.clear()
        clock.advance(601)
        assert len(await collected(connector)) == 1


async def test_a_write_that_meets_a_refused_token_does_not_leave_a_second_time() -> None:
    fake = FakeTwoGis({BRANCH: [row(1)]}, canned={"POST /api/1.0/presence": [refused(401)]})

    async with account(fake, Kept(), **LOGIN) as connector:
        with pytest.raises(Retryable, match="nothing was written"):
            await connector.publish(dispatch(1))
        assert fake.calls("POST /api/1.0/presence") == 1
        await connector.publish(dispatch(1))

    assert [one["text"] for one in fake.comments["1"]] == ["Спасибо!"]


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({"login": "shop@example.org"}, "belong together"),
        ({"password": "x"}, "belong together"),
        ({"org_id": "12a"}, "no number of 2GIS"),
        ({"branch_ids": "70000001, branch_7"}, "'branch_7' is no number"),
        ({"reviews_key": "k"}, "add their numbers"),
        ({"official_answer": "maybe"}, "official_answer is yes or no"),
        ({}, "give login and password"),
    ],
)
def test_what_cannot_be_right_is_told_before_any_call(credentials: dict[str, str], said: str) -> None:
    with pytest.raises(Configuration, match=said) as caught:
        connect(Access(label="berezka/twogis", base_url=SPEC.base_url, credentials=credentials, clock=HandClock()))

    assert str(caught.value).startswith("berezka/twogis: ")


async def test_a_cookie_that_is_no_token_is_not_sent() -> None:
    fake = FakeTwoGis()

    async with account(fake, Kept('"bad\r\ntoken"')) as connector:
        with pytest.raises(AccountFault):
            await collected(connector)

    assert fake.asked == []
    assert TOKEN not in repr(connector)


@pytest.mark.parametrize(
    "body",
    ['{"access_token": "0123456789abcdef"}', '{"result": {"access_token": "0123456789abcdef"', "0123456789abcdef"],
)
async def test_a_sign_in_that_answers_otherwise_than_usual_does_not_tell_its_token(body: str) -> None:
    fake = FakeTwoGis(tokens=set(), canned={AUTH: [web.Response(text=body)]})

    async with account(fake, None, **LOGIN) as connector:
        with pytest.raises(Retryable) as caught:
            await connector.client.signing.token()

    assert "0123" not in str(caught.value)


async def test_a_kept_token_that_ran_out_as_well_is_no_reason_to_stop_the_account() -> None:
    fake, sessions = FakeTwoGis({BRANCH: [row(1)]}), Kept()

    async with account(fake, sessions, **LOGIN) as connector:
        await collected(connector)
        fake.tokens, sessions.token = set(), "token-of-another-that-ran-out"
        assert len(await collected(connector)) == 1

    assert fake.calls(AUTH) == 1


def test_what_a_call_carries_does_not_show_itself() -> None:
    call = Call(method="POST", path="/", json={"password": "very-secret"}, headers={"Cookie": "very-secret"})

    assert "very-secret" not in repr(call)
