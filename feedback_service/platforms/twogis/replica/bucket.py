"""Counts an account's calls where its options limit them."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ROUNDING = 1e-5  # of a call: epoch seconds as floats are good to a fraction of a microsecond


@dataclass
class Bucket:
    """`rate` calls come back each second, at most `burst` wait to be used; `at` is when it was counted last."""

    rate: float
    burst: int
    at: float
    left: float = 0.0

    def __post_init__(self) -> None:
        self.left = float(self.burst)

    def wait(self, at: float) -> int:
        """0 where a call may come, which uses it; else the seconds until the next may, rounded up."""
        passed = max(0.0, at - self.at)
        self.left, self.at = min(float(self.burst), self.left + passed * self.rate), max(self.at, at)
        if self.left >= 1 - _ROUNDING:
            self.left -= 1
            return 0
        return max(1, math.ceil((1 - self.left) / self.rate))
