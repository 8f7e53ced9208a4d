"""Tries a read again within seconds."""

from __future__ import annotations

import itertools
import random
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

import backoff

from feedback_service.domain.errors import Retryable

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a read is tried; the first wait; the longest wait that is still ours (a longer one is redelivery)."""

    tries: int = 4
    first: float = 0.3
    longest: float = 5.0


async def patiently(read: Callable[[], Awaitable[T]], patience: Patience) -> T:
    """Run the read until it succeeds, or its last Retryable; for reads only: a write must never come here."""

    def hopeless(problem: Exception) -> bool:
        return isinstance(problem, Retryable) and (problem.retry_after or 0.0) > patience.longest

    again = backoff.on_exception(
        _waits, Retryable, max_tries=patience.tries, giveup=hopeless, jitter=None, logger=None, patience=patience
    )
    return await again(read)()


def _waits(patience: Patience) -> Generator[Any, Any, None]:
    """What the other side asked for; else twice as long each time, at random in the upper half."""
    problem = yield None
    for attempt in itertools.count():
        ours = min(patience.longest, patience.first * 2**attempt) * random.uniform(0.5, 1.0)  # noqa: S311  no secret
        problem = yield ours if problem.retry_after is None else problem.retry_after
