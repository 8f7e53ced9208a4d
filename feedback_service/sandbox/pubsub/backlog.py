"""One subscription's messages: which may go out now, which are out, and which come again."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice


@dataclass(frozen=True, slots=True)
class Stored:
    """A published message; `key` is its ordering key, `published_at` seconds since 1970."""

    id: str
    key: str
    body: bytes
    attributes: Mapping[str, str]
    published_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a subscription delivers; `most_attempts` 0: for ever. Times in seconds."""

    ordered: bool = True
    deadline: float = 10.0
    most_attempts: int = 0
    min_backoff: float = 0.0
    max_backoff: float = 0.0

    def backoff(self, attempts: int) -> float:
        """How long a message stays away after so many deliveries."""
        return min(self.max_backoff, self.min_backoff * float(1 << min(attempts - 1, 30)))


@dataclass(slots=True, eq=False)
class Entry:
    """A message within one subscription; `deadline` is None while it waits."""

    message: Stored
    number: int
    lane: str | int
    attempts: int = 0
    deadline: float | None = None
    not_before: float = 0.0

    @property
    def ack_id(self) -> str:
        """Another one at each delivery: an old one no longer keeps or gives back the message."""
        return f"{self.number}-{self.attempts}"


@dataclass(slots=True)
class Backlog:
    """Time comes from the caller, in seconds that only grow.

    Messages of an ordering key form a lane. A take may hold several of a lane, in order; while any of them is out, the
    lane stands still. Given back or overdue, a message takes those of its lane that went out after it along, so that
    they come again in order. Source: cloud.google.com/pubsub/docs/ordering, 2026-07.
    """

    terms: Terms
    bury: Callable[[Entry], None] = lambda entry: None
    _lanes: OrderedDict[str | int, deque[Entry]] = field(default_factory=OrderedDict)
    _entries: dict[int, Entry] = field(default_factory=dict)
    _out: dict[int, Entry] = field(default_factory=dict)
    _numbers: int = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, message: Stored) -> None:
        self._numbers += 1
        lane = message.key if message.key and self.terms.ordered else self._numbers
        entry = self._entries[self._numbers] = Entry(message, self._numbers, lane)
        self._lanes.setdefault(lane, deque()).append(entry)

    def take(self, limit: int, now: float) -> list[Entry]:
        """Up to `limit` messages; they are out until their deadline."""
        self.expire(now)
        taken: list[Entry] = []
        for lane in self._ready(now):
            entries = list(islice(self._lanes[lane], limit - len(taken)))
            for entry in entries:
                entry.attempts += 1
                entry.deadline = now + self.terms.deadline
                self._out[entry.number] = entry
            taken += entries
            self._lanes.move_to_end(lane)
            if len(taken) == limit:
                break
        return taken

    def acknowledge(self, ack_id: str) -> None:
        """Forget the message, unless it has gone out anew since."""
        if entry := self._entry(ack_id):
            self._remove(entry)

    def keep(self, ack_id: str, seconds: float, now: float) -> None:
        """Move the deadline; with 0 seconds the message is given back. An old ack id does nothing."""
        entry = self._entry(ack_id)
        if entry is None or entry.deadline is None:
            return
        if seconds > 0:
            entry.deadline = now + seconds
        else:
            self._return(entry, now)

    def expire(self, now: float) -> None:
        """Return what is overdue."""
        for entry in [one for one in self._out.values() if one.deadline is not None and one.deadline <= now]:
            if entry.deadline is not None:  # it may have come back along with an earlier one
                self._return(entry, now)

    def next_event(self) -> float | None:
        """When something becomes ready or overdue by itself."""
        waits = [lane[0].not_before for lane in self._lanes.values() if lane[0].deadline is None]
        deadlines = [one.deadline for one in self._out.values() if one.deadline is not None]
        return min([*waits, *deadlines], default=None)

    def _ready(self, now: float) -> list[str | int]:
        busy = {entry.lane for entry in self._out.values()}
        return [key for key, lane in self._lanes.items() if key not in busy and lane[0].not_before <= now]

    def _return(self, entry: Entry, now: float) -> None:
        for one in list(self._followers(entry)):
            one.deadline = None
            del self._out[one.number]
            if 0 < self.terms.most_attempts <= one.attempts:
                self._remove(one)
                self.bury(one)
            else:
                one.not_before = now + self.terms.backoff(one.attempts)

    def _followers(self, entry: Entry) -> Iterator[Entry]:
        """The message, and those of its lane that are out after it."""
        yield from (one for one in self._lanes[entry.lane] if one.number >= entry.number and one.number in self._out)

    def _remove(self, entry: Entry) -> None:
        del self._entries[entry.number]
        self._out.pop(entry.number, None)
        lane = self._lanes[entry.lane]
        lane.remove(entry)
        if not lane:
            del self._lanes[entry.lane]

    def _entry(self, ack_id: str) -> Entry | None:
        number, _, attempts = ack_id.partition("-")
        entry = self._entries.get(int(number)) if number.isdecimal() else None
        return entry if entry is not None and str(entry.attempts) == attempts else None
