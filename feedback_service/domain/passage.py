"""What a platform may close to an account: reading or writing items of one kind, by one way or by any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedback_service.domain.feedback import Kind
from feedback_service.domain.supplier import Way


class Use(StrEnum):
    READING = "reading"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class Passage:
    """`way` None: by any way that the account has."""

    use: Use
    kind: Kind
    way: Way | None = None

    def __str__(self) -> str:
        """For people: "writing of reviews by the api"."""
        return f"{self.use} of {self.kind}s" + (f" by the {self.way}" if self.way else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A closed passage: why, since when, and when it is worth another try."""

    passage: Passage
    reason: str
    since: datetime
    ask_at: datetime
