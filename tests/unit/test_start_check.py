"""What a worker says of its accounts when it starts: all that is not well, once, and nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from feedback_service.domain.errors import Retryable
from feedback_service.ports.platform import Fact
from feedback_service.worker.start_check import check_account, checked_beside
from tests.support.bazaar import FakePlatform
from tests.support.clock import ManualClock
from tests.support.flow import ACCOUNT, Flow

SOON = 5.0


@dataclass
class Checkable(FakePlatform):
    """A platform whose check finds what it is told; where `hangs`, it never ends by itself."""

    facts: Sequence[Fact] = ()
    problem: Exception | None = None
    hangs: bool = False
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    broken_off: bool = False

    async def check(self) -> Sequence[Fact]:
        self.begun.set()
        if self.problem:
            raise self.problem
        try:
            await (asyncio.Event().wait() if self.hangs else asyncio.sleep(0))
        except asyncio.CancelledError:
            self.broken_off = True
            raise
        return self.facts


async def said_of(platform: Checkable, caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    with caplog.at_level("INFO"):
        await check_account(platform, Flow(platform.clock).supplier.accounts[0])
    assert {record.action for record in caplog.records} <= {"account_check"}  # type: ignore[attr-defined]  # ours
    return [(record.levelname, record.getMessage()) for record in caplog.records]


async def test_what_is_not_well_is_an_error_and_a_warning_stays_one(clock: ManualClock, caplog):
    facts = (
        Fact("login", True, "accepted"),
        Fact("token rights", False, "may only read", "make a new one"),
        Fact("token expiry", True, "WARNING: ends on 2026-03-04", "make a new one"),
    )

    said = await said_of(Checkable(clock, facts=facts), caplog)

    assert said == [
        ("ERROR", "Account main, token rights: may only read; make a new one"),
        ("WARNING", "Account main, token expiry: WARNING: ends on 2026-03-04; make a new one"),
    ]


@pytest.mark.parametrize("problem", [Retryable("HTTP 502"), KeyError("a defect")])
async def test_a_check_that_fails_is_said_and_stops_nothing(clock: ManualClock, caplog, problem: Exception):
    said = await said_of(Checkable(clock, problem=problem), caplog)

    assert [level for level, _ in said] == ["ERROR"]


async def test_a_check_that_hangs_delays_nobody_and_ends_with_the_work(clock: ManualClock):
    flow, platform = Flow(clock), Checkable(clock, hangs=True)
    kit = replace(flow.kit(), connectors={ACCOUNT: platform})

    async with asyncio.timeout(SOON), checked_beside(kit):
        await platform.begun.wait()
        await flow.approved()
        assert len(flow.store.dispatches) == 1

    assert platform.broken_off
