"""The methods of the Partner API that we use, one function each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.feedback import Question
from feedback_service.platforms.yandex_market import bodies, rights, wire
from feedback_service.platforms.yandex_market.bodies import Body
from feedback_service.platforms.yandex_market.gate import Gate
from feedback_service.platforms.yandex_market.refusals import refusal
from feedback_service.platforms.yandex_market.wire import Listed, Page, Remark
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer, Call, Http
from feedback_service.transports.retry import Patience, patiently

T = TypeVar("T")

QUEUE = 15.0
"""Seconds that a call may wait for its method's limit, and again for a place: with two calls of an edit and the time
limits of their requests it stays below send_window."""
MOST_PAGES = 2000
"""Pages of one list that are read at most: 100 000 rows; a list that never ends must not hold us for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YandexMarketClient:
    """One account's calls. Reads are repeated within seconds; a write leaves at most once per call.

    Every method raises Retryable or AccountFault; the writes also raise InDoubt and Refused.
    """

    http: Http
    gate: Gate
    business: int
    clock: Clock
    patience: Patience = field(default_factory=Patience)

    def reviews(self, *, all_of_them: bool) -> AsyncIterator[Sequence[Listed]]:
        """The reviews of the last six months in the order of publication, page by page."""
        return self._pages(self._reviews, bodies.reviews(all_of_them=all_of_them), self._to_reviews)

    async def reviews_page(self, body: Body, token: str) -> Page[Listed]:
        """One page of a list of reviews, by the token that the page before named."""
        return await self._read(_post(self._reviews, body, token), self._to_reviews)

    async def questions_page(self, body: Body, token: str) -> Page[Question]:
        """One page of a list of questions, by the token that the page before named."""
        return await self._read(_post(self._questions, body, token), self._to_questions)

    async def reviews_by_id(self, ids: Sequence[int]) -> Sequence[Listed]:
        """Those of up to MOST_IDS reviews that are there."""
        return (await self._read(_post(self._reviews, bodies.reviews_by_id(ids)), self._to_reviews)).rows

    async def comments(self, review: int) -> Sequence[Remark]:
        """All direct comments to the review; none where it is gone."""
        path = f"/v2/businesses/{self.business}/goods-feedback/comments"
        return await self._whole(path, bodies.comments(review), wire.read_comments)

    async def write_comment(self, body: Body) -> str:
        """Make or change a comment; returns its id."""
        return await self._write(f"/v2/businesses/{self.business}/goods-feedback/comments/update", body)

    async def delete_comment(self, comment: int) -> None:
        """Harmless where it is gone."""
        path = f"/v2/businesses/{self.business}/goods-feedback/comments/delete"
        await self._write(path, bodies.deleted_comment(comment), passed=(404,))

    async def skip_reaction(self, reviews: Sequence[int]) -> bool:
        """Take up to MOST_IDS reviews off those that wait for a reaction; False where one of them is not there.

        Customers see nothing of it and it may be repeated, so that it counts as a read.
        """
        call = _post(f"{self._reviews}/skip-reaction", bodies.skipped_reviews(reviews), paged=False)
        return await self._read(call, wire.read_done, passed=(404,))

    def questions(self, body: Body) -> AsyncIterator[Sequence[Question]]:
        """The questions of a span, page by page."""
        return self._pages(self._questions, body, self._to_questions)

    async def questions_by_id(self, body: Body) -> Sequence[Question]:
        """Those of up to MOST_IDS questions that are there; none where dates are refused beside ids."""
        return (await self._read(_post(self._questions, body), self._to_questions, passed=(400,))).rows

    async def answers(self, question: int) -> Sequence[Remark]:
        """All answers to the question; none where it is gone."""
        path = f"/v1/businesses/{self.business}/goods-questions/answers"
        return await self._whole(path, bodies.answers(question), wire.read_answers)

    async def write_answer(self, body: Body) -> str:
        """Make or change an answer; returns its id where it is new."""
        return await self._write(f"/v1/businesses/{self.business}/goods-questions/update", body)

    async def delete_answer(self, answer: int) -> None:
        """Harmless where it is gone."""
        path = f"/v1/businesses/{self.business}/goods-questions/update"
        await self._write(path, bodies.deleted_answer(answer), passed=(404,))

    async def scopes(self) -> frozenset[str]:
        """What the token is open to, in capitals."""
        return await self._read(Call(method="POST", path="/v2/auth/token"), rights.read_scopes)

    async def businesses(self) -> Mapping[int, str]:
        """The cabinets of the first page of shops that the token sees, with their names."""
        return await self._read(Call(method="GET", path="/v2/campaigns"), rights.read_businesses)

    async def offer_names(self, offers: Sequence[str]) -> Mapping[str, str]:
        """The names of those of up to MOST_IDS offers that have one."""
        call = _post(f"/v2/businesses/{self.business}/offer-mappings", {"offerIds": list(offers)}, paged=False)
        return await self._read(call, rights.read_offer_names)

    @property
    def _reviews(self) -> str:
        return f"/v2/businesses/{self.business}/goods-feedback"

    @property
    def _questions(self) -> str:
        return f"/v1/businesses/{self.business}/goods-questions"

    def _to_reviews(self, document: object) -> Page[Listed]:
        return wire.read_reviews(document, self.clock.now())

    def _to_questions(self, document: object) -> Page[Question]:
        return wire.read_questions(document, self.clock.now())

    async def _whole(self, path: str, body: Body, parse: Callable[[object], Page[T]]) -> Sequence[T]:
        return [row async for page in self._pages(path, body, parse, passed=(404,)) for row in page]

    async def _pages(
        self, path: str, body: Body, parse: Callable[[object], Page[T]], passed: tuple[int, ...] = ()
    ) -> AsyncIterator[Sequence[T]]:
        """Every page, to the one that names no next. Raises Retryable where they go round in a circle."""
        token, seen = "", set[str]()
        while True:
            page = await self._read(_post(path, body, token), parse, passed)
            yield page.rows
            if not page.next_token:
                return
            token = page.next_token
            if token in seen or len(seen) >= MOST_PAGES:
                raise Retryable(f"POST {path}: the list does not end")
            seen.add(token)

    async def _read(self, call: Call, parse: Callable[[object], T], passed: tuple[int, ...] = ()) -> T:
        async def attempt() -> T:
            answer = await self._asked(call, passed)
            return _parsed(answer, parse) if answer.status not in passed else parse(wire.EMPTY)

        return await patiently(attempt, self.patience, self.clock)

    async def _write(self, path: str, body: Body, passed: tuple[int, ...] = ()) -> str:
        answer = await self._asked(Call(method="POST", path=path, json=body, is_write=True), passed)
        if answer.status in passed:
            return ""
        document = answer.json()
        if wire.is_error(document):
            raise Refused(wire.complaint(document) or "no reason given")
        return wire.read_written(document)

    async def _asked(self, call: Call, passed: tuple[int, ...]) -> Answer:
        async with self.gate.passing(call.path, QUEUE):
            answer = await self.http.exchange(call)
        self.gate.heed(answer)
        problem = refusal(answer)
        if problem is not None and answer.status not in passed:
            raise problem
        return answer


def _post(path: str, body: Body, token: str = "", *, paged: bool = True) -> Call:
    query = ({"limit": "50"} if paged else {}) | ({"pageToken": token} if token else {})
    return Call(method="POST", path=path, query=query, json=body)


def _parsed(answer: Answer, parse: Callable[[object], T]) -> T:
    try:
        return parse(answer.json())
    except wire.Unreadable as problem:
        raise Retryable(f"{answer.call}: {problem}: {answer.excerpt()}") from problem
