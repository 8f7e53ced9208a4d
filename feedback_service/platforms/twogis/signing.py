"""Signs an account in to the cabinet: by the session that a person or another process left, else by its login."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, field, replace

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.session import Cookie
from feedback_service.platforms.twogis import wire
from feedback_service.platforms.twogis.login import SESSION_COOKIE, Login
from feedback_service.platforms.twogis.pace import Pace
from feedback_service.platforms.twogis.refusals import reason, refusal, status_of
from feedback_service.ports.sessions import SessionKeeper
from feedback_service.transports.http import Answer, Call

log = logging.getLogger(__name__)

DOMAIN = ".2gis.com"
TOKEN = re.compile(r"[!-~]{8,4096}")
"""A header's value: no blank, no line end. Seen were 40 hexadecimal digits."""
AGAIN = 60.0
"""Seconds within which a token that was just given, and is refused, is no reason to sign in once more."""
LEFT_ALONE = 300.0
"""Seconds after a refused sign-in in which no other is tried: wrong passwords in a row may lock the login."""
CAPTCHA = ("captcha", "капч", "robot")


@dataclass(slots=True)
class Signing:
    """The token of one account. `label` is "supplier/account"."""

    label: str
    login: Login
    pace: Pace
    sessions: SessionKeeper | None = None
    _token: str = field(default="", repr=False)
    _cookies: tuple[Cookie, ...] = field(default=(), repr=False)
    _signed_in_at: float | None = None
    _fault: AccountFault | None = None
    _fault_until: float = 0.0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def remedy(self) -> str:
        return f"run: feedback-service login {self.label}"

    async def token(self) -> str:
        """What to be signed in by. Raises AccountFault where there is nothing, Retryable where it cannot be got now."""
        async with self._turn:
            if not self._token:
                self._token = await self._kept() or await self._signed_in()
            return self._token

    async def renewed(self, refused: str) -> str:
        """Another token than the one that 2GIS refuses: one that somebody else has got meanwhile, else a new one."""
        async with self._turn:
            if self._token != refused and self._token:
                return self._token
            self._token = ""
            kept = await self._kept()
            self._token = kept if kept and kept != refused else await self._signed_in(after_refusal=True)
            return self._token

    async def is_signed_in(self) -> bool:
        """Whether there is a login, or a session that a person left."""
        if self.login.signs_in or self._token:
            return True
        async with self._turn:
            self._token = await self._kept()
        return bool(self._token)

    async def _kept(self) -> str:
        """The token in the kept session; empty where there is none."""
        if self.sessions is None:
            return ""
        try:
            session = await self.sessions.session()
        except AccountFault:
            return ""
        self._cookies = session.cookies if session else ()
        values = [one.value.strip('"') for one in self._cookies if one.name == SESSION_COOKIE]
        return next((one for one in values if TOKEN.fullmatch(one)), "")

    async def _signed_in(self, *, after_refusal: bool = False) -> str:
        if not self.login.signs_in:
            what = "2GIS does not accept the session any more" if after_refusal else "nobody is signed in to 2GIS"
            raise AccountFault(what, f"{self.remedy}; or give login and password")
        now = self.pace.clock.monotonic()
        if self._fault is not None and now < self._fault_until:
            raise self._fault
        if after_refusal and self._signed_in_at is not None and now - self._signed_in_at < AGAIN:
            raise AccountFault("2GIS refuses the sign-in that it has just given", self.remedy)
        try:
            token = await self._asked()
        except AccountFault as problem:
            self._fault, self._fault_until = problem, self.pace.clock.monotonic() + LEFT_ALONE
            raise
        self._fault, self._signed_in_at = None, self.pace.clock.monotonic()
        await self._keep(token)
        return token

    async def _asked(self) -> str:
        """One sign-in by login and password; not repeated within seconds."""
        body = {"login": self.login.login, "password": self.login.password}
        answer = await self.pace.exchange(Call(method="POST", path="/api/1.0/users/auth", json=body))
        problem = refusal(answer)
        if problem is not None and 400 <= status_of(answer) < 500 and status_of(answer) not in (408, 429):
            raise self._no_entry(answer)
        if problem is not None:
            raise problem
        try:
            token = wire.read_token(answer.json())
        except (wire.Unreadable, Retryable):
            # Without the body's beginning, as elsewhere, and without a cause that shows it: a token may stand there.
            raise Retryable(f"{answer.call}: HTTP {answer.status} without what a sign-in returns") from None
        if not TOKEN.fullmatch(token):
            raise AccountFault("2GIS took the login, but gave no token", f"sign in by hand: {self.remedy}")
        return token

    def _no_entry(self, answer: Answer) -> AccountFault:
        """What a refused sign-in says is not known; a captcha is told from a wrong password by its words alone."""
        said = f"{status_of(answer)} {reason(answer)}"
        if any(word in answer.body.decode("utf-8", "replace").lower() for word in CAPTCHA):
            return AccountFault(f"2GIS asks for a captcha ({said})", f"sign in by hand: {self.remedy}")
        return AccountFault(
            f"2GIS does not accept login and password ({said})", f"correct them, or sign in by hand: {self.remedy}"
        )

    async def _keep(self, token: str) -> None:
        """Leave the token to other processes; what else the person's session held stays in it."""
        log.info("Signed in to 2GIS as account %s.", self.label, extra={"action": "signed_in"})
        if self.sessions is None:
            return
        mine = [one for one in self._cookies if one.name == SESSION_COOKIE] or [
            Cookie(name=SESSION_COOKIE, value=token, domain=DOMAIN)
        ]
        others = [one for one in self._cookies if one.name != SESSION_COOKIE]
        # How long a token lives is not known, so no date is put on it: that it has run out is told by a 401.
        self._cookies = (*others, *(replace(one, value=token, expires_at=None) for one in mine))
        await self.sessions.keep(self._cookies)
