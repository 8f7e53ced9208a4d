"""Takes the token by which Flamp's page itself reads reviews: the cookie that every visitor gets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.platforms.flamp.login import FILIALS
from feedback_service.platforms.flamp.refusals import READING, refusal, status_of
from feedback_service.platforms.flamp.site import Site
from feedback_service.transports.http import Answer, Call

COOKIE = "__cat"
"""Its value is the Bearer token of the web application; read by two public clients."""
TOKEN = re.compile(r"[!-+\--:<-~]{8,500}")
"""Visible signs without comma or semicolon; 40 hexadecimal digits in all samples."""
HOPS = 3
MOST_TRIED = 3
"""Filials of which a page is asked for before we say that our numbers are wrong."""
PAGE = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@dataclass(slots=True)
class Visitor:
    """One account's token, read anew where it was refused."""

    site: Site
    filials: Sequence[str]
    _first: int = 0
    _token: str = field(default="", repr=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self, instead_of: str = "") -> str:
        """The token; where it is `instead_of`, which was refused, a new one. Raises Retryable or AccountFault."""
        async with self._turn:
            if not self._token or self._token == instead_of:
                self._token = await self._taken()
            return self._token

    async def _taken(self) -> str:
        """From the first filial that has a page; where none of the first few has one, the next few come next time."""
        tried = [*self.filials[self._first :], *self.filials[: self._first]][:MOST_TRIED]
        for filial in tried:
            if (token := await self._of(filial)) is not None:
                return token
        self._first = (self._first + len(tried)) % len(self.filials)
        raise AccountFault(f"Flamp has no page of filial {', '.join(tried)}", FILIALS)

    async def _of(self, filial: str) -> str | None:
        """From the filial's page, or what leads there; None where there is no such page."""
        host, path = self.site.home, f"/firm/{filial}/"
        for _ in range(HOPS + 1):
            answer = await self.site.exchange(Call(method="GET", path=path, headers=PAGE), host)
            if token := _token_in(answer.cookies):
                return token
            if status_of(answer) == 404:
                return None
            if not 300 <= answer.status < 400:
                break
            target = self.site.target(host, path, answer.headers.get("location", ""))
            if target is None:
                raise Retryable(f"{answer.call}: Flamp's page leads somewhere else")
            host, path = target
        else:
            raise Retryable(f"{answer.call}: Flamp's page leads on without end")
        raise _without_token(answer)


def _without_token(answer: Answer) -> Exception:
    if status_of(answer) in (401, 403):
        return AccountFault(f"Flamp does not show its pages to us ({answer.status})", READING)
    return refusal(answer) or Retryable(f"{answer.call}: the page hands out no token")


def _token_in(lines: Sequence[str]) -> str:
    for line in lines:
        try:
            found = SimpleCookie(line).get(COOKIE)
        except CookieError:
            continue
        if found is not None and TOKEN.fullmatch(found.value):
            return found.value
    return ""
