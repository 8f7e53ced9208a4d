"""The calls of the cabinet that we make, one function each, with its cookies and its CSRF token."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from feedback_service.domain.errors import AccountFault, FeedbackServiceError, Retryable
from feedback_service.domain.feedback import Product
from feedback_service.domain.session import Session
from feedback_service.platforms.yandex_business import companies, wire
from feedback_service.platforms.yandex_business.companies import Chain, Companies
from feedback_service.platforms.yandex_business.cookies import Jar
from feedback_service.platforms.yandex_business.refusals import SIGN_IN, csrf_of, refusal, retry_after
from feedback_service.platforms.yandex_business.wire import Page, Row
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer, Call, Http
from feedback_service.transports.retry import Patience, patiently
from feedback_service.transports.throttle import Throttle

log = logging.getLogger(__name__)

T = TypeVar("T")

QUEUE = 30.0
"""Seconds that a call may wait for its turn: with the time limit of a request it stays below send_window."""
UNKNOWN_PENALTY = 5.0
"""Seconds to stay away after a 429 that does not say how long."""
SOON = 10.0
"""Seconds after which a write is worth another try whose turn came too late."""
ANSWER = "/sprav/api/ugcpub/business-answer"
CSRF = "/sprav/api/view/chain/0/list/"
"""Refuses a POST without a token by telling one, and does nothing else. Source: ya_business_api 4.1.1."""
BY_TIME = {"ranking_by": "by_time", "ranking": "by_time"}
"""Two sources name this parameter differently, and it is not known which name counts."""
WRITTEN = b"OK"
LEADS_TO = re.compile(r"(?:^|/)([0-9]{1,19})/p/edit/")


@dataclass(slots=True, kw_only=True)
class YandexBusinessClient:
    """One account's calls. Reads are repeated within seconds; a write is carried out at most once per call.

    A call that the cabinet refuses because of its CSRF token has done nothing, and is made once more with a new one.
    Every method raises Retryable or AccountFault; the write also raises InDoubt and Refused.
    """

    http: Http
    throttle: Throttle
    jar: Jar
    clock: Clock
    patience: Patience = field(default_factory=Patience)
    csrf: str = field(default="", repr=False)

    async def reviews(self, product: Product, number: int, date: datetime) -> Page:
        """One page of an organisation's reviews, from 1 on, newest first; `product.sku` is its permanent id.

        `date`: of the row before the page, for one that has none.
        """
        return await self._listed(product, {**BY_TIME, "page": str(number)}, date)

    async def unread(self, product: Product, token: str, date: datetime) -> Page:
        """Reviews that nobody has opened in the cabinet; the first page without a token, then by the page's own."""
        further = {"continue_token": token} if token else {}
        return await self._listed(product, {**BY_TIME, "unread": "true", **further}, date)

    async def companies(self, number: int) -> Companies:
        """What the login sees in the cabinet, page by page from 1 on."""
        return await self._read(_get("/sprav/api/companies", {"page": str(number)}), companies.read_companies)

    async def branches(self, chain: Chain, number: int) -> Companies:
        """The organisations of a chain, page by page from 1 on."""
        query = {"chainPermalink": chain.permanent_id, "geoId": chain.geo_id, "page": str(number)}
        call = _get(f"/sprav/api/chain/{chain.tycoon_id}/branches/", {name: one for name, one in query.items() if one})
        return await self._read(call, companies.read_branches)

    async def current_id(self, permanent_id: str) -> str:
        """To which number the page of an organisation leads by now; empty where it leads nowhere else."""
        answer = await self._exchanged(_get(f"/sprav/{permanent_id}/p/edit/main/", {}))
        led = LEADS_TO.search(answer.headers.get("location", "").partition("?")[0])
        if 300 <= answer.status < 400 and led and led.group(1) != permanent_id:
            return led.group(1)
        return ""

    async def answer(self, row: Row, text: str, until: datetime) -> None:
        """Write the answer, over the one that stands there; an empty text deletes it.

        Raises Retryable, and nothing leaves, where its turn comes after `until`.
        """
        if not self.csrf:
            self.csrf = await self._new_csrf()
        body = wire.business_answer(row.review.item_id, text, row.tokens)
        answer = await self._asked(Call(method="POST", path=ANSWER, json=body, is_write=True), until)
        if answer.body != WRITTEN:
            raise answer.call.lost(f"HTTP {answer.status} without OK: {answer.excerpt()}")

    async def _listed(self, product: Product, query: Mapping[str, str], date: datetime) -> Page:
        call = _get(f"/sprav/api/{product.sku}/reviews", query)
        return await self._read(call, lambda document: wire.read_page(document, product, date))

    async def _read(self, call: Call, parse: Callable[[object], T]) -> T:
        async def attempt() -> T:
            answer = await self._asked(call)
            try:
                return parse(answer.json())
            except wire.Unreadable as problem:
                raise Retryable(f"{call}: {problem}: {answer.excerpt()}") from problem

        return await patiently(attempt, self.patience, self.clock)

    async def _asked(self, call: Call, until: datetime | None = None) -> Answer:
        answer = await self._exchanged(call, until)
        token = csrf_of(answer)
        if token is not None:
            self.csrf = token or await self._new_csrf()
            answer = await self._exchanged(call, until)
            if csrf_of(answer) is not None:
                raise AccountFault(f"{call}: the cabinet refuses the CSRF token that it has just given", SIGN_IN)
        if (problem := refusal(answer)) is not None:
            raise problem
        return answer

    async def _new_csrf(self) -> str:
        answer = await self._exchanged(Call(method="POST", path=CSRF))
        if token := csrf_of(answer):
            return token
        raise refusal(answer) or Retryable(f"{answer.call}: HTTP {answer.status} without a CSRF token")

    async def _exchanged(self, call: Call, until: datetime | None = None) -> Answer:
        await self.throttle.acquire(QUEUE)
        session = await self.jar.session()
        if until is not None and self.clock.now() > until:
            raise Retryable(f"{call}: its turn came too late after the look at its review", SOON)
        headers = {"Cookie": self.jar.header(session), **({"X-CSRF-Token": self.csrf} if self.csrf else {})}
        answer = await self.http.exchange(replace(call, headers=headers))
        if answer.status == 429:
            self.throttle.penalise(retry_after(answer) or UNKNOWN_PENALTY)
        elif answer.cookies and answer.status < 300:
            await self._keep(session, answer.cookies)
        return answer

    async def _keep(self, session: Session, cookies: tuple[str, ...]) -> None:
        """What comes of the session must not change what is known of the call."""
        try:
            await self.jar.keep(session, cookies)
        except FeedbackServiceError as problem:
            log.warning("Renewed cookies are not kept: %s", problem, extra={"action": "session_not_saved"})


def _get(path: str, query: Mapping[str, str]) -> Call:
    return Call(method="GET", path=path, query=query)
