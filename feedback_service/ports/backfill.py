"""Where the reading of an account's history stands, so that one that was broken off goes on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feedback_service.domain.feedback import Item, Kind
from feedback_service.domain.identity import AccountId
from feedback_service.ports.platform import Span


@dataclass(frozen=True, slots=True)
class Remembered:
    """What one page of history changed.

    `kept`: answered items that are new to us; `taken`: unanswered ones that are to be answered; `left`: unanswered ones
    that were left to the collector; `known`: what we had already.
    """

    kept: int = 0
    taken: int = 0
    left: int = 0
    known: int = 0

    def __add__(self, other: Remembered) -> Remembered:
        return Remembered(
            self.kept + other.kept, self.taken + other.taken, self.left + other.left, self.known + other.known
        )

    @property
    def seen(self) -> int:
        return self.kept + self.taken + self.left + self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far the reading of one account's items of one kind has come; `ended_at` None: not to its end."""

    account: AccountId
    kind: Kind
    span: Span
    cursor: str = ""
    share: float = 0.0
    total: Remembered = Remembered()
    ended_at: datetime | None = None


class Backfills(Protocol):
    """The courses at rest, one for an account and kind: a new span replaces the one before."""

    async def course(self, account: AccountId, kind: Kind) -> Course | None: ...

    async def save(self, course: Course) -> None: ...


class Memory(Protocol):
    """Takes in what customers wrote long ago."""

    async def remember(self, account: AccountId, items: Sequence[Item], *, take: bool) -> Remembered:
        """Keep what is answered as CLOSED; what is not becomes COLLECTED where it is to be taken, else nothing.

        What we have already stays as it is. Idempotent.
        """
        ...
