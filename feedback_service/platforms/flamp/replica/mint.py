"""Gives out the token of the web app, which whoever opens a page gets as a cookie without signing in."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

COOKIE = "__cat"
_BITS = 160  # source: forty hexadecimal digits


@dataclass
class Mint:
    """One word for all visitors of one company's pages, until it runs out; then another."""

    chance: random.Random
    _until: dict[str, float] = field(default_factory=dict)
    _current: dict[str, str] = field(default_factory=dict)

    def current(self, owner: str, at: float, lasts: float) -> str:
        """The word that a page of this company sets now."""
        word = self._current.get(owner)
        if word is None or not self.holds(word, at):
            word = self._current[owner] = f"{self.chance.getrandbits(_BITS):040x}"
            self._until[word] = at + lasts
        return word

    def holds(self, word: str, at: float) -> bool:
        """Whether the API takes it."""
        return at < self._until.get(word, 0.0)

    def end(self, word: str) -> None:
        """Let a word be refused from now on."""
        if word in self._until:
            self._until[word] = 0.0
