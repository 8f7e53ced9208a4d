"""The methods of Wildberries' feedback API that we use, one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from feedback_service.domain.errors import Refused, Retryable
from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.wildberries import wire
from feedback_service.platforms.wildberries.refusals import refusal, remaining, retry_after
from feedback_service.platforms.wildberries.token import Token
from feedback_service.ports.clock import Clock
from feedback_service.transports.http import Answer, Call, Http
from feedback_service.transports.retry import Patience, patiently
from feedback_service.transports.throttle import Throttle

T = TypeVar("T")

QUEUE = 30.0
"""Seconds that a call may wait for the request budget: with the time limit of a request it stays below send_window."""
UNKNOWN_PENALTY = 1.0
"""Seconds to stay away after a 429 that does not say how long."""
WITHIN_SECONDS = Patience()
LISTS = {Kind.REVIEW: "/api/v1/feedbacks", Kind.QUESTION: "/api/v1/questions"}
SINGLES = {Kind.REVIEW: "/api/v1/feedback", Kind.QUESTION: "/api/v1/question"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Oldest first; `since` and `until` are whole Unix seconds."""

    answered: bool
    take: int
    skip: int = 0
    since: int | None = None
    until: int | None = None

    def fields(self) -> Mapping[str, str]:
        bounds = {"dateFrom": self.since, "dateTo": self.until}
        return {
            "isAnswered": "true" if self.answered else "false",
            "take": str(self.take),
            "skip": str(self.skip),
            "order": "dateAsc",
            **{name: str(value) for name, value in bounds.items() if value is not None},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WildberriesClient:
    """One account's calls. Reads are repeated within seconds; a write leaves at most once per call.

    Every method raises Retryable or AccountFault; the writes also raise InDoubt and Refused.
    """

    http: Http
    throttle: Throttle
    token: Token
    clock: Clock
    patience: Patience = WITHIN_SECONDS

    async def count_unanswered(self, kind: Kind) -> int:
        return await self._read(Call(method="GET", path=f"{LISTS[kind]}/count-unanswered"), wire.read_count)

    async def listed(self, kind: Kind, query: ListQuery) -> wire.Page:
        """One page of reviews (take ≤ 5 000, skip ≤ 199 990) or questions (take + skip ≤ 10 000)."""
        call = Call(method="GET", path=LISTS[kind], query=query.fields())
        return await self._read(call, lambda document: wire.read_page(document, kind, self.clock.now()))

    async def archived(self, take: int, skip: int) -> wire.Page:
        """Reviews that were answered, or left for 30 days, or have neither text nor photo; newest first; take ≤ 5 000.

        There is no filter by dates.
        """
        query = {"take": str(take), "skip": str(skip), "order": "dateDesc"}
        call = Call(method="GET", path="/api/v1/feedbacks/archive", query=query)
        return await self._read(call, lambda document: wire.read_page(document, Kind.REVIEW, self.clock.now()))

    async def one(self, kind: Kind, item_id: ItemId) -> Item | None:
        """The item; None where Wildberries does not know the id (it answers 422 then)."""
        call = Call(method="GET", path=SINGLES[kind], query={"id": item_id})

        async def attempt() -> Item | None:
            answer = await self._asked(call, passed=(422,))
            if answer.status == 422:
                return None
            return _parsed(answer, lambda document: wire.read_item(document, kind, item_id, self.clock.now()))

        return await patiently(attempt, self.patience, self.clock)

    async def answer_review(self, item_id: ItemId, text: str) -> None:
        """204 follows even for an id that does not exist: only a re-read shows whether it is there."""
        await self._write("POST", "/api/v1/feedbacks/answer", wire.review_answer(item_id, text))

    async def edit_review_answer(self, item_id: ItemId, text: str) -> None:
        await self._write("PATCH", "/api/v1/feedbacks/answer", wire.review_answer(item_id, text))

    async def answer_question(self, item_id: ItemId, text: str) -> None:
        """Also edits the answer that is there."""
        await self._write("PATCH", "/api/v1/questions", wire.question_answer(item_id, text))

    async def _read(self, call: Call, parse: Callable[[object], T]) -> T:
        async def attempt() -> T:
            return _parsed(await self._asked(call), parse)

        return await patiently(attempt, self.patience, self.clock)

    async def _write(self, method: str, path: str, body: Mapping[str, object]) -> None:
        answer = await self._asked(Call(method=method, path=path, json=body, is_write=True))
        if answer.status == 204:
            return
        document = answer.json()
        if wire.is_error(document):
            raise Refused(wire.complaint(document) or "no reason given")

    async def _asked(self, call: Call, passed: tuple[int, ...] = ()) -> Answer:
        await self.throttle.acquire(QUEUE)
        answer = await self.http.exchange(call)
        self._feed(answer)
        problem = refusal(answer, self.token)
        if problem is not None and answer.status not in passed:
            raise problem
        return answer

    def _feed(self, answer: Answer) -> None:
        if answer.status == 429:
            self.throttle.penalise(retry_after(answer) or UNKNOWN_PENALTY)
        elif (left := remaining(answer)) is not None:
            self.throttle.synchronise(left)


def _parsed(answer: Answer, parse: Callable[[object], T]) -> T:
    try:
        return parse(answer.json())
    except wire.Unreadable as problem:
        raise Retryable(f"{answer.call}: {problem}: {answer.excerpt()}") from problem
