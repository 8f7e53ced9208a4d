"""Counts an API's calls within a minute."""

from __future__ import annotations

from dataclasses import dataclass

_MINUTE = 60


@dataclass
class Quota:
    """The minute that is counted (epoch minutes), and the calls in it."""

    minute: int = 0
    used: int = 0

    def take(self, most: int, at: float) -> bool:
        """Use one call if there is one; `most` 0 allows any number."""
        minute = max(self.minute, int(at // _MINUTE))
        if minute != self.minute:
            self.minute, self.used = minute, 0
        if most and self.used >= most:
            return False
        self.used += 1
        return True
