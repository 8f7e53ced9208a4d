"""Signs browsers in: the cookies of a login, to whom they belong, and when they end."""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

# Source: every public client of the cabinet sends these two; `i` has to be there for POSTs, with any value.
SESSION, SECOND, PRESENCE = "Session_id", "sessionid2", "i"
_MARK_BYTES = 25


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session it is, with both cookies' values; times are epoch seconds."""

    account: str
    first: str = field(repr=False)
    second: str = field(repr=False)
    since: float
    until: float

    @property
    def cookies(self) -> Mapping[str, str]:
        return {SESSION: self.first, SECOND: self.second}


@dataclass
class Sessions:
    """Every session ever issued, by the value of its first cookie."""

    marks: random.Random
    _by_first: dict[str, SignedIn] = field(default_factory=dict)

    def open(self, account: str, at: float, lasts: float) -> SignedIn:
        """A new session; those before it stay good."""
        issued = SignedIn(account, self._value(at), self._value(at), at, at + lasts)
        self._by_first[issued.first] = issued
        return issued

    def renew(self, session: SignedIn, at: float) -> SignedIn:
        """The same login with a new first cookie, as long as the old one was to last; the old one stays good."""
        fresh = SignedIn(session.account, self._value(at), session.second, at, at + session.until - session.since)
        self._by_first[fresh.first] = fresh
        return fresh

    def of(self, cookies: Mapping[str, str]) -> SignedIn | None:
        """The session that both cookies belong to, ended ones included."""
        found = self._by_first.get(cookies.get(SESSION, ""))
        return found if found is not None and found.second == cookies.get(SECOND) else None

    def _value(self, at: float) -> str:
        # `=` and `/` make a client that quotes values show itself: the cabinet takes them unquoted only.
        mark = base64.b64encode(self.marks.randbytes(_MARK_BYTES)).decode()
        return f"3:{int(at)}.5.0.{int(at * 1000)}:{mark}/1f.1.2:1|{int(at)}.0.2"


def cookies_of(header: str) -> dict[str, str]:
    """What a Cookie header carries; of a repeated name the first value counts."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        found.setdefault(name, value)
    return found
