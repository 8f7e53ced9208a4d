"""The hidden field that a form of the cabinet brings back, so that no other site can send one."""

from __future__ import annotations

import hmac
import random
from dataclasses import dataclass, field
from hashlib import blake2b

LASTS = 7200.0
"""Seconds from the page to the form."""
_BYTES = 16


@dataclass
class Seal:
    """Values for one account, each good for two hours; of another replica none is."""

    chance: random.Random
    _secret: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._secret = self.chance.randbytes(32)

    def set(self, account: str, at: float) -> str:
        """A value for a page shown now."""
        moment = f"{int(at):x}"
        return f"{moment}.{self._mark(account, moment)}"

    def unbroken(self, value: str, account: str, at: float) -> bool:
        """Whether it was set for this account and is not too old."""
        moment, _, mark = value.partition(".")
        if not hmac.compare_digest(mark.encode("utf-8", "replace"), self._mark(account, moment).encode()):
            return False
        return at < int(moment, 16) + LASTS

    def _mark(self, account: str, moment: str) -> str:
        words = f"{account}\n{moment}".encode("utf-8", "replace")
        return blake2b(words, key=self._secret, digest_size=_BYTES).hexdigest()
