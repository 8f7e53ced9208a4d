"""When an account's session is saved back, and when it is not."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_service.domain.errors import AccountFault
from feedback_service.domain.session import Cookie, Session
from feedback_service.transports.browser.membership import Membership
from tests.support.browsers import ACCOUNT, CABINET, LABEL, MemorySessions
from tests.support.clock import ManualClock

TOKEN = Cookie(name="__Secure-token", value="first", domain=".bazaar.example", http_only=True)
GUARD = Cookie(name="guard", value="a", domain=".bazaar.example", http_only=True)
SEEN = Cookie(name="seen", value="1", domain=".bazaar.example")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sessions(clock: ManualClock) -> MemorySessions:
    return MemorySessions(Session(cookies=(TOKEN, GUARD, SEEN), saved_at=clock.now()))


@pytest.fixture
async def membership(sessions: MemorySessions, clock: ManualClock) -> Membership:
    found = Membership(LABEL, ACCOUNT, CABINET, sessions, clock)
    await found.session()
    clock.pass_by(timedelta(minutes=1))
    return found


async def test_nothing_is_saved_where_nothing_but_a_counter_changed(
    membership: Membership, sessions: MemorySessions
) -> None:
    assert await membership.keep([TOKEN, GUARD, replace(SEEN, value="2")]) is None

    assert not sessions.saved


async def test_a_renewed_token_is_saved_at_once(
    membership: Membership, sessions: MemorySessions, clock: ManualClock
) -> None:
    fresh = replace(TOKEN, value="second")

    assert await membership.keep([fresh, GUARD]) == clock.now()

    assert [one.cookies for one in sessions.saved] == [(fresh, GUARD)]


async def test_what_every_page_renews_is_saved_every_few_minutes(
    membership: Membership, sessions: MemorySessions, clock: ManualClock
) -> None:
    for minute in range(20):
        await membership.keep([TOKEN, replace(GUARD, value=str(minute))])
        clock.pass_by(timedelta(minutes=1))

    assert len(sessions.saved) == 4


async def test_a_browser_that_was_signed_out_spoils_no_session(
    membership: Membership, sessions: MemorySessions
) -> None:
    assert await membership.keep([GUARD]) is None
    assert await membership.keep([]) is None

    assert not sessions.saved


async def test_a_sign_in_while_a_script_ran_is_not_overwritten_by_what_the_browser_had(
    membership: Membership, sessions: MemorySessions, clock: ManualClock
) -> None:
    of_a_person = Session(cookies=(replace(TOKEN, value="of a person"),), saved_at=clock.now())
    sessions.session = of_a_person

    assert await membership.keep([replace(TOKEN, value="renewed")]) is None

    assert sessions.session is of_a_person


async def test_where_nobody_signs_in_the_first_session_is_saved_and_no_others_is_replaced(clock: ManualClock) -> None:
    sessions = MemorySessions()
    open_to_all = replace(CABINET, cookies=())
    first, second = (Membership(LABEL, ACCOUNT, open_to_all, sessions, clock) for _ in range(2))

    assert await first.keep([GUARD]) == clock.now()
    assert await second.keep([replace(GUARD, value="b")]) is None

    assert [one.cookies for one in sessions.saved] == [(GUARD,)]


def lasting(clock: ManualClock, hours: float) -> Session:
    until = clock.now() + timedelta(hours=hours)
    return Session(cookies=(replace(TOKEN, expires_at=until),), saved_at=clock.now())


async def test_the_end_of_a_session_is_told_once_before_it_comes(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = MemorySessions(lasting(clock, 25))
    membership = Membership(LABEL, ACCOUNT, CABINET, sessions, clock)
    told = []

    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            await membership.session()
            told.append(len(caplog.messages))
            clock.pass_by(timedelta(hours=1))

    assert told == [0, 0, 1, 1]
    assert caplog.messages == [
        "The session of acme/bazaar ends at 2026-03-02 13:00 UTC, unless the cabinet renews it; "
        "run: feedback-service login acme/bazaar"
    ]


async def test_renewals_of_a_session_that_lives_for_hours_are_not_warned_of_one_by_one_but_the_next_end_is(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = MemorySessions()
    membership = Membership(LABEL, ACCOUNT, CABINET, sessions, clock)

    with caplog.at_level(logging.WARNING):
        for hours in (2, 3, 2, 48, 2):
            sessions.session = lasting(clock, hours)
            await membership.session()
            clock.pass_by(timedelta(minutes=6))

    assert len(caplog.messages) == 2


async def test_a_session_that_ran_out_needs_a_person(sessions: MemorySessions, clock: ManualClock) -> None:
    token = replace(TOKEN, expires_at=clock.now() + timedelta(hours=1))
    membership = Membership(
        LABEL, ACCOUNT, CABINET, MemorySessions(Session(cookies=(token,), saved_at=clock.now())), clock
    )
    assert await membership.session()
    clock.pass_by(timedelta(hours=2))

    with pytest.raises(AccountFault, match=r"has run out \(__Secure-token\); run: feedback-service login acme/bazaar"):
        await membership.session()


def test_no_cookie_shows_itself(membership: Membership, sessions: MemorySessions) -> None:
    assert "first" not in repr(membership)
    assert "first" not in repr(sessions)


async def test_a_renewed_token_takes_the_place_of_a_session_that_ran_out(clock: ManualClock) -> None:
    sessions = MemorySessions(Session(cookies=(replace(TOKEN, expires_at=clock.now()),), saved_at=clock.now()))
    member = Membership(LABEL, ACCOUNT, CABINET, sessions, clock)

    with pytest.raises(AccountFault, match="has run out"):
        await member.session()

    assert await member.keep([replace(TOKEN, value="second")]) == clock.now()
