"""Gives out the cabinet's bearer tokens, and knows whose each one is."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

_BITS = 160  # source: forty hexadecimal digits


@dataclass(frozen=True, slots=True)
class Token:
    """`until`: epoch seconds from which on it is refused."""

    account: str
    until: float


@dataclass
class Mint:
    """Every token that was ever given out, dead ones included."""

    chance: random.Random
    _tokens: dict[str, Token] = field(default_factory=dict)

    def word(self) -> str:
        """Forty hexadecimal digits."""
        return f"{self.chance.getrandbits(_BITS):040x}"

    def issue(self, account: str, until: float, *, alone: bool) -> str:
        """A new token; `alone` ends the account's older ones."""
        if alone:
            for word, token in list(self._tokens.items()):
                if token.account == account:
                    self.end(word)
        word = self.word()
        self._tokens[word] = Token(account, until)
        return word

    def read(self, authorization: str) -> tuple[str, Token] | None:
        """The word and the token behind a header, alive or not; None where it is none of ours."""
        scheme, _, word = authorization.partition(" ")
        token = self._tokens.get(word.strip()) if scheme.lower() == "bearer" else None
        return (word.strip(), token) if token else None

    def end(self, word: str) -> None:
        """Let a token be refused from now on."""
        self._tokens[word] = replace(self._tokens[word], until=0.0)
