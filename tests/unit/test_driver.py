"""The driver: when a stage is stepped, and what it survives."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from feedback_service.domain.errors import FenceLost, Retryable
from feedback_service.pipeline.stage import Progress
from feedback_service.worker.driver import Driver, Rhythm

SOON = 5.0


@dataclass
class Script:
    """A stage that answers as written, then has nothing more to do."""

    answers: Sequence[Progress | Exception]
    name: str = "script"
    steps: int = 0
    stepped: asyncio.Event = field(default_factory=asyncio.Event)

    async def step(self) -> Progress:
        self.steps += 1
        self.stepped.set()
        answer = self.answers[self.steps - 1] if self.steps <= len(self.answers) else Progress()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def reaches(self, steps: int) -> None:
        async with asyncio.timeout(SOON):
            while self.steps < steps:
                self.stepped.clear()
                await self.stepped.wait()


async def driven(script: Script, rhythm: Rhythm, told: list[Progress]) -> tuple[Driver, asyncio.Task[None]]:
    driver = Driver(script, rhythm, asyncio.Event())
    return driver, asyncio.create_task(driver.run(told.append))


async def ended(driver: Driver, task: asyncio.Task[None]) -> None:
    driver.stop.set()
    async with asyncio.timeout(SOON):
        await task


async def test_a_full_batch_is_followed_at_once_by_the_next():
    script = Script([Progress(more=True), Progress(more=True), Progress()])

    driver, task = await driven(script, Rhythm(idle=3600), told := [])
    await script.reaches(3)

    await ended(driver, task)
    assert len(told) == 3


async def test_an_idle_stage_is_woken_by_news():
    script = Script([])
    driver, task = await driven(script, Rhythm(idle=3600), [])
    await script.reaches(1)

    await asyncio.sleep(0)
    driver.wake()

    await script.reaches(2)
    await ended(driver, task)


async def test_a_stage_that_goes_by_its_own_interval_does_not_hear_the_news():
    script = Script([])
    driver, task = await driven(script, Rhythm(idle=3600, hears=False), [])
    await script.reaches(1)

    driver.wake()

    assert not driver.news.is_set()
    await ended(driver, task)


async def test_news_do_not_cut_short_the_rest_of_an_outage():
    script = Script([Progress(rest=3600)])
    driver, task = await driven(script, Rhythm(idle=0.01), told := [])
    await script.reaches(1)

    driver.wake()
    for _ in range(10):
        await asyncio.sleep(0)

    assert script.steps == 1
    await ended(driver, task)
    assert told == [Progress(rest=3600)]


async def test_a_bug_in_one_stage_is_logged_and_the_stage_rests(caplog: pytest.LogCaptureFixture):
    script = Script([ZeroDivisionError("a bug")])

    driver, task = await driven(script, Rhythm(idle=3600), told := [])
    await script.reaches(1)
    await ended(driver, task)

    assert told[0].failed == 1
    assert told[0].rest > 0
    assert "The stage script failed." in caplog.text


async def test_an_absent_database_is_said_once_and_its_return_once(caplog: pytest.LogCaptureFixture):
    away = Retryable("no connection", retry_after=0.001)
    script = Script([away, away, away, Progress()])

    with caplog.at_level("INFO"):
        driver, task = await driven(script, Rhythm(idle=3600), [])
        await script.reaches(4)
        await ended(driver, task)

    assert [record.action for record in caplog.records] == ["database_away", "database_back"]


async def test_a_lost_lease_ends_the_stage():
    driver, task = await driven(Script([FenceLost("epoch 2")]), Rhythm(idle=3600), [])

    with pytest.raises(FenceLost):
        await task

    assert not driver.stop.is_set()


async def test_the_waits_of_a_quiet_account_grow_until_something_comes():
    script = Script([Progress(), Progress(), Progress(), Progress(moved=1)])
    driver, task = await driven(script, Rhythm(idle=0.01, quiet=0.02, hears=False), [])

    waits = []
    for step in range(1, 5):
        await script.reaches(step)
        await asyncio.sleep(0)
        waits.append(driver.waited)

    await ended(driver, task)
    assert waits == pytest.approx([0.01, 0.015, 0.02, 0.01])


async def test_a_ring_wakes_whoever_goes_by_its_own_interval():
    script = Script([])
    driver, task = await driven(script, Rhythm(idle=3600, hears=False), [])
    await script.reaches(1)
    await asyncio.sleep(0)

    driver.ring()

    await script.reaches(2)
    await ended(driver, task)


async def test_a_ring_does_not_cut_a_rest_that_the_other_side_asked_for():
    script = Script([Progress(rest=0.2)])
    driver, task = await driven(script, Rhythm(idle=3600, hears=False), [])
    await script.reaches(1)
    began = asyncio.get_running_loop().time()

    driver.ring()

    await script.reaches(2)
    await ended(driver, task)
    assert asyncio.get_running_loop().time() - began > 0.1
