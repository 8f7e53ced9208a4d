"""The calls of the cabinet that we use, one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis import wire
from feedback_service.platforms.twogis.pace import Pace
from feedback_service.platforms.twogis.refusals import refusal, status_of
from feedback_service.platforms.twogis.signing import Signing
from feedback_service.platforms.twogis.wire import CATALOG, Listed, Page, Place, Places, Reply
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer, Call
from feedback_service.transports.retry import Patience, patiently

T = TypeVar("T")

API = "/api/1.0"
PAGE = 50
"""Reviews on one page: the most that any public client asks for."""
BRANCHES = 60
COMMENTS = 200
OF_CATALOG = {"catalog": CATALOG}


class Elsewhere(Exception):
    """A branch or a review that is not the account's, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoGisClient:
    """One account's calls. Reads are repeated within seconds; a write leaves at most once per call.

    Every method raises Retryable or AccountFault; the writes also raise InDoubt and Refused. Paths and fields: public
    clients of others, as no description of the cabinet's calls exists.
    """

    pace: Pace
    signing: Signing
    patience: Patience = field(default_factory=Patience)

    @property
    def clock(self) -> Clock:
        return self.pace.clock

    async def user(self) -> str:
        """By what name the login is known."""
        return await self._read(_get("/users"), wire.read_user)

    async def organisations(self) -> Sequence[Place]:
        """Those of the login."""
        return (await self._read(_get("/orgs", {"fields": "orgDetails"}), wire.read_places)).known

    async def branches(self, org_id: str, page: int) -> Places | None:
        """One page (from 1) of an organisation's branches; None where the organisation is not the login's."""
        query = {"orgId": org_id, "page": str(page), "pageSize": str(BRANCHES)}
        return await self._read_or_none(_get("/branches", query), wire.read_places, passed=(403, 404))

    async def reviews(self, branch: Place, *, before: str, unanswered: bool) -> Page:
        """Newest first, older than the date `before`. Raises Elsewhere besides."""
        query = {"limit": str(PAGE), "pinRequestedFirst": "false", "catalogs": CATALOG}
        query |= {"withoutAnswer": "true"} if unanswered else {}
        query |= {"offsetDate": before} if before else {}
        call = _get(f"/presence/branch/{_quoted(branch.id)}/reviews", query)
        now = self.clock.now()
        page = await self._read_or_none(call, lambda found: wire.read_page(found, branch, now), passed=(403, 404))
        if page is None:
            raise Elsewhere(branch.id)
        return page

    async def review(self, item_id: ItemId) -> Listed | None:
        """The review; None where 2GIS does not know it (any more). Raises Elsewhere besides."""
        now = self.clock.now()
        call = _get(_review(item_id), OF_CATALOG)
        return await self._of_review(call, lambda found: wire.read_one(found, item_id, now))

    async def replies(self, item_id: ItemId) -> Sequence[Reply] | None:
        """The company's comments beneath the review; None where 2GIS does not tell. Raises Elsewhere besides."""
        call = _get(f"{_review(item_id)}/comments", {**OF_CATALOG, "limit": str(COMMENTS)})
        return await self._of_review(call, wire.read_replies)

    async def write_reply(self, item_id: ItemId, text: str, *, official: bool, latest: datetime) -> Reply | None:
        """Add a comment: a second call adds a second one. What was written, where the platform says so.

        Raises Retryable, and nothing leaves, where its turn comes after `latest`.
        """
        body = wire.answer_body(text, official=official)
        call = Call(method="POST", path=f"{API}{_review(item_id)}/comments", json=body, is_write=True)
        return wire.read_written((await self._asked(call, latest=latest)).json())

    async def delete_reply(self, item_id: ItemId, reply: str) -> None:
        """Harmless where it is gone."""
        path = f"{API}{_review(item_id)}/comments/{_quoted(reply)}"
        query = {**OF_CATALOG, "type": "reply"}
        await self._asked(Call(method="DELETE", path=path, query=query, is_write=True), passed=(404,))

    async def _read(self, call: Call, parse: Callable[[object], T]) -> T:
        async def attempt() -> T:
            return _parsed(await self._asked(call), parse)

        return await patiently(attempt, self.patience, self.clock)

    async def _read_or_none(self, call: Call, parse: Callable[[object], T | None], passed: tuple[int, ...]) -> T | None:
        async def attempt() -> T | None:
            answer = await self._asked(call, passed)
            return None if status_of(answer) in passed else _parsed(answer, parse)

        return await patiently(attempt, self.patience, self.clock)

    async def _of_review(self, call: Call, parse: Callable[[object], T | None]) -> T | None:
        """None for 404; a review that is forbidden says nothing of the account's others."""

        async def attempt() -> T | None:
            answer = await self._asked(call, passed=(403, 404))
            if status_of(answer) == 403:
                raise Elsewhere(call.path)
            return None if status_of(answer) == 404 else _parsed(answer, parse)

        return await patiently(attempt, self.patience, self.clock)

    async def _asked(self, call: Call, passed: tuple[int, ...] = (), latest: datetime | None = None) -> Answer:
        token = await self.signing.token()
        answer = await self.pace.exchange(_as(call, token), latest)
        if status_of(answer) == 401:
            answer = await self._once_more(call, token)
        problem = refusal(answer)
        if problem is not None and status_of(answer) not in passed:
            raise problem
        return answer

    async def _once_more(self, call: Call, refused: str) -> Answer:
        """The call by a renewed sign-in; a write is left to the next delivery, as none leaves twice.

        What another process has kept may have run out as well: then it is renewed again, that is by the login.
        """
        token = await self.signing.renewed(refused)
        if call.is_write:
            raise Retryable(f"{call}: the sign-in had run out and was renewed; nothing was written")
        answer = await self.pace.exchange(_as(call, token))
        if status_of(answer) == 401:
            answer = await self.pace.exchange(_as(call, await self.signing.renewed(token)))
        if status_of(answer) == 401:
            raise AccountFault("2GIS refuses a sign-in that was just renewed", self.signing.remedy)
        return answer


def _get(path: str, query: Mapping[str, str] | None = None) -> Call:
    return Call(method="GET", path=f"{API}{path}", query=query or {})


def _review(item_id: ItemId) -> str:
    return f"/presence/reviews/{_quoted(item_id)}"


def _as(call: Call, token: str) -> Call:
    return replace(call, headers={"Authorization": f"Bearer {token}", "locale": "ru"})


def _parsed(answer: Answer, parse: Callable[[object], T]) -> T:
    try:
        return parse(answer.json())
    except wire.Unreadable as problem:
        raise Retryable(f"{answer.call}: {problem}: {answer.excerpt()}") from problem


def _quoted(part: str) -> str:
    """One part of a path; a lone surrogate, which has no place in one, names nothing."""
    return quote(part, safe="", errors="replace")
