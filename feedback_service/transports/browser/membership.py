"""Keeps an account signed in: its saved session before a script, its renewed cookies after it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_service.domain.errors import AccountFault, FeedbackServiceError
from feedback_service.domain.identity import AccountId
from feedback_service.domain.session import MOMENT, Cookie, Session
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import CabinetSpec
from feedback_service.ports.sessions import Sessions

log = logging.getLogger(__name__)

SAVE_AGAIN = timedelta(minutes=5)
"""How often cookies are saved that every page renews; one without which nobody is signed in is saved at once."""
Values = Mapping[tuple[str, str], str]


@dataclass
class Membership:
    """`label` is "supplier/account"."""

    label: str
    account: AccountId
    cabinet: CabinetSpec
    sessions: Sessions
    clock: Clock
    _known: Values = field(default_factory=dict, repr=False)
    _saved: datetime | None = None
    _told_of_end: bool = False

    async def session(self) -> Session | None:
        """What to be signed in by; None where the cabinet asks for no cookies and nothing is saved.

        Raises AccountFault where nobody is signed in, or the session has run out.
        """
        session = await self.sessions.load(self.account)
        if session is None and not self.cabinet.cookies:
            return None
        remedy = f"run: feedback-service login {self.label}"
        if session is None:
            raise AccountFault("nobody is signed in to the cabinet", remedy)
        if self._saved != session.saved_at:
            self._known, self._saved = self._telling(session.cookies), session.saved_at
        if missing := session.missing(self.cabinet.cookies, self.clock.now()):
            raise AccountFault(f"the session has run out ({', '.join(missing)})", remedy)
        self._tell_of_end(session)
        return session

    async def keep(self, cookies: Sequence[Cookie]) -> datetime | None:
        """Save the browser's cookies where they were renewed; the new session's time, None where nothing was saved."""
        found = self._telling(cookies)
        now = self.clock.now()
        session = Session(cookies=tuple(cookies), saved_at=now)
        if not self._worth_saving(found, now) or session.missing(self.cabinet.cookies, now):
            return None
        try:
            if not await self.sessions.save(self.account, session, self._saved):
                return None  # somebody signed in meanwhile, or another process renewed it
        except FeedbackServiceError as problem:
            extra = {"action": "session_not_saved"}
            log.warning("The renewed session of %s is not saved: %s", self.label, problem, extra=extra)
            return None
        self._known, self._saved = found, now
        return now

    def _tell_of_end(self, session: Session) -> None:
        """Warn once before the session ends, and again only after one that lasts longer.

        Of a cabinet whose cookies live for an hour and are renewed all the time, every renewal would be warned of.
        """
        until = session.ends_soon(self.cabinet.cookies, self.clock.now())
        if until and not self._told_of_end:
            log.warning(
                "The session of %s ends at %s, unless the cabinet renews it; run: feedback-service login %s",
                *(self.label, f"{until:{MOMENT}}", self.label),
                extra={"action": "session_ends_soon"},
            )
        self._told_of_end = until is not None

    def _worth_saving(self, found: Values, now: datetime) -> bool:
        changed = {name for (name, path), value in found.items() if self._known.get((name, path)) != value}
        if changed & set(self.cabinet.cookies):
            return True
        return bool(changed) and (self._saved is None or now - self._saved >= SAVE_AGAIN)

    def _telling(self, cookies: Sequence[Cookie]) -> Values:
        """The values that may sign in: what the cabinet needs, and what it hides from its own scripts.

        The domain is left out on purpose: a stand-in on this machine holds the sites' cookies under its own.
        """
        return {(one.name, one.path): one.value for one in cookies if one.http_only or one.name in self.cabinet.cookies}
