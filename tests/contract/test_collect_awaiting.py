"""A person who asks a worker to read an account hears that it was read, whatever paused it before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from feedback_service.cli.collect import awaited
from feedback_service.domain.pauses import Pauser
from feedback_service.storage import Database
from tests.support.clock import ManualClock
from tests.support.stores import ACME, Stores, postgres_stores

LONG = 10.0
SOON = 0.2


@pytest.fixture
async def shop(database_url: str, clock: ManualClock) -> AsyncIterator[tuple[Stores, Database]]:
    async with postgres_stores(database_url, clock) as opened:
        yield opened


async def test_a_pause_for_another_reason_does_not_keep_an_account_from_being_read(
    shop: tuple[Stores, Database], clock: ManualClock
) -> None:
    stores, database = shop
    (account, _) = (await database.suppliers.load(ACME)).accounts
    await stores.own.accounts.pause(account.id, Pauser.WRITING, "the token may only read", None)
    clock.pass_by(timedelta(minutes=1))
    waiting = asyncio.create_task(awaited(database, account, clock.now(), LONG))

    await stores.own.accounts.collected(account.id)

    assert (await waiting).told == "read; 0 new"


async def test_a_pause_that_begins_meanwhile_is_told_at_once_and_an_older_one_in_the_end(
    shop: tuple[Stores, Database], clock: ManualClock
) -> None:
    stores, database = shop
    (first, second) = (await database.suppliers.load(ACME)).accounts
    await stores.own.accounts.pause(second.id, Pauser.READING, "the token is revoked", None)
    clock.pass_by(timedelta(minutes=1))
    waiting = asyncio.create_task(awaited(database, first, clock.now(), LONG))

    await stores.own.accounts.pause(first.id, Pauser.READING, "the token ran out", None)

    assert (await waiting).told == "is paused: the token ran out"
    assert (await awaited(database, second, clock.now(), SOON)).told == "is paused: the token is revoked"
