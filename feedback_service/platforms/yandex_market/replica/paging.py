"""Cuts lists into pages and checks the periods that they are asked for."""

from __future__ import annotations

import base64
import binascii
import calendar
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Protocol, TypeVar

from feedback_service.platforms.yandex_market.replica.bodies import Refusal, refusal

MOSCOW = timezone(timedelta(hours=3))
# Source: Partner API OpenAPI, 2026-07, PageLimit50.
USUAL_PAGE, LARGEST_PAGE = 25, 50


class Listed(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def created_at(self) -> float: ...


ListedT = TypeVar("ListedT", bound=Listed)
DayT = TypeVar("DayT", date, datetime)


def paged(
    items: Iterable[ListedT], query: Mapping[str, str], *, newest_first: bool = False
) -> tuple[list[ListedT], dict[str, str]]:
    """The asked page in order of publication, and the `paging` to answer with; a token names the last item seen."""
    limit, sign = _limit(query.get("limit")), -1 if newest_first else 1
    ordered = sorted(items, key=lambda one: _place(one, sign))
    token = query.get("pageToken") or query.get("page_token")
    if token:
        after = _read(token)
        ordered = [one for one in ordered if _place(one, sign) > after]
    page = ordered[:limit]
    return page, {"nextPageToken": _written(_place(page[-1], sign))} if len(ordered) > limit else {}


def period(start: DayT | None, end: DayT | None, now: DayT, months: int) -> tuple[DayT, DayT]:
    """Start and end with what the API takes for absent ones. Raises Refusal where it is too long or turned round."""
    until = end or now
    try:
        earliest = _months_before(until, months)
    except ValueError:
        raise refusal(
            400, "Value of the period's end must be greater than or equal to the first of all dates"
        ) from None
    since = start or earliest
    if since < earliest:
        raise refusal(400, f"Too long time period. Maximum is '{(until - earliest).days}' days")
    if since > until:
        raise refusal(400, "Value of the period's begin must be less than or equal to its end")
    return since, until


def now(at: float) -> datetime:
    """Epoch seconds as a Moscow moment."""
    return datetime.fromtimestamp(at, MOSCOW)


def milliseconds(moment: datetime) -> int:
    """Epoch milliseconds, to compare without fractions."""
    return round(moment.timestamp() * 1000)


def _months_before(day: DayT, months: int) -> DayT:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def _limit(text: str | None) -> int:
    if not text:
        return USUAL_PAGE
    if not text.lstrip("-").isdecimal() or not text.isascii() or len(text) > 9:
        raise refusal(400, "JSON: Cannot deserialize value of field limit")
    if int(text) < 1:
        raise refusal(400, f"Value of limit ({text}) must be greater than or equal to 1")
    if int(text) > LARGEST_PAGE:
        raise refusal(400, "Limit exceeded")
    return int(text)


def _place(one: Listed, sign: int) -> tuple[int, int]:
    return sign * round(one.created_at * 1000), sign * one.id


def _written(place: tuple[int, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read(token: str) -> tuple[int, int]:
    try:
        first, second = json.loads(base64.urlsafe_b64decode(token))
        return int(first), int(second)
    except (binascii.Error, ValueError, TypeError):
        raise _wrong_token() from None


def _wrong_token() -> Refusal:
    return refusal(400, "Value of field pageToken must match the pattern: 'page token of an earlier answer'")
