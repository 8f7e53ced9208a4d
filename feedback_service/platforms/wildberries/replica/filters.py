"""Reads query parameters and picks the items a list or a count asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from feedback_service.platforms.wildberries.replica.bodies import MOSCOW, Refusal, bad_request, refusal
from feedback_service.platforms.wildberries.replica.render import nm_id
from feedback_service.ports.replica import SandboxCustomer

_TRUE = frozenset({"1", "t", "T", "true", "True", "TRUE"})
_FALSE = frozenset({"0", "f", "F", "false", "False", "FALSE"})
_DAY = 86400

Refuse = Callable[[], Refusal]


class _Item(Protocol):
    @property
    def customer(self) -> SandboxCustomer: ...
    @property
    def answered(self) -> bool: ...


ItemT = TypeVar("ItemT", bound=_Item)


@dataclass(frozen=True, slots=True)
class Period:
    """A span of `createdDate` in unix seconds, both ends included."""

    start: int | None = None
    end: int | None = None

    def __contains__(self, created_at: float) -> bool:
        after = self.start is None or int(created_at) >= self.start
        return after and (self.end is None or int(created_at) <= self.end)


@dataclass(frozen=True, slots=True)
class Page:
    """A window into a list, and the list's order."""

    take: int
    skip: int
    ascending: bool = False

    def of(self, items: Iterable[ItemT]) -> list[ItemT]:
        ordered = sorted(items, key=lambda item: item.customer.created_at, reverse=not self.ascending)
        return ordered[self.skip : self.skip + self.take]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far paging may go, and how the method refuses to go further."""

    take: int
    skip: int
    together: int
    refuse: Refuse = bad_request


# Source: Wildberries OpenAPI "Общение с покупателями", 2026-07; the archive names no bound for `skip`.
REVIEWS = Bounds(take=5_000, skip=199_990, together=204_990)
QUESTIONS = Bounds(take=10_000, skip=10_000, together=10_000)
ARCHIVE = Bounds(
    take=5_000,
    skip=199_990,
    together=204_990,
    refuse=lambda: refusal(422, "Не удалось получить архивные отзывы по фильтру"),
)


def flag(text: str | None, refuse: Refuse) -> bool:
    """A boolean as the API reads it; absent or anything else is refused."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise refuse()


def page(query: Mapping[str, str], bounds: Bounds) -> Page:
    """`take`, `skip` and `order`, within the method's bounds."""
    take, skip = whole(query.get("take"), bad_request), whole(query.get("skip"), bad_request)
    order = query.get("order") or "dateDesc"
    if take is None or skip is None or order not in ("dateAsc", "dateDesc"):
        raise bad_request()
    if not 1 <= take <= bounds.take or not 0 <= skip <= bounds.skip or take + skip > bounds.together:
        raise bounds.refuse()
    return Page(take, skip, order == "dateAsc")


def whole(text: str | None, refuse: Refuse) -> int | None:
    """An integer, or None where the parameter is absent or empty."""
    if not text:
        return None
    if not text.lstrip("-").isdecimal() or not text.isascii() or len(text) > 18:
        raise refuse()
    return int(text)


def selected(items: Iterable[ItemT], query: Mapping[str, str], answered: bool) -> list[ItemT]:
    """The items of a list: answered or not, of one product, of a period."""
    article = whole(query.get("nmId"), bad_request)
    period = Period(whole(query.get("dateFrom"), bad_request), whole(query.get("dateTo"), bad_request))
    return [
        item
        for item in items
        if item.answered == answered
        and item.customer.created_at in period
        and (article is None or nm_id(item.customer) == article)
    ]


def of_article(items: Iterable[ItemT], query: Mapping[str, str]) -> list[ItemT]:
    """The items of one product, or all."""
    article = whole(query.get("nmId"), bad_request)
    return [item for item in items if article is None or nm_id(item.customer) == article]


def counted(items: Iterable[ItemT], query: Mapping[str, str]) -> int:
    """The number a `…/count` method gives; it names the parameter it cannot read."""
    answered = flag(query.get("isAnswered", "true"), lambda: refusal(400, "Плохой формат isAnswered"))
    start = whole(query.get("dateFrom"), lambda: refusal(400, "Плохой формат dateFrom"))
    end = whole(query.get("dateTo"), lambda: refusal(400, "Плохой формат dateTo"))
    period = Period(start, end)
    return sum(item.answered == answered and item.customer.created_at in period for item in items)


def unanswered(items: Iterable[ItemT], at: float) -> dict[str, int]:
    """Counts of unanswered items, in all and of the Moscow day."""
    offset = MOSCOW.utcoffset(None).total_seconds()
    today = (at + offset) // _DAY * _DAY - offset
    created = [item.customer.created_at for item in items if not item.answered]
    return {"countUnanswered": len(created), "countUnansweredToday": sum(one >= today for one in created)}
