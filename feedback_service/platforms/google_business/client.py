"""The methods of Google's Business Profile APIs that we use, one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.domain.feedback import PublishedAnswer
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.google_business import wire
from feedback_service.platforms.google_business.hosts import Hosts
from feedback_service.platforms.google_business.login import CONSENT
from feedback_service.platforms.google_business.names import Place, path
from feedback_service.platforms.google_business.pace import Pace
from feedback_service.platforms.google_business.refusals import ODD_READ, complaint, is_elsewhere, refusal
from feedback_service.platforms.google_business.signing import Signing
from feedback_service.platforms.google_business.wire import Listed, Named, Page
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer, Call, Http
from feedback_service.transports.retry import Patience, patiently

T = TypeVar("T")

PAGE = "50"
"""Reviews on one page. Source: REST reference of accounts.locations.reviews.list; older copies say 200."""
LOCATIONS_PAGE = "100"
NEWEST_FIRST = "updateTime desc"


class Elsewhere(Exception):
    """An account, a location or a review that is out of this login's reach; its text is Google's own words."""


class Stale(Retryable):
    """A page after the first is called wrong: the token that names it may be too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleBusinessClient:
    """One account's calls. Reads are repeated within seconds; a write leaves at most once per call.

    Every method raises Retryable or AccountFault; the writes also raise InDoubt and Refused.
    """

    hosts: Hosts
    signing: Signing
    pace: Pace
    patience: Patience = field(default_factory=Patience)

    @property
    def clock(self) -> Clock:
        return self.pace.clock

    async def sign_in(self) -> None:
        """Get an access token, or find that there is one."""
        await patiently(self.signing.token, self.patience, self.clock)

    async def accounts(self, token: str = "") -> Named:
        """One page of the accounts that the login may work with."""
        call = _get("/v1/accounts", {}, token)
        return await self._read(self.hosts.accounts, call, wire.read_accounts)

    async def locations(self, account: str, token: str = "") -> Named:
        """One page of an account's locations. Raises Elsewhere besides."""
        query = {"readMask": "name,title", "pageSize": LOCATIONS_PAGE}
        call = _get(path("v1", account, "/locations"), query, token)
        return await self._read_there(self.hosts.locations, call, wire.read_locations)

    async def reviews(self, place: Place, token: str = "") -> Page:
        """One page of a location's reviews, what changed last first. Raises Elsewhere besides."""
        call = _get(path("v4", place.name, "/reviews"), {"pageSize": PAGE, "orderBy": NEWEST_FIRST}, token)
        return await self._list(call, token, lambda found, now: wire.read_page(found, place, now))

    async def reviews_of(self, places: Sequence[Place], token: str = "") -> Page:
        """One page of the reviews of up to 50 locations of one account. Raises Elsewhere besides.

        A location that is not verified spoils the call for the others. Nothing says that all reviews stand in one
        order, and not location by location.
        """
        body = {"locationNames": [one.name for one in places], "pageSize": int(PAGE), "orderBy": NEWEST_FIRST}
        call = Call(
            method="POST",
            path=path("v4", places[0].account, "/locations:batchGetReviews"),
            json={**body, "pageToken": token} if token else body,
        )
        return await self._list(call, token, lambda found, now: wire.read_batch(found, places, now))

    async def review(self, item_id: ItemId, title: str = "") -> Listed | None:
        """The review; None where Google does not know it (any more). Raises Elsewhere besides."""
        call = Call(method="GET", path=path("v4", item_id))

        async def attempt() -> Listed | None:
            now = self.clock.now()
            answer = await self._asked(self.hosts.reviews, call, passes=is_elsewhere)
            if answer.status == 404:
                return None
            if answer.status >= 400:
                raise _elsewhere(answer)
            return _parsed(answer, lambda found: wire.read_review(found, item_id, title, now))

        return await patiently(attempt, self.patience, self.clock)

    async def write_reply(self, item_id: ItemId, text: str, latest: float) -> PublishedAnswer | None:
        """Answer the review, or replace the answer that stands there; what Google says that it has written.

        Of both writes: Retryable, and nothing sent, where their turn comes after `latest`, in monotonic seconds.
        """
        call = Call(method="PUT", path=path("v4", item_id, "/reply"), json=wire.reply_body(text), is_write=True)
        return wire.read_reply((await self._asked(self.hosts.reviews, call, latest=latest)).json())

    async def delete_reply(self, item_id: ItemId, latest: float) -> None:
        """Take away the answer that stands there, whosever it is; harmless where there is none."""
        call = Call(method="DELETE", path=path("v4", item_id, "/reply"), is_write=True)
        await self._asked(self.hosts.reviews, call, passes=lambda answer: answer.status == 404, latest=latest)

    async def _list(self, call: Call, token: str, parse: Callable[[object, datetime], Page]) -> Page:
        """A page. That one after the first is called wrong says nothing of the location."""

        async def attempt() -> Page:
            now = self.clock.now()
            answer = await self._asked(self.hosts.reviews, call, passes=is_elsewhere)
            if answer.status == 400 and token:
                raise Stale(f"{call}: {_elsewhere(answer)}", ODD_READ)
            if answer.status >= 400:
                raise _elsewhere(answer)
            return _parsed(answer, lambda found: parse(found, now))

        return await patiently(attempt, self.patience, self.clock)

    async def _read(self, http: Http, call: Call, parse: Callable[[object], T]) -> T:
        async def attempt() -> T:
            return _parsed(await self._asked(http, call), parse)

        return await patiently(attempt, self.patience, self.clock)

    async def _read_there(self, http: Http, call: Call, parse: Callable[[object], T]) -> T:
        async def attempt() -> T:
            answer = await self._asked(http, call, passes=is_elsewhere)
            if answer.status >= 400:
                raise _elsewhere(answer)
            return _parsed(answer, parse)

        return await patiently(attempt, self.patience, self.clock)

    async def _asked(
        self,
        http: Http,
        call: Call,
        *,
        passes: Callable[[Answer], bool] = lambda answer: False,
        latest: float | None = None,
    ) -> Answer:
        token = await self.signing.token()
        answer = await self.pace.exchange(http, _as(call, token), latest)
        if answer.status == 401:
            answer = await self._once_more(http, call, token)
        problem = refusal(answer)
        if problem is not None and not passes(answer):
            raise problem
        return answer

    async def _once_more(self, http: Http, call: Call, refused: str) -> Answer:
        """The call by another token; a write is left to the next delivery, as none leaves twice."""
        token = await self.signing.renewed(refused)
        if call.is_write:
            raise Retryable(f"{call}: the access token had run out and was renewed; nothing was written")
        answer = await self.pace.exchange(http, _as(call, token))
        if answer.status == 401:
            said = complaint(answer).line or answer.excerpt()
            raise AccountFault(f"Google refuses an access token that it has just given (401 {said})", CONSENT)
        return answer


def _get(where: str, query: Mapping[str, str], token: str) -> Call:
    return Call(method="GET", path=where, query={**query, "pageToken": token} if token else query)


def _as(call: Call, token: str) -> Call:
    return replace(call, headers={"Authorization": f"Bearer {token}"})


def _elsewhere(answer: Answer) -> Elsewhere:
    return Elsewhere(f"{answer.status} {complaint(answer).line or answer.excerpt()}")


def _parsed(answer: Answer, parse: Callable[[object], T]) -> T:
    try:
        return parse(answer.json())
    except wire.Unreadable as problem:
        raise Retryable(f"{answer.call}: {problem}: {answer.excerpt()}") from problem
