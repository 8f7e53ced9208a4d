"""Sessions of browsers in PostgreSQL: found as they were saved, and replaced only where nobody was faster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.domain.identity import AccountId
from feedback_service.domain.session import Cookie, Session
from feedback_service.ports.sessions import WHATEVER, Sessions
from tests.support.clock import ManualClock
from tests.support.stores import postgres_stores

FIRST = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def saved_at(moment: datetime) -> Session:
    return Session(cookies=(Cookie(name="sid", value=f"of {moment}", domain=".bazaar.example"),), saved_at=moment)


@pytest.fixture
async def kept(database_url: str, clock: ManualClock) -> AsyncIterator[tuple[Sessions, AccountId]]:
    async with postgres_stores(database_url, clock) as (stores, database):
        yield database.sessions, stores.account


async def test_a_session_replaces_the_one_that_it_was_made_of_and_no_other(kept: tuple[Sessions, AccountId]) -> None:
    sessions, account = kept
    before, after, late = (saved_at(FIRST + timedelta(minutes=minute)) for minute in range(3))
    nothing_there = await sessions.save(account, before, FIRST)

    saved = [
        await sessions.save(account, before, None),
        await sessions.save(account, late, None),
        await sessions.save(account, after, before.saved_at),
        await sessions.save(account, late, before.saved_at),
    ]

    assert (nothing_there, saved) == (False, [True, False, True, False])
    assert await sessions.load(account) == after


async def test_a_sign_in_replaces_whatever_is_there(kept: tuple[Sessions, AccountId]) -> None:
    sessions, account = kept
    first, second = saved_at(FIRST), saved_at(FIRST + timedelta(days=1))

    assert await sessions.save(account, first, WHATEVER)
    assert await sessions.save(account, second, WHATEVER)

    assert await sessions.load(account) == second


async def test_of_several_renewals_at_once_one_is_saved(kept: tuple[Sessions, AccountId]) -> None:
    sessions, account = kept
    await sessions.save(account, saved_at(FIRST), WHATEVER)
    renewals = [saved_at(FIRST + timedelta(seconds=second)) for second in range(1, 6)]

    saved = await asyncio.gather(*(sessions.save(account, one, FIRST) for one in renewals))

    assert sum(saved) == 1
    assert await sessions.load(account) == renewals[saved.index(True)]
