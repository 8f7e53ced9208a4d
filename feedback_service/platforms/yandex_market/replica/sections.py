"""The two lists of the cabinet: reviews and questions, waiting or all, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.platforms.yandex_market.replica.items import Item
from feedback_service.platforms.yandex_market.replica.shelf import Shelf
from feedback_service.ports.replica import ReplicaRequest

WAITING, ALL = "need_reaction", "all"
PAGE = 20


@dataclass(frozen=True, slots=True)
class Section:
    """`name` stands in the address; `asks`: its items are questions."""

    name: str
    title: str
    asks: bool


REVIEWS = Section("reviews", "Отзывы", asks=False)
QUESTIONS = Section("questions", "Вопросы", asks=True)


@dataclass(frozen=True, slots=True)
class ListView:
    """One page of a list, newest items first; `pages` is at least 1."""

    section: Section
    status: str
    number: int
    pages: int
    total: int
    items: tuple[Item, ...]


def waits(shelf: Shelf, item: Item, at: float) -> bool:
    """Whether somebody should react: as the API says it, of either kind."""
    return not shelf.answered(item.id, at) if item.is_question else item.waiting


def listing(shelf: Shelf, section: Section, request: ReplicaRequest) -> ListView:
    """The page that `status` and `page` ask for; what cannot be read means all, and the first page."""
    status = WAITING if request.query.get("status") == WAITING else ALL
    found = [
        one
        for one in (shelf.questions() if section.asks else shelf.reviews())
        if status == ALL or waits(shelf, one, request.at)
    ]
    found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
    asked = request.query.get("page", "1")
    number = int(asked) if asked.isdecimal() and asked.isascii() and len(asked) < 7 and int(asked) else 1
    pages = max(1, -(-len(found) // PAGE))
    shown = tuple(found[(number - 1) * PAGE : number * PAGE])
    return ListView(section, status, number, pages, len(found), shown)
