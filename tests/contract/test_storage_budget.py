"""A budget that all processes share: never overdrawn, never idle while somebody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from feedback_service.ports.storage import Charge
from feedback_service.storage import Database
from tests.support.clock import ManualClock
from tests.support.stores import opened


@pytest.fixture
async def database(database_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    async with opened(database_url, clock) as database:
        yield database


async def test_a_burst_is_free_and_what_exceeds_it_waits(database: Database) -> None:
    waits = [await database.budget.take(Charge("openai", 1, per_minute=60, burst=3)) for _ in range(5)]

    assert waits == [0, 0, 0, 1, 2]


async def test_time_refills_the_budget_up_to_the_burst(database: Database, clock: ManualClock) -> None:
    await database.budget.take(Charge("openai", 3, per_minute=60, burst=3))
    clock.pass_by(timedelta(hours=1))

    waits = [await database.budget.take(Charge("openai", 1, per_minute=60, burst=3)) for _ in range(4)]

    assert waits == [0, 0, 0, 1]


async def test_budgets_of_different_names_do_not_meet(database: Database) -> None:
    await database.budget.take(Charge("requests", 5, per_minute=60, burst=1))

    assert await database.budget.take(Charge("tokens", 1, per_minute=60, burst=1)) == 0


async def test_a_call_waits_for_the_scarcest_of_its_charges(database: Database) -> None:
    requests, tokens = Charge("requests", 1, per_minute=60, burst=1), Charge("tokens", 600, per_minute=6000, burst=600)

    waits = [await database.budget.take(tokens, requests) for _ in range(3)]

    assert waits == [0, 6, 12]


async def test_all_processes_together_stay_within_the_rate(
    database: Database, database_url: str, clock: ManualClock
) -> None:
    async with opened(database_url, clock) as other:
        takes = [
            each.budget.take(Charge("openai", 1, per_minute=60, burst=1))
            for each in (database, other)
            for _ in range(20)
        ]

        waits = await asyncio.gather(*takes)

    assert sorted(waits) == list(range(40))
