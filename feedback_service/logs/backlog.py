"""Lines that wait to be sent: bounded in number and bytes, the oldest forgotten first."""

import threading
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    number: int  # stays with the line through every attempt, so that the receiver can tell a repetition
    body: bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the backlog may hold, and what one batch may take; a lone line waits `linger` seconds for company."""

    lines: int = 10_000
    bytes: int = 8 * 1024 * 1024
    batch_lines: int = 500
    batch_bytes: int = 1024 * 1024  # Google takes 10 MB in one call
    linger: float = 1.0


class Backlog:
    """Filled by any thread without waiting, emptied by one."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._changed = threading.Condition()
        self._lines: deque[Line] = deque()
        self._bytes = 0
        self._numbered = 0
        self._dropped = 0
        self.closed = False

    def put(self, body: bytes) -> None:
        with self._changed:
            self._numbered += 1
            self._lines.append(Line(self._numbered, body))
            self._bytes += len(body)
            while len(self._lines) > self._bounds.lines or self._bytes > self._bounds.bytes:
                self._pop()
                self._dropped += 1
            if len(self._lines) == 1 or self._fills_a_batch():
                self._changed.notify_all()

    def take(self) -> list[Line]:
        """Wait for a batch that is full or has lingered; empty only when closed with nothing left."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or len(self._lines) > 0)
            self._changed.wait_for(lambda: self.closed or self._fills_a_batch(), timeout=self._bounds.linger)
            batch: list[Line] = []
            size = 0
            while self._lines and len(batch) < self._bounds.batch_lines and size < self._bounds.batch_bytes:
                batch.append(self._pop())
                size += len(batch[-1].body)
            return batch

    def close(self) -> None:
        """No more waiting for company; what is there can still be taken."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def wait_until_closed(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.closed, timeout=seconds)

    def count_dropped(self, more: int = 0) -> int:
        """How many lines were dropped so far, after counting these."""
        with self._changed:
            self._dropped += more
            return self._dropped

    def remaining(self) -> list[Line]:
        with self._changed:
            return list(self._lines)

    def _fills_a_batch(self) -> bool:
        return len(self._lines) >= self._bounds.batch_lines or self._bytes >= self._bounds.batch_bytes

    def _pop(self) -> Line:
        line = self._lines.popleft()
        self._bytes -= len(line.body)
        return line
