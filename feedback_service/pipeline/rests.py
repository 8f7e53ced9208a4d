"""Lets one kind of an account's items rest after a failure while the other kinds go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from feedback_service.domain.feedback import Kind
from feedback_service.pipeline.stage import Outage
from feedback_service.ports.clock import Clock


@dataclass(slots=True)
class Rests:
    """`until`: in monotonic seconds, until when a kind is left alone."""

    clock: Clock
    outages: dict[Kind, Outage] = field(default_factory=dict)
    until: dict[Kind, float] = field(default_factory=dict)

    def failed(self, kind: Kind, retry_after: float | None) -> float:
        """Note one more failure of the kind; return the seconds for which it rests."""
        rest = self.outages.setdefault(kind, Outage()).failed(retry_after)
        self.until[kind] = self.clock.monotonic() + rest
        return rest

    def is_new(self, kind: Kind) -> bool:
        """Whether the kind's last failure was the first in a row: the moment to say so."""
        return kind in self.outages and self.outages[kind].is_new

    def recovered(self, kind: Kind) -> bool:
        """Note a success; True where it ends an outage: the moment to say so."""
        self.until.pop(kind, None)
        return kind in self.outages and self.outages[kind].recovered()

    def left(self, kind: Kind) -> float:
        """Seconds for which the kind still rests."""
        return max(0.0, self.until.get(kind, 0.0) - self.clock.monotonic())

    @property
    def is_any_resting(self) -> bool:
        return any(self.left(kind) for kind in self.until)

    def awake(self, kinds: Iterable[Kind]) -> frozenset[Kind]:
        return frozenset(kind for kind in kinds if not self.left(kind))

    def shaky(self, kinds: Iterable[Kind]) -> frozenset[Kind]:
        """Those awake kinds whose last try failed: a single item may be what makes all of them fail."""
        return frozenset(kind for kind in self.awake(kinds) if kind in self.outages and self.outages[kind].failures)
