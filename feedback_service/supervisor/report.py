"""What systemd is told, and when: ready, reloading, alive, stopping, and one line of state."""

import math

from feedback_service.supervisor.notify import Notifier


class Report:
    """Turns the supervisor's moments into notifications; READY waits for the first set and its children."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._status = ""
        self._ready_is_due = False
        self._every = notifier.watchdog_seconds / 2 if notifier.watchdog_seconds else math.inf
        self.due = -math.inf if notifier.watchdog_seconds else math.inf
        """When the watchdog wants to hear from us next, in monotonic time."""

    def heard(self) -> None:
        """A set has arrived; once its children are started we are ready."""
        self._ready_is_due = True

    def reloading(self) -> None:
        self._notifier.reloading()

    def stopping(self, status: str) -> None:
        self._ready_is_due = False
        self._notifier.stopping(status)

    def tick(self, status: str, now: float) -> None:
        """A healthy tick is over."""
        if self._ready_is_due:
            self._ready_is_due = False
            self._notifier.ready(status)
        elif status != self._status:
            self._notifier.status(status)
        self._status = status
        if now >= self.due:
            self.due = now + self._every
            self._notifier.watchdog()
