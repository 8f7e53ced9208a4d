"""Turns a kept session into the header of a request, and what the cabinet renews back into a session."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from feedback_service.domain.errors import AccountFault
from feedback_service.domain.session import Cookie, Session
from feedback_service.platforms.yandex_business.refusals import SIGN_IN
from feedback_service.ports.clock import Clock
from feedback_service.ports.sessions import SessionKeeper

SITE = "yandex.ru"
PATH = "/sprav/api/"
PRESENT = "i"
"""A cookie that must be there with a POST, whatever its value. Source: ya_business_api 4.1.1."""


@dataclass(slots=True)
class Jar:
    """One account's cookies; `host` is where its calls go: a stand-in gets the site's cookies as well.

    One look-up at a time: a session that a person signed in anew must not be replaced by what came of the old one.
    """

    sessions: SessionKeeper
    host: str
    clock: Clock
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def session(self) -> Session:
        """What to be signed in by. Raises AccountFault where nobody is."""
        async with self._turn:
            return await self._session()

    async def keep(self, used: Session, lines: Sequence[str]) -> None:
        """Save what the Set-Cookie lines renewed, unless another session took the place of the used one."""
        async with self._turn:
            if (await self._session()).saved_at == used.saved_at:
                await self.sessions.keep(self.renewed(used.cookies, lines))

    def header(self, session: Session) -> str:
        """The header's value, unquoted as the cabinet wants it; what has run out or goes elsewhere is left out."""
        sent = {PRESENT: ""}
        for one in sorted(session.cookies, key=lambda cookie: len(cookie.path)):
            if self._goes(one) and not _ran_out(one, self.clock.now()):
                sent[one.name] = one.value
        return "; ".join(f"{name}={value}" for name, value in sent.items())

    def renewed(self, cookies: Sequence[Cookie], lines: Sequence[str]) -> tuple[Cookie, ...]:
        """The cookies with those of the lines in place of the old ones of the same name."""
        now, kept = self.clock.now(), list(cookies)
        for fresh in (one for line in lines if (one := read_cookie(line, self.host, now))):
            old = next((one for one in kept if one.name == fresh.name and self._goes(one)), None)
            if old is not None:
                kept.remove(old)
                fresh = replace(fresh, domain=old.domain, path=old.path)
            if self._goes(fresh) and not _ran_out(fresh, now):
                kept.append(fresh)
        return tuple(kept)

    async def _session(self) -> Session:
        session = await self.sessions.session()
        if session is None:
            raise AccountFault("nobody is signed in to the cabinet", SIGN_IN)
        return session

    def _goes(self, cookie: Cookie) -> bool:
        domain = cookie.domain.lstrip(".").lower()
        here = any(host == domain or host.endswith(f".{domain}") for host in (self.host, SITE))
        return bool(domain) and here and PATH.startswith(cookie.path) and _is_clean(cookie)


def read_cookie(line: str, host: str, now: datetime) -> Cookie | None:
    """The cookie of one Set-Cookie line; None where it is none. One that is taken back has run out by `now`."""
    pair, *parts = line.split(";")
    name, is_pair, value = (part.strip() for part in pair.partition("="))
    if not is_pair or not name:
        return None
    told = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in parts)}
    return Cookie(
        name=name,
        value=value,
        domain=told.get("domain") or host,
        path=told.get("path") or "/",
        expires_at=_expiry(told.get("max-age"), told.get("expires"), now),
        secure="secure" in told,
        http_only="httponly" in told,
    )


def _expiry(max_age: str | None, expires: str | None, now: datetime) -> datetime | None:
    """By Max-Age, which counts first, else by Expires; None lasts as long as a browser runs."""
    try:
        if max_age:
            return now + timedelta(seconds=int(max_age))
        moment = parsedate_to_datetime(expires) if expires else None
    except (ValueError, OverflowError, TypeError):
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _ran_out(cookie: Cookie, now: datetime) -> bool:
    return cookie.expires_at is not None and cookie.expires_at <= now


def _is_clean(cookie: Cookie) -> bool:
    """Whether it can stand in a header without changing the rest of it."""
    text = cookie.name + cookie.value
    return bool(cookie.name) and text.isascii() and text.isprintable() and ";" not in text and "=" not in cookie.name
