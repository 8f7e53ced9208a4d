"""How reads are tried again within seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from feedback_service.domain.errors import AccountFault, InDoubt, Retryable
from feedback_service.transports.retry import Patience, patiently

QUICK = Patience(tries=3, first=0.001, longest=0.01)


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
    flaky = Flaky([Retryable("a"), Retryable("b", retry_after=0.001)])

    result = await patiently(flaky.read, QUICK)

    assert (result, flaky.calls) == ("here", 3)


async def test_the_last_reason_comes_out_when_patience_ends() -> None:
    flaky = Flaky([Retryable("a"), Retryable("b"), Retryable("c")])

    with pytest.raises(Retryable, match="c"):
        await patiently(flaky.read, QUICK)

    assert flaky.calls == 3


async def test_a_long_wait_is_left_to_the_caller() -> None:
    flaky = Flaky([Retryable("in an hour", retry_after=3600)])

    with pytest.raises(Retryable) as caught:
        await patiently(flaky.read, QUICK)

    assert (caught.value.retry_after, flaky.calls) == (3600, 1)


@pytest.mark.parametrize("problem", [InDoubt("maybe written"), AccountFault("no token", "make one")])
async def test_nothing_else_is_tried_again(problem: Exception) -> None:
    flaky = Flaky([problem])

    with pytest.raises(type(problem)):
        await patiently(flaky.read, QUICK)

    assert flaky.calls == 1
