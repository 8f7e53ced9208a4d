"""Orders reviews, and cuts them into pages by number or by a token that continues."""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from feedback_service.platforms.yandex_business.replica.bodies import Refusal, problem
from feedback_service.platforms.yandex_business.replica.call import Call, whole
from feedback_service.platforms.yandex_business.replica.items import Review

# Source: ya_business_api 4.1.1 and another client: 20 items, offset (page - 1) * 20.
PER_PAGE = 20
_BY_TIME = "by_time"

Key = tuple[float, ...]
_RANKINGS: Mapping[str, Callable[[Review], Key]] = {
    _BY_TIME: lambda one: (-one.customer.created_at, -one.number),
    "by_rating_desc": lambda one: (-one.rating, -one.customer.created_at, -one.number),
    "by_rating_asc": lambda one: (one.rating, -one.customer.created_at, -one.number),
}


@dataclass(frozen=True, slots=True)
class Page:
    """What one call shows; `total` counts what the whole list would."""

    reviews: Sequence[Review]
    total: int
    number: int = 1
    continue_token: str | None = None

    @property
    def offset(self) -> int:
        return (self.number - 1) * PER_PAGE


def ranking_of(query: Mapping[str, str]) -> str:
    """The order that is asked for, under either of the two names it was seen under."""
    asked = query.get("ranking_by") or query.get("ranking") or _BY_TIME
    return asked if asked in _RANKINGS else _BY_TIME


def numbered(call: Call, published: Sequence[Review]) -> Page:
    """A page by its number, of everything that can be seen."""
    number = whole(call.request.query.get("page"), 1)
    ordered = sorted(_visible(call, published), key=_RANKINGS[ranking_of(call.request.query)])
    start = (number - 1) * PER_PAGE
    return Page(ordered[start : start + PER_PAGE], len(published), number)


def unread(call: Call, organisation: int, published: Sequence[Review]) -> Page:
    """The next unread reviews, behind those that an earlier page showed. Raises Refusal (400) on a bad token."""
    ranking = ranking_of(call.request.query)
    key = _RANKINGS[ranking]
    waiting = sorted((one for one in _visible(call, published) if not one.is_read), key=key)
    subject = f"continue {call.account.key} {organisation} {ranking}"
    behind = _position(call, subject)
    rest = [one for one in waiting if behind is None or key(one) > behind]
    shown = rest[:PER_PAGE]
    token = _continuing(call, subject, key(shown[-1])) if len(rest) > PER_PAGE else None
    return Page(shown, len(waiting), continue_token=token)


def _visible(call: Call, published: Sequence[Review]) -> list[Review]:
    return heapq.nsmallest(call.account.options.visible, published, key=_RANKINGS[_BY_TIME])


def _continuing(call: Call, subject: str, key: Key) -> str:
    place = base64.urlsafe_b64encode(json.dumps(key).encode()).decode()
    return f"{place}~{call.seal.issue(f'{subject} {place}', call.at)}"


def _position(call: Call, subject: str) -> Key | None:
    token = call.request.query.get("continue_token")
    if not token:
        return None
    place, _, mark = token.partition("~")
    if not call.seal.holds(mark, f"{subject} {place}", call.at, call.account.options.continue_lasts):
        raise Refusal(problem(400, "bad_continue_token"))
    return tuple(json.loads(base64.urlsafe_b64decode(place)))
