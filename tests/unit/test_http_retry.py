"""How reads are tried again within seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from feedback_service.domain.errors import AccountFault, InDoubt, Retryable
from feedback_service.transports.retry import Patience, patiently
from tests.support.sandbox import HandClock

THRICE = Patience(tries=3, first=0.5, longest=60)


@dataclass
class Flaky:
    """Raises what is listed, one after the other, and then succeeds."""

    problems: list[Exception] = field(default_factory=list)
    calls: int = 0

    async def read(self) -> str:
        self.calls += 1
        if self.problems:
            raise self.problems.pop(0)
        return "here"


async def test_a_read_that_fails_twice_succeeds_the_third_time() -> None:
    flaky, clock = Flaky([Retryable("a"), Retryable("b", retry_after=17)]), HandClock()

    result = await patiently(flaky.read, THRICE, clock)

    assert (result, flaky.calls) == ("here", 3)
    assert clock.slept == [pytest.approx(0.375, abs=0.125), 17]


async def test_each_wait_is_longer_until_it_is_the_longest() -> None:
    flaky, clock = Flaky([Retryable("again") for _ in range(9)]), HandClock()

    await patiently(flaky.read, Patience(tries=10, first=1, longest=60), clock)

    bounds = [(0.5, 1), (1, 2), (2, 4), (4, 8), (8, 16), (16, 32), (30, 60), (30, 60), (30, 60)]
    assert all(low <= wait <= high for wait, (low, high) in zip(clock.slept, bounds, strict=True))


async def test_the_last_reason_comes_out_when_patience_ends() -> None:
    flaky, clock = Flaky([Retryable("a"), Retryable("b"), Retryable("c")]), HandClock()

    with pytest.raises(Retryable, match="c"):
        await patiently(flaky.read, THRICE, clock)

    assert (flaky.calls, len(clock.slept)) == (3, 2)


async def test_a_long_wait_is_left_to_the_caller() -> None:
    flaky, clock = Flaky([Retryable("in an hour", retry_after=3600)]), HandClock()

    with pytest.raises(Retryable) as caught:
        await patiently(flaky.read, THRICE, clock)

    assert (caught.value.retry_after, flaky.calls, clock.slept) == (3600, 1, [])


@pytest.mark.parametrize("problem", [InDoubt("maybe written"), AccountFault("no token", "make one")])
async def test_nothing_else_is_tried_again(problem: Exception) -> None:
    flaky, clock = Flaky([problem]), HandClock()

    with pytest.raises(type(problem)):
        await patiently(flaky.read, THRICE, clock)

    assert (flaky.calls, clock.slept) == (1, [])


async def test_a_read_that_is_only_a_call_of_another_is_tried_again_as_well() -> None:
    flaky = Flaky([Retryable("away")])

    found = await patiently(lambda: flaky.read(), THRICE, HandClock())

    assert (found, flaky.calls) == ("here", 2)
