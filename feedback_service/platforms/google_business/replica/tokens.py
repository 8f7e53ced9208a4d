"""Gives out consents (refresh tokens) and access tokens, and knows whose each one is."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass, field, replace

_ALPHABET = string.ascii_letters + string.digits + "-_"


@dataclass(frozen=True, slots=True)
class Token:
    """Of which account; `until`: epoch seconds from which on it is refused."""

    account: str
    until: float


@dataclass
class Mint:
    """Every token that was ever given out, dead ones included."""

    chance: random.Random
    consents: dict[str, Token] = field(default_factory=dict, repr=False)
    _tokens: dict[str, Token] = field(default_factory=dict, repr=False)

    def word(self, length: int) -> str:
        """Letters, digits, dashes."""
        return "".join(self.chance.choices(_ALPHABET, k=length))

    def consent(self, account: str, until: float) -> str:
        """A new refresh token; older ones stay good. It has slashes, as Google's have."""
        word = f"1//{self.word(96)}"
        self.consents[word] = Token(account, until)
        return word

    def issue(self, account: str, until: float) -> str:
        """A new access token."""
        word = f"ya29.{self.word(160)}"
        self._tokens[word] = Token(account, until)
        return word

    def read(self, authorization: str) -> tuple[str, Token] | None:
        """The word and the token behind a header, alive or not; None where it is none of ours."""
        scheme, _, word = authorization.partition(" ")
        token = self._tokens.get(word.strip()) if scheme.lower() == "bearer" else None
        return (word.strip(), token) if token else None

    def end(self, word: str) -> None:
        """Let an access token be refused from now on."""
        self._tokens[word] = replace(self._tokens[word], until=0.0)

    def revoke(self, account: str) -> None:
        """Let everything that was given out for this account be refused from now on."""
        for kept in (self.consents, self._tokens):
            kept.update({word: replace(one, until=0.0) for word, one in kept.items() if one.account == account})
