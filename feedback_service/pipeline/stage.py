"""What every stage is: one batch of work per step, with an answer to "when is the next one worth it?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from feedback_service.domain.feedback import Feedback
from feedback_service.ports.storage import Change


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step did.

    `taken`: items claimed or listed; `moved`: items with a new status; `failed`: items or calls that went wrong;
    `more`: the batch was full, go on at once; `rest`: seconds in which another step is no use (an outage);
    `later`: seconds after which something given back falls due.
    """

    taken: int = 0
    moved: int = 0
    failed: int = 0
    more: bool = False
    rest: float = 0.0
    later: tuple[float, ...] = ()

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.taken + other.taken,
            self.moved + other.moved,
            self.failed + other.failed,
            self.more or other.more,
            max(self.rest, other.rest),
            self.later + other.later,
        )


class Stage(Protocol):
    """A stage of one supplier, or of one of its accounts."""

    @property
    def name(self) -> str: ...

    async def step(self) -> Progress:
        """Do one batch. Raises FenceLost, or Retryable where the database is away; everything else is handled."""
        ...


@dataclass(slots=True)
class Backlog:
    """Whether an account has more to send than one batch: then its calls go to sending before confirming."""

    full: bool = False


OUTAGE_DELAYS = (timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))
"""How long a stage rests after the first, second … failure in a row, where the other side names no time."""

ATTEMPTS = 5
"""Claims after which an item that never gets a usable result goes to a person."""


@dataclass(slots=True)
class Outage:
    """Counts failures in a row, so that a stage rests longer each time and speaks of an outage only once."""

    failures: int = field(default=0)
    of_account: bool = field(default=False)
    """Whether the last failure was surely no single item's doing, but the account's."""

    def failed(self, retry_after: float | None, *, of_account: bool = False) -> float:
        """Note one more failure; return the seconds to rest (never none: a stage that does not rest would spin)."""
        delay = OUTAGE_DELAYS[min(self.failures, len(OUTAGE_DELAYS) - 1)]
        self.failures += 1
        self.of_account = of_account
        return retry_after or delay.total_seconds()

    def batch(self, usual: int) -> int:
        """How many to try together: one after a failure, as a single item may be what makes all of them fail."""
        return 1 if self.failures and not self.of_account else usual

    @property
    def is_new(self) -> bool:
        """Whether the last failure was the first in a row: the moment to say so."""
        return self.failures == 1

    def recovered(self) -> bool:
        """Note a success; True where it ends an outage: the moment to say so."""
        ended = self.failures > 0
        self.failures = 0
        return ended


def give_back(batch: Sequence[Feedback], seconds: float, because: str) -> list[Change]:
    """Claims returned untouched because of an outage, due again after `seconds`."""
    delay = timedelta(seconds=seconds)
    return [Change(feedback=one, to=None, because=because, delay=delay, forgive=True) for one in batch]
