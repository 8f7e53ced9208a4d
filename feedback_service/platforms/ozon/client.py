"""The methods of Ozon's Seller API that we use, one function each."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from feedback_service.domain.errors import Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon import wire
from feedback_service.platforms.ozon.refusals import (
    ODD_READ,
    is_general,
    is_no_item,
    is_no_method,
    is_too_many,
    refusal,
    retry_after,
)
from feedback_service.ports.clock import Clock
from feedback_service.ports.platform import Span
from feedback_service.transports.http import Answer, Call, Http
from feedback_service.transports.retry import Patience, patiently
from feedback_service.transports.throttle import Budget, Throttle

T = TypeVar("T")

SHARE = Budget(25.0, 25)
"""Half of the 50 requests per second that all programs of one Client-Id share (since 22 May 2025)."""
QUEUE = 30.0
"""Seconds that a call may wait for the request budget: with the time limit of a request it stays below send_window."""
UNKNOWN_PENALTY = 1.0
"""Seconds to stay away after a 429 that does not say how long."""
PAGE = 100
MOST_PAGES = 50
"""Pages of comments on one review, or of answers to one question."""
WITHIN_SECONDS = Patience()
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
CURRENT_AGAIN = 3600.0
"""Seconds after which the current methods are tried again where they were missing."""
AT_ONCE = 100
"""Reviews whose status one call changes; for questions no number is stated, and the same is kept to."""
OLD_STATUSES = {"NEW": "UNPROCESSED", "VIEWED": "UNPROCESSED"}


@dataclass(slots=True)
class Versions:
    """Until when the deprecated review methods are used, because the current ones turned out to be missing here.

    Seconds of the monotonic clock. Not for ever: the page of a proxy that is out of order looks like a missing method.
    """

    old_until: float = -math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class OzonClient:
    """One account's calls. Reads are repeated within seconds; a write leaves at most once per call.

    Every method raises Retryable, Unavailable or another AccountFault; the writes also raise InDoubt and Refused.
    """

    http: Http
    throttle: Throttle
    clock: Clock
    patience: Patience = WITHIN_SECONDS
    versions: Versions = field(default_factory=Versions)

    async def reviews(self, status: str, last_id: str) -> wire.Page:
        """One page, oldest first; `status` is NEW or VIEWED, which the deprecated method knows as one."""
        fields = {"last_id": last_id, "limit": PAGE, "sort_dir": "ASC"}
        new = _call("/v2/review/list", {"filters": {"status": status}, **fields})
        old = _call("/v1/review/list", {"status": OLD_STATUSES[status], **fields})
        return await self._read_either(new, old, self._page(Kind.REVIEW))

    async def questions(self, status: str, last_id: str) -> wire.Page:
        """One page, oldest first where the server knows `sort_dir` (since October 2026)."""
        body = {"filter": {"status": status}, "last_id": last_id, "limit": PAGE, "sort_dir": "ASC"}
        return await self._read(_call("/v1/question/list", body), self._page(Kind.QUESTION))

    async def reviews_of(self, span: Span, last_id: str) -> wire.Page:
        """One page of all reviews, newest first; the deprecated method takes no dates, and begins with today."""
        fields = {"last_id": last_id, "limit": PAGE, "sort_dir": "DESC"}
        dates = {"published_from": wire.written(span.since), "published_to": wire.written(span.until)}
        new = _call("/v2/review/list", {"filters": {"status": "ALL", **dates}, **fields})
        old = _call("/v1/review/list", {"status": "ALL", **fields})
        return await self._read_either(new, old, self._page(Kind.REVIEW))

    async def questions_of(self, span: Span, last_id: str) -> wire.Page:
        """One page of all questions of the span, newest first, which is the usual order there."""
        dates = {"date_from": wire.written(span.since), "date_to": wire.written(span.until)}
        body = {"filter": {"status": "ALL", **dates}, "last_id": last_id, "limit": PAGE, "sort_dir": "DESC"}
        return await self._read(_call("/v1/question/list", body), self._page(Kind.QUESTION))

    async def review(self, item_id: ItemId) -> wire.Entry | None:
        """None where Ozon does not know the id."""
        body = {"review_id": item_id}
        new, old = _call("/v2/review/info", body), _call("/v1/review/info", body)
        return await self._read_either(new, old, self._one(Kind.REVIEW, item_id), lambda answer: _none(answer, item_id))

    async def question(self, item_id: ItemId) -> wire.Entry | None:
        """None where Ozon does not know the id."""
        call = _call("/v1/question/info", {"question_id": item_id})
        return await self._read(call, self._one(Kind.QUESTION, item_id), lambda answer: _none(answer, item_id))

    async def comments(self, item_id: ItemId) -> Sequence[wire.Comment]:
        """All listed comments on a review, the oldest first."""
        found: dict[str, wire.Comment] = {}
        for number in range(MOST_PAGES):
            body = {"review_id": item_id, "limit": PAGE, "offset": number * PAGE, "sort_dir": "ASC"}
            page = await self._read(_call("/v1/review/comment/list", body), wire.read_comments)
            found.update({one.id: one for one in page})
            if len(page) < PAGE:
                break
        return list(found.values())

    async def answers(self, item_id: ItemId, sku: int) -> Sequence[wire.Comment]:
        """All listed answers to a question; the length of a page tells nothing."""
        found: dict[str, wire.Comment] = {}
        last_id = ""
        for _ in range(MOST_PAGES):
            body = {"question_id": item_id, "sku": sku, "last_id": last_id}
            page, upto = await self._read(_call("/v1/question/answer/list", body), _answers_page)
            fresh = {one.id: one for one in page if one.id not in found}
            found.update(fresh)
            if not fresh or upto in {"", last_id}:
                break
            last_id = upto
        return list(found.values())

    async def comment(self, item_id: ItemId, text: str) -> str:
        """Comment on a review and mark it as processed; returns the comment's id."""
        body = {"review_id": item_id, "text": text, "mark_review_as_processed": True}
        return await self._created(_call("/v1/review/comment/create", body, is_write=True), "comment_id")

    async def answer(self, item_id: ItemId, sku: int, text: str) -> str:
        """Answer a question; returns the answer's id."""
        body = {"question_id": item_id, "sku": sku, "text": text}
        return await self._created(_call("/v1/question/answer/create", body, is_write=True), "answer_id")

    async def delete_comment(self, comment_id: str, sku: int) -> None:
        """Harmless where it is gone already."""
        new = _call("/v2/review/comment/delete", {"comment_id": comment_id, "sku": sku}, is_write=True)
        old = _call("/v1/review/comment/delete", {"comment_id": comment_id}, is_write=True)
        await self._either(new, old, is_no_item)

    async def delete_answer(self, answer_id: str, sku: int) -> None:
        """Harmless where it is gone already."""
        body = {"answer_id": answer_id, "sku": sku}
        await self._asked(_call("/v1/question/answer/delete", body, is_write=True), is_no_item)

    async def mark_viewed(self, kind: Kind, ids: Sequence[ItemId]) -> bool:
        """Mark up to AT_ONCE items as seen and not processed; False where Ozon does not know one of them."""
        call = _call("/v1/question/change-status", {"question_ids": list(ids), "status": "VIEWED"}, is_write=True)
        if kind is Kind.QUESTION:
            return not is_no_item(await self._asked(call, is_no_item))
        new = _call("/v2/review/change-status", {"review_ids": list(ids), "status": "VIEWED"}, is_write=True)
        old = _call("/v1/review/change-status", {"review_ids": list(ids), "status": "UNPROCESSED"}, is_write=True)
        return not is_no_item(await self._either(new, old, is_no_item))

    async def rights(self) -> wire.Rights:
        return await self._read(_call("/v1/roles", {}), wire.read_rights)

    async def counts(self, kind: Kind) -> Mapping[str, int]:
        """How many items there are by status; the cheapest call that needs the kind's subscription."""
        if kind is Kind.QUESTION:
            return await self._read(_call("/v1/question/count", {}), wire.read_counts)
        new, old = _call("/v2/review/count", {}), _call("/v1/review/count", {})
        return await self._read_either(new, old, wire.read_counts)

    async def titles(self, skus: Sequence[int]) -> Mapping[int, str]:
        """Names of up to 1 000 products, tried once. Source: /v3/product/info/list, Seller API 2026."""
        answer = await self._asked(_call("/v3/product/info/list", {"sku": [str(sku) for sku in skus]}))
        return _parsed(answer, wire.read_titles)

    async def _read(
        self, call: Call, parse: Callable[[object], T], absent: Callable[[Answer], bool] | None = None
    ) -> T:
        async def attempt() -> T:
            return self._understood(await self._asked(call, absent), parse, absent)

        return await patiently(attempt, self.patience, self.clock)

    async def _read_either(
        self, new: Call, old: Call, parse: Callable[[object], T], absent: Callable[[Answer], bool] | None = None
    ) -> T:
        async def attempt() -> T:
            return self._understood(await self._either(new, old, absent), parse, absent)

        return await patiently(attempt, self.patience, self.clock)

    def _understood(self, answer: Answer, parse: Callable[[object], T], absent: Callable[[Answer], bool] | None) -> T:
        if absent is not None and absent(answer):
            return parse(None)
        return _parsed(answer, parse)

    async def _created(self, call: Call, field_name: str) -> str:
        answer = await self._asked(call)
        try:
            return wire.read_written(answer.json(), field_name)
        except wire.Unreadable as problem:
            raise call.lost(str(problem)) from problem

    async def _either(self, new: Call, old: Call, absent: Callable[[Answer], bool] | None = None) -> Answer:
        """By the current method; where its path does not exist, by the deprecated one, and that for a while.

        Safe for writes: a path that does not exist has written nothing. Where neither exists, something stands between
        us and Ozon, and the current one is tried first again. Raises Retryable then.
        """
        now = self.clock.monotonic()
        if now >= self.versions.old_until:
            answer = await self._asked(new, lambda one: is_no_method(one) or (absent is not None and absent(one)))
            if not is_no_method(answer):
                return answer
        answer = await self._asked(old, lambda one: is_no_method(one) or (absent is not None and absent(one)))
        if is_no_method(answer):
            self.versions.old_until = -math.inf
            raise Retryable(f"neither {new} nor {old} exists: {answer.excerpt()}", ODD_READ)
        if now >= self.versions.old_until:
            self.versions.old_until = now + CURRENT_AGAIN
        return answer

    async def _asked(self, call: Call, passed: Callable[[Answer], bool] | None = None) -> Answer:
        await self.throttle.acquire(QUEUE)
        answer = await self.http.exchange(call)
        if is_too_many(answer):
            self.throttle.penalise(retry_after(answer) or UNKNOWN_PENALTY)
        problem = refusal(answer)
        if problem is None or (passed is not None and passed(answer) and not is_general(answer)):
            return answer
        raise problem

    def _page(self, kind: Kind) -> Callable[[object], wire.Page]:
        return lambda document: wire.read_page(document, kind, self.clock.now())

    def _one(self, kind: Kind, item_id: ItemId) -> Callable[[object], wire.Entry | None]:
        """None stands for "no such item"."""
        return lambda document: None if document is None else wire.read_entry(document, kind, item_id, self.clock.now())


def _call(path: str, body: Mapping[str, object], *, is_write: bool = False) -> Call:
    return Call(method="POST", path=path, json=body, is_write=is_write)


def _none(answer: Answer, item_id: ItemId) -> bool:
    """Also where the id is not even of the form that Ozon's have, so that 400 can only mean it."""
    return is_no_item(answer) or (answer.status == 400 and not UUID.fullmatch(item_id))


def _answers_page(document: object) -> tuple[Sequence[wire.Comment], str]:
    return wire.read_answers(document), wire.read_last_id(document)


def _parsed(answer: Answer, parse: Callable[[object], T]) -> T:
    try:
        return parse(answer.json())
    except wire.Unreadable as problem:
        raise Retryable(f"{answer.call}: {problem}: {answer.excerpt()}") from problem
