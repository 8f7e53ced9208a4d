"""Which work found an account out of order, and whose success shows that it is in order again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Pauser(StrEnum):
    """Who told of the fault. What stands further down keeps more from working."""

    PUBLISHERS = "publishers"
    """Nobody begins what is announced."""
    ANNOUNCING = "announcing"
    WRITING = "writing"
    LOOKING = "looking"
    """At what is about to be sent or taken away."""
    READING = "reading"
    CABINET = "cabinet"
    """The login works, and seems to be that of another cabinet."""


GRAVITY = tuple(Pauser)
ENDED_BY: dict[Pauser, frozenset[Pauser]] = {
    **{one: frozenset({one}) for one in Pauser},
    Pauser.WRITING: frozenset({Pauser.PUBLISHERS, Pauser.ANNOUNCING, Pauser.WRITING, Pauser.LOOKING}),
}
"""Whose pauses the success of a work ends: an answer that was sent had been looked at, and announced where need be.

No other work's: an account that may be read and not written would else fall ill and recover in every pass by cron.
"""
FORGOTTEN = timedelta(days=2)
"""After so long without another word of it, a pause ends with the next reading: passes by cron may come once a day."""


@dataclass(frozen=True, slots=True)
class Pause:
    """`by` None: it was told to an earlier login or configuration, or by an earlier version; any success ends it.

    `silent`: how long ago its work met the fault last.
    """

    by: Pauser | None
    reason: str
    lasted: timedelta
    silent: timedelta

    @property
    def is_forgotten(self) -> bool:
        """Whether its work has had no occasion to meet the fault again, nor to see that it is over."""
        return self.silent >= FORGOTTEN


def is_news(by: Pauser, before: Pauser | None) -> bool:
    """Whether a fault is told though the account is paused already: where it is graver, or the first after a change."""
    return before is None or GRAVITY.index(by) > GRAVITY.index(before)
