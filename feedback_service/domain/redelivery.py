"""When a delivery is tried again, looked at again, or given to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Redelivery:
    """When a delivery is tried again, and when it is given to a person.

    `delays`: before the 2nd, 3rd … attempt; the last one repeats. `attempts`: then the item is HELD with the reason.
    `settle`: after a write fell in doubt, the waits before the first, second … re-read; only when the last of them
    still shows no answer may the write be repeated. `doubt_ends_with_a_person`: not even then, as what these looks do
    not show proves nothing. `confirm`: the waits before the re-reads of an accepted write; the last one repeats until
    `give_up` has passed since the write.
    """

    delays: tuple[timedelta, ...] = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
    attempts: int = 8
    settle: tuple[timedelta, ...] = (timedelta(seconds=10), timedelta(seconds=30))
    confirm: tuple[timedelta, ...] = (timedelta(seconds=1), timedelta(seconds=30), timedelta(minutes=10))
    give_up: timedelta = timedelta(days=3)
    doubt_ends_with_a_person: bool = False


def redelivery_delay(attempts: int, redelivery: Redelivery, retry_after: timedelta = timedelta(0)) -> timedelta | None:
    """The wait before the next attempt after `attempts` of them failed; None: no more, a person decides.

    `retry_after` is what the platform asked for; the longer of the two counts.
    """
    if attempts >= redelivery.attempts:
        return None
    return max(nth_wait(redelivery.delays, attempts - 1), retry_after)


def nth_wait(waits: tuple[timedelta, ...], index: int) -> timedelta:
    """The wait at the index, the last one for all indexes beyond the end, none where there are no waits."""
    if not waits:
        return timedelta(0)
    return waits[min(max(index, 0), len(waits) - 1)]
