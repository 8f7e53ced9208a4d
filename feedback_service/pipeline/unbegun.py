"""Notices that an account's announced answers are begun by no publisher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.domain.dispatch import Dispatch
from feedback_service.domain.errors import AccountFault

ROUNDS = 3
"""Announcements in a row of an answer that nobody begins, after which a person is told."""
LATE = 1.5
"""So many times a notice's life after its announcement, an answer that nobody began has been announced again."""
NOBODY = "no publisher begins its answers"
REMEDY = (
    "start `feedback-service publisher` on a machine with a browser, or let `run` do it (RUN_PUBLISHER); where one "
    "runs, see its log, whether its DATABASE_URL and PUBSUB_ settings are those of this worker, and "
    "`feedback-service queue check`"
)


@dataclass(slots=True)
class Unbegun:
    """Watches the oldest answer of one account, since publishers begin with it; `again` is how long a notice lasts.

    A publisher that looked at an answer and put it off has changed when it falls due, or its looks; one that is merely
    slow has begun the oldest by the next announcement, and another answer is the oldest then.
    """

    again: timedelta
    oldest: Dispatch | None = None
    since: datetime | None = None
    at: datetime | None = None
    """When it was announced last."""
    rounds: int = 0

    def announced(self, dispatches: Sequence[Dispatch], now: datetime) -> bool:
        """Note an announcement; whether nobody has begun the oldest for ROUNDS of them."""
        mine = next((one for one in dispatches if self.oldest and one.id == self.oldest.id), None)
        first = min(dispatches, key=lambda one: one.id)
        if mine is not None and self._is_untouched(mine, now):
            self.at, self.rounds = now, self.rounds + 1
        elif mine is not None or self.oldest is None or first.id < self.oldest.id or self._is_gone(now):
            self.oldest, self.since, self.at, self.rounds = first, now, now, 1
        return self.rounds >= ROUNDS

    def forget(self) -> None:
        self.oldest, self.since, self.at, self.rounds = None, None, None, 0

    @property
    def fault(self) -> AccountFault:
        """What a person is told."""
        since = f"{self.since:%Y-%m-%d %H:%M UTC}" if self.since else "a while"
        return AccountFault(f"{NOBODY}, announced since {since}", REMEDY)

    def _is_untouched(self, dispatch: Dispatch, now: datetime) -> bool:
        """It fell due by itself, when its notice had expired, and reads as before."""
        before, waited = self.oldest, now - (self.at or now)
        assert before is not None
        same = (dispatch.revision, dispatch.looks) == (before.revision, before.looks)
        return same and self.again <= waited <= self.again * LATE

    def _is_gone(self, now: datetime) -> bool:
        """It would have been announced again by now, had nobody begun it."""
        return self.at is not None and now - self.at > self.again * LATE
