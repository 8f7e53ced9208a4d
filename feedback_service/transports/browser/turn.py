"""One script's turn on a browser: its time limit, whether it began to write, whether anybody still waits for it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from feedback_service.domain.errors import InDoubt, Retryable
from feedback_service.ports.browser import lost

SPARE = 0.1
MOST_SPARE = 3.0
"""Of the limit, and in seconds: what is left of it after the script's last step, to see what the page shows."""


class Turn:
    """Asked by the browser's thread, ended early by the event loop's."""

    def __init__(self, label: str, seconds: float, margin: float, now: Callable[[], float] = time.monotonic) -> None:
        self.label = label
        self.seconds = seconds
        self._now = now
        self._until = math.inf
        self._margin = min(margin, seconds / 2)
        self._lock = threading.Lock()
        self._abandoned = threading.Event()
        self._writing = False

    def begin(self) -> None:
        """Let the time run."""
        self._until = self._now() + self.seconds - min(MOST_SPARE, self.seconds * SPARE)

    @property
    def writing(self) -> bool:
        return self._writing

    @property
    def left(self) -> float:
        """Seconds until the limit, never negative."""
        return max(0.0, self._until - self._now())

    def abandon(self) -> bool:
        """Ask the script to end at its next step; False where it has begun to write, and is let go on."""
        with self._lock:
            if self._writing:
                return False
            self._abandoned.set()
            return True

    def begin_writing(self) -> None:
        """From here on nothing stops the script but its limit. Raises Retryable where it must not begin."""
        with self._lock:
            if self._abandoned.is_set():
                raise Retryable(f"{self.label}: nobody waits for this work any more")
            if self.left < self._margin:
                raise Retryable(
                    f"{self.label}: only {self.left:.0f} of {self.seconds:.0f} s are left: too few to write"
                )
            self._writing = True

    def check(self, what: str) -> None:
        """Raise where the script must not take another step."""
        if self._abandoned.is_set():
            raise self.lost(f"{what}: nobody waits for this work any more")
        if not self.left:
            raise self.lost(f"{what}: the limit of {self.seconds:.0f} s is over")

    def wait(self, seconds: float) -> None:
        """Let time pass, less where the script is abandoned."""
        self._abandoned.wait(seconds)

    def lost(self, what: str) -> Retryable | InDoubt:
        """The error for a step of which the end is not known."""
        return lost(f"{self.label}: {what}", writing=self._writing)
