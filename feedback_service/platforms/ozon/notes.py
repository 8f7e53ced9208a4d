"""Remembers which answers this process has sent, for as long as the platform does not list them yet."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace

from feedback_service.domain.identity import ItemId

MOST = 5000


@dataclass(frozen=True, slots=True)
class Note:
    """One write: its text, the platform's id of it ("" where none came back), and whether it was listed since."""

    text: str
    answer_id: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """The last write of each item, the oldest forgotten first; a new process begins without any."""

    _kept: OrderedDict[ItemId, Note] = field(default_factory=OrderedDict)

    def of(self, item_id: ItemId) -> Note | None:
        return self._kept.get(item_id)

    def wrote(self, item_id: ItemId, note: Note) -> None:
        """A write begins, or has brought an id."""
        self._kept[item_id] = note
        self._kept.move_to_end(item_id)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def listed(self, item_id: ItemId, answer_id: str) -> None:
        """The platform lists the answer: if it ever stops, somebody has taken it away."""
        note = self._kept.get(item_id)
        if note is not None:
            self._kept[item_id] = replace(note, answer_id=answer_id, listed=True)

    def restore(self, item_id: ItemId, note: Note | None) -> None:
        """The write surely did not happen: what was known before it counts again."""
        if note is None:
            self._kept.pop(item_id, None)
        else:
            self._kept[item_id] = note

    def took_away(self, item_id: ItemId, answer_id: str) -> None:
        """Our answer is deleted: nothing of it waits for moderation any more."""
        note = self._kept.get(item_id)
        self.wrote(item_id, Note(note.text if note else "", answer_id, listed=True))
