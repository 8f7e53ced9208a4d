"""Cuts a list into pages that begin after the item whose id the caller names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feedback_service.platforms.ozon.replica.items import Item


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `last_id` is empty on an empty page."""

    items: tuple[Item, ...]
    has_next: bool

    @property
    def last_id(self) -> str:
        return self.items[-1].id if self.items else ""


@dataclass(frozen=True, slots=True)
class Span:
    """Both ends included; epoch seconds."""

    start: float | None = None
    end: float | None = None

    def __contains__(self, at: float) -> bool:
        return (self.start is None or at >= self.start) and (self.end is None or at <= self.end)


@dataclass(frozen=True, slots=True)
class Cut:
    """How to page; `after` is "" at the beginning."""

    after: str
    limit: int
    ascending: bool

    def of(self, chosen: Iterable[Item], known: Mapping[str, Item]) -> Page:
        """The page of the chosen items. Raises KeyError where nothing is known by the id of `after`.

        The place of `after` counts even where it has left the selection since.
        """
        left = sorted(chosen, key=_place, reverse=not self.ascending)
        if self.after:
            edge = _place(known[self.after])
            left = [one for one in left if (_place(one) > edge if self.ascending else _place(one) < edge)]
        return Page(tuple(left[: self.limit]), len(left) > self.limit)


def _place(item: Item) -> tuple[float, str]:
    return item.created_at, item.id
