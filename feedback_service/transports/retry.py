"""Tries a read again within seconds."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import backoff

from feedback_service.domain.errors import Retryable
from feedback_service.ports.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a read is tried; the first wait; the longest wait that is still ours (a longer one is redelivery)."""

    tries: int = 4
    first: float = 0.3
    longest: float = 5.0


async def patiently(read: Callable[[], Awaitable[T]], patience: Patience, clock: Clock) -> T:
    """Run the read until it succeeds, or its last Retryable; for reads only: a write must never come here.

    The waits between are the clock's.
    """

    def hopeless(problem: Exception) -> bool:
        return isinstance(problem, Retryable) and (problem.retry_after or 0.0) > patience.longest

    async def rest(failed: Mapping[str, Any]) -> None:  # backoff's type of it does not know the exception
        await clock.sleep(_wait(failed["exception"], failed["tries"], patience))

    again = backoff.on_exception(
        backoff.constant,
        Retryable,
        max_tries=patience.tries,
        giveup=hopeless,
        on_backoff=rest,
        jitter=None,
        logger=None,
        interval=0,  # its own waits know no clock but the machine's
    )

    async def tried() -> T:  # backoff takes a lambda that gives a coroutine for a plain function
        return await read()

    return await again(tried)()


def _wait(problem: Exception, tries: int, patience: Patience) -> float:
    """What the other side asked for; else twice as long each time, at random in the upper half."""
    if isinstance(problem, Retryable) and problem.retry_after is not None:
        return problem.retry_after
    return min(patience.longest, patience.first * 2.0 ** (tries - 1)) * random.uniform(0.5, 1.0)  # noqa: S311  no secret
