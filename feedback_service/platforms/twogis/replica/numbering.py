"""Numbers that the platform gives to what is written on it."""

from __future__ import annotations

import random
from dataclasses import dataclass

_LARGEST_LEAP = 97


@dataclass
class Numbering:
    """Ids of reviews and comments: decimal text that grows by leaps, for the whole country writes."""

    chance: random.Random
    _review: int = 308_458_772
    _comment: int = 5_266_732

    def review(self) -> str:
        self._review += self.chance.randint(1, _LARGEST_LEAP)
        return str(self._review)

    def comment(self) -> str:
        self._comment += self.chance.randint(1, _LARGEST_LEAP)
        return str(self._comment)
