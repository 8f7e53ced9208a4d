"""The roster: tells the supervisor what this host holds, outlives an outage, lets go at the end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from feedback_service.domain.errors import Configuration, FeedbackServiceError, Retryable
from feedback_service.ports.roster import Assignment, ExitCode
from feedback_service.worker.roster import Roster
from tests.support.flow import actions

ACME = Assignment("acme", 1, "f1")
ZEBRA = Assignment("zebra", 1, "f1")
AWAY = Retryable("connection refused")
SOON = 5.0


@dataclass
class Leases:
    """Answers as written, then with the last answer again and again."""

    answers: deque[Sequence[Assignment] | FeedbackServiceError]
    turns: int = 0
    released: int = 0
    leaving: FeedbackServiceError | None = None

    async def acquire(self) -> Sequence[Assignment]:
        self.turns += 1
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, FeedbackServiceError):
            raise answer
        return answer

    async def release(self) -> None:
        self.released += 1
        if self.leaving:
            raise self.leaving


@dataclass
class Told:
    """What the supervisor hears: the writer, the heartbeat and the bell of the roster at once."""

    sets: list[list[Assignment]] = field(default_factory=list)
    failures: list[tuple[str, int]] = field(default_factory=list)
    beats: int = 0
    every_seconds: float = 0.001
    rings: asyncio.Queue[set[str]] = field(default_factory=asyncio.Queue)

    def publish(self, assignments: Iterable[Assignment]) -> None:
        self.sets.append(list(assignments))

    def fail(self, reason: str, exit_code: int) -> None:
        self.failures.append((reason, exit_code))

    def beat(self) -> None:
        self.beats += 1

    async def wait(self, _: float) -> set[str]:
        return await self.rings.get()


def roster(leases: Leases, told: Told, every: float = 0.001) -> Roster:
    return Roster(leases, told, told, every, asyncio.Event(), asyncio.Event())


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition that other tasks bring about."""
    async with asyncio.timeout(SOON):
        while not condition():  # noqa: ASYNC110  the roster tells nobody when it has done something
            await asyncio.sleep(0.001)


@asynccontextmanager
async def running(roster: Roster, told: Told) -> AsyncIterator[asyncio.Task[int]]:
    task = asyncio.create_task(roster.run(told))
    yield task
    roster.stop.set()
    async with asyncio.timeout(SOON):
        await task


async def test_the_whole_set_is_published_at_every_turn():
    leases, told = Leases(deque([[ACME], [ACME, ZEBRA], [ZEBRA]])), Told()

    async with running(roster(leases, told), told):
        await until(lambda: len(told.sets) >= 4)

    assert told.sets[:4] == [[ACME], [ACME, ZEBRA], [ZEBRA], [ZEBRA]]


async def test_an_outage_publishes_nothing_and_is_said_once_like_its_end(caplog: pytest.LogCaptureFixture):
    leases, told = Leases(deque([[ACME], AWAY, AWAY, AWAY, [ACME]])), Told()

    with caplog.at_level("INFO"):
        async with running(roster(leases, told), told):
            await until(lambda: len(told.sets) >= 3)

    assert actions(caplog.records) == ["leases_away", "leases_back"]
    assert all(one == [ACME] for one in told.sets)
    assert len(told.sets) == leases.turns - 3


async def test_the_leases_are_let_go_at_the_end_and_not_before():
    leases, told = Leases(deque([[ACME]])), Told()

    async with running(roster(leases, told), told) as task:
        await until(lambda: told.sets)
        assert leases.released == 0

    assert (leases.released, task.result()) == (1, ExitCode.DRAINED)


async def test_a_database_that_is_away_at_the_end_is_no_failure(caplog: pytest.LogCaptureFixture):
    leases, told = Leases(deque([[ACME]]), leaving=AWAY), Told()

    async with running(roster(leases, told), told) as task:
        await until(lambda: told.sets)

    assert task.result() == ExitCode.DRAINED
    assert actions(caplog.records) == ["leases_left"]


@pytest.mark.parametrize("how", ["the bell", "a SIGHUP"])
async def test_news_bring_the_next_turn_forward(how: str):
    leases, told = Leases(deque([[ACME], [ACME, ZEBRA]])), Told()
    slow = roster(leases, told, every=3600)

    async with running(slow, told):
        await until(lambda: told.sets)
        if how == "the bell":
            told.rings.put_nowait({"zebra"})
        else:
            slow.again.set()
        await until(lambda: len(told.sets) == 2)

    assert told.sets == [[ACME], [ACME, ZEBRA]]


async def test_what_only_a_person_can_mend_fails_the_host_with_the_reason():
    told = Told()

    code = await roster(Leases(deque([Configuration("migrations are missing")])), told).run(told)

    assert (code, told.failures) == (ExitCode.CONFIGURATION, [("migrations are missing", ExitCode.CONFIGURATION)])
    assert told.sets == []


async def test_the_roster_gives_signs_of_life_between_its_turns():
    leases, told = Leases(deque([[ACME]])), Told()

    async with running(roster(leases, told, every=3600), told):
        await until(lambda: told.beats >= 3)

    assert leases.turns == 1
