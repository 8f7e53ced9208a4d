"""How long an account is left alone before it is read again: busy ones are read often, quiet ones rarely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

GROWTH = 1.5
"""How much longer each wait is than the one before, while nothing new comes."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The shortest and the longest wait."""

    busy: timedelta
    quiet: timedelta

    def next(self, last: timedelta, *, news: bool) -> timedelta:
        """The wait after a pass that came `last` after the one before it: news bring the shortest back."""
        if news:
            return self.busy
        return max(self.busy, min(self.quiet, last * GROWTH))
