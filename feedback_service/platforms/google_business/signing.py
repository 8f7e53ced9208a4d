"""Turns an account's lasting consent into access tokens that last an hour."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.platforms.google_business.fields import text_of
from feedback_service.platforms.google_business.login import CONSENT, Login
from feedback_service.platforms.google_business.refusals import oauth_refusal
from feedback_service.ports.clock import Clock
from feedback_service.transports.documents import Row, amount_of, json_of, row_of
from feedback_service.transports.http import Answer, Call, Http

TOKEN = re.compile(r"[!-~]{1,8192}")
"""A header's value: no blank, no line end."""
EARLY = 60.0
"""Seconds before its end from which a token is not used any more."""
UNKNOWN_LIFE = 600.0
"""Seconds that a token is taken to live whose answer does not say; Google's usually live for 3600."""


@dataclass(slots=True)
class Signing:
    """The access token of one account, kept in memory only.

    A refresh changes nothing at Google, so it may be repeated like any read; whoever calls this does so.
    """

    http: Http
    login: Login
    clock: Clock
    _token: str = field(default="", repr=False)
    _until: float = 0.0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self) -> str:
        """Raises AccountFault where the consent is gone, Retryable where no token can be got now."""
        async with self._turn:
            if not self._token or self.clock.monotonic() >= self._until:
                await self._refresh()
            return self._token

    async def renewed(self, refused: str) -> str:
        """Another token than the one that Google refuses; one that another call has got meanwhile will do."""
        async with self._turn:
            if not self._token or self._token == refused:
                await self._refresh()
            return self._token

    async def _refresh(self) -> None:
        self._token = ""
        asked_at = self.clock.monotonic()
        form = {
            "client_id": self.login.client_id,
            "client_secret": self.login.client_secret,
            "refresh_token": self.login.refresh_token,
            "grant_type": "refresh_token",
        }
        answer = await self.http.exchange(Call(method="POST", path="/token", form=form))
        if problem := oauth_refusal(answer):
            raise problem
        document = _document(answer)
        token, life = text_of(document.get("access_token")), amount_of(document.get("expires_in"))
        if not TOKEN.fullmatch(token):
            raise AccountFault("Google took the consent, but gave no access token", CONSENT)
        self._token, self._until = token, asked_at + (UNKNOWN_LIFE if life is None else life) - EARLY


def _document(answer: Answer) -> Row:
    """Raises Retryable where it is none, without a word of the body, in which a token may stand."""
    document = row_of(json_of(answer.body))
    if not document:
        raise Retryable(f"{answer.call}: HTTP {answer.status} without a JSON object")
    return document
