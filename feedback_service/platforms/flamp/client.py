"""The calls of Flamp's web application that we use, one function each; all of them read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.flamp import wire
from feedback_service.platforms.flamp.refusals import refusal, status_of
from feedback_service.platforms.flamp.site import Site
from feedback_service.platforms.flamp.visitor import Visitor
from feedback_service.platforms.flamp.wire import Filial, Page
from feedback_service.transports.http import Answer, Call
from feedback_service.transports.retry import Patience, patiently

T = TypeVar("T")

API = "/api/2.0"
PAGE = 50
"""Reviews on one page: what most public clients ask for."""
SCOPES = {
    "user": {"fields": "id,name,url,image,reviews_count,sex"},
    "official_answer": {},
    "photos": {},
}
PLAIN = 600.0
"""Seconds after which the nested form is asked for again: what refused it may have been no word of Flamp's."""
NEW_TOKENS = 2
"""Times that a refused token is read anew; one public client does so up to 13 times, seven seconds apart."""


@dataclass(slots=True, kw_only=True)
class FlampClient:
    """One account's calls, repeated within seconds. Paths, headers and fields: public clients of others, as no
    description of Flamp's calls exists.

    Every method raises NotThere, Retryable or AccountFault.
    """

    site: Site
    visitor: Visitor
    patience: Patience = field(default_factory=Patience)
    plain_until: float = 0.0
    """In monotonic seconds: the server has refused the nested form of answers, and an author is an address till then,
    without a name, and so is an official answer.
    """

    @property
    def is_plain(self) -> bool:
        return self.site.clock.monotonic() < self.plain_until

    async def reviews(self, filial: str, after: str = "") -> Page:
        """A page of the filial's list, newest first: what comes after the review of the number `after`."""
        query = {"limit": str(PAGE)} | ({"offset_id": after} if after else {})
        path = f"{API}/filials/{filial}/reviews"
        return await self._read(path, query, lambda document: wire.read_page(document, filial))

    async def filial(self, filial: str) -> Filial:
        """What Flamp says of one."""
        return await self._read(f"{API}/filials/{filial}", {}, wire.read_filial)

    async def _read(self, path: str, query: dict[str, str], read: Callable[[object], T]) -> T:
        async def asked() -> T:
            answer = await self._accepted(path, query)
            if (problem := refusal(answer)) is not None:
                raise problem
            try:
                return read(answer.json())
            except wire.Unreadable as unreadable:
                raise Retryable(f"{answer.call}: {unreadable}: {answer.excerpt()}") from unreadable

        return await patiently(asked, self.patience, self.site.clock)

    async def _accepted(self, path: str, query: dict[str, str]) -> Answer:
        """The answer to a token that is accepted, or the refusal of the last that could be had."""
        token = await self.visitor.token()
        for _ in range(NEW_TOKENS):
            answer = await self._sent(path, query, token)
            if status_of(answer) not in (401, 403):
                return answer
            refused, token = token, await self.visitor.token(instead_of=token)
            if token == refused:
                return answer
        return await self._sent(path, query, token)

    async def _sent(self, path: str, query: dict[str, str], token: str) -> Answer:
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Application": "Flamp4",
            "Accept": _accept(plain=self.is_plain),
        }
        answer = await self.site.exchange(Call(method="GET", path=path, query=query, headers=headers))
        if status_of(answer) == 406 and not self.is_plain:
            self.plain_until = self.site.clock.monotonic() + PLAIN
            return await self._sent(path, query, token)
        return answer


def _accept(*, plain: bool) -> str:
    """How deep the answer is to be, in the odd form that Flamp's own page sends."""
    scopes = {} if plain else SCOPES
    return f";q=1;depth={0 if plain else 1};scopes={json.dumps(scopes, separators=(',', ':'))};application/json"
