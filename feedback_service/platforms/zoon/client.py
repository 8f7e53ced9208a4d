"""Asks Zoon's public site: one method per address."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.domain.errors import Retryable
from feedback_service.platforms.zoon.login import Login, Place
from feedback_service.platforms.zoon.refusals import CAPTCHA, closed, refusal, retry_after
from feedback_service.platforms.zoon.wire import Rows, ShownPage, Unreadable, read_list, read_page
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer, Call, Http, Limits
from feedback_service.transports.retry import Patience, patiently
from feedback_service.transports.throttle import Budget, Throttle

LIST = "/js.php"
OWNERS = f"{LIST}?owner[]=organization&owner[]=prof"
PIECE = 102
"""Reviews of one piece of the list, as the client asked of which most is known (2020)."""
MOST_HOPS = 3
LIMITS = Limits(connect=10.0, silence=20.0, total=25.0, body=8 * 1024**2, at_once=2)
BUDGET = Budget(1.0, 6)
"""No limit is published; readers of the page are known to wait three seconds between two pieces."""
QUEUE = 12.0
"""Seconds that a call may wait for its turn."""
UNKNOWN_PENALTY = 30.0
"""Seconds to stay away after a 429 that does not say how long."""
PATIENCE = Patience(tries=3)
FROM_A_PAGE = {"X-Requested-With": "XMLHttpRequest"}
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class ZoonClient:
    """One account's reading; nothing is ever written by it.

    HTML is read on another thread, as a large page takes as long as a heartbeat may.
    """

    login: Login
    clock: Clock
    throttle: Throttle
    patience: Patience = PATIENCE
    _open: dict[str, Http] = field(default_factory=dict)

    @classmethod
    def of(cls, login: Login, clock: Clock) -> ZoonClient:
        return cls(login, clock, Throttle(BUDGET, clock))

    async def reviews(self, organisation: str, skip: int) -> Rows:
        """A piece of the organisation's list, after `skip` reviews. Raises Retryable (Gone) or AccountFault."""
        query = {
            "area": "service",
            "action": "CommentList",
            "organization": organisation,
            "limit": str(PIECE),
            "skip": str(skip),
        }
        place = Place(self.login.origin, OWNERS)

        async def once() -> Rows:
            return await self._list(place, query)

        return await patiently(once, self.patience, self.clock)

    async def page(self, place: Place) -> ShownPage:
        """An organisation's page. Raises Retryable (Gone) or AccountFault."""

        async def once() -> ShownPage:
            return await self._page(place)

        return await patiently(once, self.patience, self.clock)

    async def close(self) -> None:
        for http in self._open.values():
            await http.close()

    async def _list(self, place: Place, query: Mapping[str, str]) -> Rows:
        answer = await self._get(place, query)
        try:
            return await asyncio.to_thread(read_list, answer.json(), self.clock.now())
        except Unreadable as problem:
            raise answer.call.lost(f"{problem}: {answer.excerpt()}") from problem

    async def _page(self, place: Place) -> ShownPage:
        answer = await self._get(place, {})
        try:
            return await asyncio.to_thread(read_page, answer.body.decode("utf-8", "replace"), self.clock.now())
        except Unreadable as problem:
            raise answer.call.lost(f"{problem}: {answer.excerpt()}") from problem

    async def _get(self, place: Place, query: Mapping[str, str]) -> Answer:
        """Follow redirects between Zoon's own hosts, as city and address of an organisation may change."""
        for _ in range(MOST_HOPS + 1):
            answer = await self._asked(place, query)
            if answer.status not in REDIRECTS:
                break
            place, query = self._led(answer), {}
        if (problem := refusal(answer)) is not None:
            raise problem
        return answer

    def _led(self, answer: Answer) -> Place:
        address = answer.headers.get("location", "")
        if CAPTCHA in address.lower():
            raise closed("it asks for a captcha")
        try:
            place = self.login.sites.place(address) if address else None
        except ValueError:
            place = None
        if place is None:
            raise Retryable(f"{answer.call}: leads to {address[:80]!r}, which is not Zoon", UNKNOWN_PENALTY)
        return place

    async def _asked(self, place: Place, query: Mapping[str, str]) -> Answer:
        await self.throttle.acquire(QUEUE)
        headers = FROM_A_PAGE if place.path.startswith(LIST) else {}
        call = Call(method="GET", path=place.path, query=query, headers=headers)
        answer = await self._http(place.origin).exchange(call)
        if answer.status == 429:
            self.throttle.penalise(retry_after(answer) or UNKNOWN_PENALTY)
        else:
            self.throttle.synchronise(float(BUDGET.burst - 1))
        return answer

    def _http(self, origin: str) -> Http:
        if origin not in self._open:
            self._open[origin] = Http(origin, {}, LIMITS)
        return self._open[origin]
