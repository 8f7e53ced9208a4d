"""Sessions of one cabinet: given out, renewed while they are used, ended by time or by order."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Values = tuple[str, ...]

GRACE_SECONDS = 60.0
"""For how long the values before a renewal are still taken, from the first use of the new ones."""
_RENEWED_AFTER = 0.25


@dataclass(frozen=True, slots=True)
class Term:
    """How long a session lasts, in seconds; one that `renews` begins anew when a quarter of it is used up.

    Invented, but for the several hours, which users of Ozon's cabinet report.
    """

    lasts: float = 6 * 3600.0
    renews: bool = True


@dataclass(frozen=True, slots=True)
class Use:
    """A session that holds; `fresh` are the cookies to set, by name, when the browser's are to be replaced."""

    account: str
    expires_at: float
    fresh: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Session:
    account: str
    term: Term
    values: Values
    since: float
    previous: Values = ()
    previous_until: float = float("inf")
    revoked: bool = False

    @property
    def expires_at(self) -> float:
        return self.since + self.term.lasts

    @property
    def renews_at(self) -> float:
        return self.since + self.term.lasts * _RENEWED_AFTER


class Sessions:
    """The sessions by the values of their cookies, all of which a request must carry."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._held: dict[Values, _Session] = {}

    def issue(self, account: str, at: float, term: Term) -> Use:
        """A new session beside those that the account has; its cookies are in `fresh`."""
        session = _Session(account, term, self._new_values(), at)
        self._held[session.values] = session
        return self._handed_out(session)

    def holder(self, sent: Mapping[str, str]) -> str | None:
        """Whose session the cookies are, ended ones included."""
        session = self._held.get(self._values(sent))
        return session.account if session else None

    def use(self, sent: Mapping[str, str], at: float) -> Use | None:
        """The session of these cookies, where it holds; may renew it."""
        values = self._values(sent)
        session = self._held.get(values)
        if session is None or session.revoked or session.expires_at <= at:
            return None
        if values != session.values:
            is_taken = values == session.previous and at < session.previous_until
            return self._handed_out(session) if is_taken else None
        session.previous_until = min(session.previous_until, at + GRACE_SECONDS)
        if session.term.renews and at >= session.renews_at:
            return self._renewed(session, at)
        return Use(session.account, session.expires_at)

    def revoke(self, account: str) -> int:
        """End every session of the account; returns how many were not ended by order before."""
        mine = {id(one): one for one in self._held.values() if one.account == account and not one.revoked}
        for session in mine.values():
            session.revoked = True
        return len(mine)

    def _renewed(self, session: _Session, at: float) -> Use:
        session.previous, session.previous_until = session.values, float("inf")
        session.values, session.since = self._new_values(), at
        self._held[session.values] = session
        return self._handed_out(session)

    def _handed_out(self, session: _Session) -> Use:
        return Use(session.account, session.expires_at, dict(zip(self._names, session.values, strict=True)))

    def _new_values(self) -> Values:
        return tuple(secrets.token_urlsafe(32) for _ in self._names)

    def _values(self, sent: Mapping[str, str]) -> Values:
        return tuple(sent.get(name, "") for name in self._names)
