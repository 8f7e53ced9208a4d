"""A child's proof of life: a moment in memory that it shares with its supervisor.

A shared page instead of a touched file: no descriptor, and a full or slow disk cannot make a healthy child look hung.
"""

import faulthandler
import mmap
import os
import signal
import time
from signal import Signals

from feedback_service.supervisor import kernel

_BEATS_PER_SILENCE = 6
_LAST_RESORT = 5
"""A hung child whose supervisor is gone too ends itself after this many times the silence the supervisor allows."""
_STDERR = 2

LAST_WORDS = Signals.SIGALRM
"""Makes a child print the stack of every thread, then end."""


class SharedHeartbeat:
    """Made by the supervisor before the fork; `adopt` and `beat` are the child's, `last` is the supervisor's."""

    def __init__(self, silent_seconds: float, orphan_signal: Signals) -> None:
        self._silent_seconds = silent_seconds
        self._orphan_signal = orphan_signal
        self._supervisor = os.getpid()
        self._orphan_was_told = False
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._moment = memoryview(self._page).cast("d")  # an aligned double: written and read in one piece
        self._moment[0] = time.monotonic()

    @property
    def every_seconds(self) -> float:
        return self._silent_seconds / _BEATS_PER_SILENCE

    @property
    def last(self) -> float:
        """The last beat in monotonic time, which all processes of a machine share."""
        return self._moment[0]

    def adopt(self) -> None:
        """Become the child whose life this is: it ends with its supervisor, and says where it hangs when it hangs."""
        self._orphan_was_told = kernel.ask_for_signal_at_parents_death(self._orphan_signal)
        if os.getppid() != self._supervisor:  # it died before the kernel was asked
            os.kill(os.getpid(), signal.SIGKILL)
        faulthandler.register(LAST_WORDS, file=_STDERR, chain=True)
        self.beat()

    def beat(self) -> None:
        self._moment[0] = time.monotonic()
        if os.getppid() == self._supervisor:
            signal.setitimer(signal.ITIMER_REAL, self._silent_seconds * _LAST_RESORT)
        elif not self._orphan_was_told:
            self._orphan_was_told = True
            os.kill(os.getpid(), self._orphan_signal)
