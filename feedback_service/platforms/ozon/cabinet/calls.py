"""The cabinet's own JSON calls, made by the page of a signed-in browser, one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from feedback_service.domain.errors import AccountFault, InDoubt, Refused, Retryable
from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import ItemId
from feedback_service.platforms.ozon.cabinet import wire
from feedback_service.platforms.ozon.wire import Comment, Unreadable
from feedback_service.ports.browser import Page, PageAnswer, PageCall
from feedback_service.transports.browser.entrance import OBSTACLES, Entrance

T = TypeVar("T")

FORBIDDEN = 403
SIGNED_OUT = frozenset({401, FORBIDDEN})
OTHER_COMPANY = "see that company_id is this cabinet's company, and that its user may work with reviews"
GONE = frozenset({404, 405, 410})
PAGE_TYPES = {Kind.REVIEW: "review", Kind.QUESTION: "questions"}
SOON = 60.0
"""Seconds to stay away after a refusal that does not say how long."""
BEGINNING: Mapping[Kind, Mapping[str, object]] = {
    Kind.REVIEW: {},
    Kind.QUESTION: {"pagination_last_id": "0", "last_published_at": None},
}
WAITING = ("NOT_VIEWED", "VIEWED")
EVERYTHING = ("ALL",)


class MethodGone(Exception):
    """The call does not exist (any more), or what it is about does not; it has written nothing."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of publication dates, both ends included."""

    since: datetime
    until: datetime

    def fields(self) -> Mapping[str, str]:
        """Guessed: the filter `published_at` is known, what it holds is not; `looking` does without where it fails."""
        return {"from": _stamp(self.since), "to": _stamp(self.until)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """One page's calls, as the cabinet's own scripts make them. Source: programs of others, 2026; undocumented.

    The reads raise Retryable or AccountFault. The writes also raise InDoubt, Refused, and MethodGone.
    """

    page: Page
    entrance: Entrance
    cabinet: str
    company_id: str
    now: datetime

    def reviews(
        self, statuses: Sequence[str], onward: Mapping[str, object], span: Span | None = None
    ) -> wire.CabinetPage:
        """One page, newest first; `onward` is empty at first."""
        fields = {"published_at": span.fields() if span else {}, "interaction_status": list(statuses)}
        body = {"company_id": self.company_id, "company_type": "seller", "filter": fields, **onward}
        return self._read(Kind.REVIEW, "/api/v4/review/list", body, lambda got: wire.read_reviews(got, self.now))

    def questions(self, status: str, onward: Mapping[str, object]) -> wire.CabinetPage:
        """One page, newest first; `status` is NEW or ALL (VIEWED is a guess), `onward` is empty at first."""
        body = {
            "sc_company_id": self.company_id,
            "company_type": "seller",
            "with_brands": False,
            "with_counters": False,
            "filter": {"status": status},
            **(onward or BEGINNING[Kind.QUESTION]),
        }
        return self._read(Kind.QUESTION, "/api/v1/question-list", body, lambda got: wire.read_questions(got, self.now))

    def comments(self, item_id: ItemId) -> Sequence[Comment]:
        """The comments on a review; the request's name for the uuid is taken over from comment/create."""
        body = {"company_id": self.company_id, "company_type": "seller", "review_uuid": item_id}
        return self._read(Kind.REVIEW, "/api/review/comment/list", body, wire.read_comments)

    def answers(self, item_id: ItemId) -> Sequence[Comment]:
        """The answers to a question, taken for the seller's. INVENTED; MethodGone says that there is no such call."""
        body = {"sc_company_id": self.company_id, "company_type": "seller", "question_id": item_id}
        answer = self._asked(Kind.QUESTION, "/api/v1/answer-list", body)
        if answer.status in GONE:
            raise MethodGone(_named(answer))
        return [replace(one, ours=True) for one in _parsed(answer, wire.read_comments)]

    def unseen(self) -> int:
        body = {"company_id": self.company_id, "company_type": "seller"}
        return self._read(Kind.REVIEW, "/api/review/counter", body, wire.read_counter)

    def comment(self, item_id: ItemId, text: str) -> bool:
        """Comment on a review; True where the cabinet says yes, which may still have stored nothing."""
        body = {
            "company_id": self.company_id,
            "company_type": "seller",
            "review_uuid": item_id,
            "text": text,
            "parent_comment_id": 0,
        }
        return self._write(Kind.REVIEW, "/api/review/comment/create", body)

    def answer(self, item_id: ItemId, text: str) -> bool:
        """Answer a question; True where the cabinet says yes. The id goes under both names, as the cabinet does it."""
        number: object = int(item_id) if item_id.isdigit() else item_id
        body = {
            "sc_company_id": self.company_id,
            "company_type": "seller",
            "question_id": number,
            "questionId": number,
            "text": text,
        }
        return self._write(Kind.QUESTION, "/api/v1/create-answer", body)

    def mark(self, item_id: ItemId, status: str) -> None:
        """Set a review's interaction status: VIEWED or PROCESSED."""
        rows = [{"review_uuid": item_id, "interaction_status": status}]
        body = {"company_id": self.company_id, "company_type": "seller", "review_status_list": rows}
        self._write(Kind.REVIEW, "/api/v2/review/change-interaction-status", body)

    def delete_comment(self, item_id: ItemId, comment_id: str) -> None:
        """INVENTED: that such a call exists is a guess after comment/create; MethodGone says that it does not."""
        body = {
            "company_id": self.company_id,
            "company_type": "seller",
            "review_uuid": item_id,
            "comment_uuid": comment_id,
        }
        self._write(Kind.REVIEW, "/api/review/comment/delete", body)

    def delete_answer(self, item_id: ItemId, answer_id: str) -> None:
        """INVENTED: that such a call exists is a guess after create-answer; MethodGone says that it does not."""
        body = {
            "sc_company_id": self.company_id,
            "company_type": "seller",
            "question_id": item_id,
            "answer_id": answer_id,
        }
        self._write(Kind.QUESTION, "/api/v1/delete-answer", body)

    def _read(self, kind: Kind, path: str, body: object, parse: Callable[[object], T]) -> T:
        return _parsed(self._asked(kind, path, body), parse)

    def _write(self, kind: Kind, path: str, body: object) -> bool:
        """Only a plain refusal is surely nothing written; `page.write_begins` was called before."""
        answer = self._asked(kind, path, body, writing=True)
        if answer.status in GONE:
            raise MethodGone(_named(answer))
        if answer.status == 429:
            raise Retryable(f"{_named(answer)}: too many requests", SOON)
        if 400 <= answer.status < 500 and answer.status != 408:
            raise Refused(f"the cabinet answered {answer.status} to {path}")
        if not 200 <= answer.status < 300:
            raise InDoubt(f"{_named(answer)}: HTTP {answer.status}; it may have been written")
        try:
            return wire.is_accepted(answer.document() if answer.text.strip() else {})
        except Retryable as problem:
            raise InDoubt(f"{problem}; it may have been written") from problem

    def _asked(self, kind: Kind, path: str, body: object, *, writing: bool = False) -> PageAnswer:
        headers = {
            "x-o3-company-id": self.company_id,
            "x-o3-app-name": "seller-ui",
            "x-o3-language": "ru",
            "x-o3-page-type": PAGE_TYPES[kind],
        }
        url = f"{self.cabinet}{path}"
        answer = self.page.fetch(PageCall(path=url, json=body, headers=headers))
        if answer.status in SIGNED_OUT or _led_away(answer, url):
            self._shut_out(answer, unproven=writing and answer.status not in SIGNED_OUT)
        return answer

    def _shut_out(self, answer: PageAnswer, *, unproven: bool) -> None:
        """Load the page anew to learn what stands in the way.

        Raises AccountFault, or Retryable where the page is open and the session was only renewed. `unproven`: a write
        that was led elsewhere may have been done before; unless the cabinet asks to sign in, that is InDoubt.
        """
        try:
            self.page.open(self.page.url)
            self.entrance.expect_ready(self.page)
        except AccountFault as problem:
            if unproven and problem.reason != OBSTACLES["sign_in"]:
                raise InDoubt(f"{_named(answer)} was led away: {problem}; it may have been written") from problem
            raise
        if unproven:
            raise InDoubt(f"{_named(answer)} was led away, though the page itself is open; it may have been written")
        if answer.status == FORBIDDEN:
            raise AccountFault(f"the cabinet refuses {_named(answer)} though it is signed in", OTHER_COMPANY, SOON)
        raise Retryable(f"{_named(answer)}: HTTP {answer.status}, though the page itself is open", SOON)


def _parsed(answer: PageAnswer, parse: Callable[[object], T]) -> T:
    if answer.status != 200:
        raise Retryable(f"{_named(answer)}: HTTP {answer.status}", SOON if answer.status < 500 else None)
    try:
        return parse(answer.document())
    except Unreadable as problem:
        raise Retryable(f"{_named(answer)}: {problem}") from problem


def _led_away(answer: PageAnswer, url: str) -> bool:
    return answer.url.partition("?")[0] != url


def _named(answer: PageAnswer) -> str:
    return f"{answer.call.method} {answer.call.path.partition('?')[0]}"


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
