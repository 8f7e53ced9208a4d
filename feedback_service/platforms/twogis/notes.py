"""Remembers of each review what its look tells beside the review itself: its branch, and whether it can be answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from feedback_service.domain.identity import ItemId
from feedback_service.platforms.twogis.wire import Listed

T = TypeVar("T")

MOST = 50_000
"""Reviews remembered; the oldest notes go first, and only cost a call when they are gone."""


@dataclass(frozen=True, slots=True)
class Note:
    """`may_reply` None: not told. `closed` is why it cannot be answered, empty where it can."""

    branch: str
    may_reply: bool | None
    closed: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """What was last written beneath a review, and the comment's id where 2GIS told it; empty where nothing was."""

    text: str = ""
    id: str = ""


@dataclass(slots=True)
class Notes:
    """Those of one account, in this process."""

    _of: dict[ItemId, Note] = field(default_factory=dict)
    _wrote: dict[ItemId, Wrote] = field(default_factory=dict)

    def take(self, listed: Iterable[Listed]) -> None:
        for one in listed:
            before = self._of.pop(one.review.item_id, None)
            branch = one.branch or (before.branch if before else "")
            self._of[one.review.item_id] = Note(branch, one.may_reply, one.closed)
        _shorten(self._of)

    def of(self, item_id: ItemId) -> Note:
        return self._of.get(item_id, Note("", None, ""))

    def wrote(self, item_id: ItemId, text: str, reply_id: str = "") -> None:
        """A write of this text has left, whatever became of it."""
        self._wrote[item_id] = Wrote(text, reply_id)
        _shorten(self._wrote)

    def written(self, item_id: ItemId) -> Wrote:
        """What was last written by this process."""
        return self._wrote.get(item_id, Wrote())


def _shorten(notes: dict[ItemId, T]) -> None:
    while len(notes) > MOST:
        del notes[next(iter(notes))]
