"""What the ledger says of one cabinet: what customers notice, what they see."""

from __future__ import annotations

from collections import Counter

from feedback_service.platforms.yandex_market.replica.items import PUBLISHED, Comment, Item
from feedback_service.platforms.yandex_market.replica.shelf import PLATFORM, Shelf
from feedback_service.ports.replica import LedgerEntry

UNTOUCHED = "none"


def entries(shelf: Shelf, at: float) -> list[LedgerEntry]:
    """An entry for every review and question; a supplement belongs to what it supplements."""
    return [_entry(shelf, item, at) for item in shelf.items.values()]


def _entry(shelf: Shelf, item: Item, at: float) -> LedgerEntry:
    own = [one for one in shelf.comments.values() if one.item == item.id and one.own]
    return LedgerEntry(
        platform=PLATFORM,
        account=shelf.account,
        item=str(item.id),
        customer=item.customer,
        writes=tuple(shelf.lines.get(item.id, ())),
        answers=_answers(shelf, own, at),
        visible=next((one.text for one in reversed(own) if one.status(at) == PUBLISHED), None),
        state=_last(own).status(at) if own else UNTOUCHED,
    )


def _answers(shelf: Shelf, own: list[Comment], at: float) -> int:
    """What stands, but the first reply to each comment of the customer's is one they asked for."""
    replied = Counter(_target(shelf, one) for one in own if one.stands(at))
    asked_for = sum(target is not None for target in replied)
    return replied.total() - asked_for


def _target(shelf: Shelf, one: Comment) -> int | None:
    """The customer's comment that this one replies to; None: the review or question itself."""
    parent = shelf.comments.get(one.parent) if one.parent is not None else None
    if parent is None or not parent.own:
        return None if parent is None else parent.id
    return _target(shelf, parent)


def _last(own: list[Comment]) -> Comment:
    return next((one for one in reversed(own) if not one.deleted), own[-1])
