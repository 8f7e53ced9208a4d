"""One process that belongs to no supplier: its child, and when the next one starts."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

from feedback_service.ports.roster import ExitCode
from feedback_service.supervisor.child import Child
from feedback_service.supervisor.reap import said
from feedback_service.supervisor.restart import grown_delay
from feedback_service.supervisor.timing import Timing

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Post:
    """Started again for as long as it takes: the host has one of its kind, so no crash loop parks it.

    `parks`: whether exit code 78 leaves it alone for `parked_seconds`, or until SIGHUP: what it lacks (a right, a
    topic, a browser) is mended outside, and nobody tells us.
    """

    name: str
    fork: Callable[[], Child]
    timing: Timing
    stop_seconds: float
    parks: bool = False
    child: Child | None = None
    start_at: float = 0.0
    streak: int = 0
    parked: bool = False

    @property
    def state(self) -> str:
        if self.child:
            return "stopping" if self.child.asked else "running"
        return "parked" if self.parked else "waiting"

    @property
    def next_start(self) -> float:
        """The moment at which `start_when_due` has something to do."""
        return math.inf if self.child else self.start_at

    def start_when_due(self, now: float) -> None:
        if self.next_start <= now:
            try:
                self.child = self.fork()
            except OSError as error:
                self._wait(f"could not be forked ({error})", self.timing.longest_delay_seconds, now)
            else:
                self.parked = False
                self._log(logging.INFO, "started", f"runs as pid {self.child.pid}")

    def ended(self, code: int, now: float) -> None:
        """Its child is reaped."""
        child, self.child = self.child, None
        if child is None:
            return
        if child.asked:
            self._log(logging.INFO, "stopped", f"{said(code)}, as it was told")
            return
        if now - child.started_at >= self.timing.healthy_seconds or code == ExitCode.DRAINED:
            self.streak = 0
        if self.parks and code == ExitCode.CONFIGURATION:
            self.parked, self.start_at = True, now + self.timing.parked_seconds
            wait = f"{self.timing.parked_seconds:.0f} s"
            self._log(logging.ERROR, "parked", f"{said(code)}; it is parked for {wait}, or until SIGHUP")
            return
        temporary = code == ExitCode.TEMPORARY  # the cause is outside and may end any moment
        longest = self.timing.temporary_delay_seconds if temporary else self.timing.longest_delay_seconds
        self._wait(said(code), longest, now)

    def unpark(self) -> None:
        """Give it another chance where it is parked."""
        if self.state == "parked":
            self.parked, self.streak, self.start_at = False, 0, 0.0

    def stop(self, now: float) -> None:
        if self.child:
            self.child.stop(now + self.stop_seconds)

    def kill(self) -> None:
        if self.child:
            self.child.kill()

    def end_when_silent(self, now: float) -> None:
        """End the child if it has not beaten for too long."""
        limit, kill_at = now - self.timing.silent_seconds, now + self.timing.last_words_seconds
        if self.child and self.child.end_when_silent(limit, kill_at):
            self._log(logging.WARNING, "hung", "is hung: it prints its stack and ends")

    def kill_overdue(self, now: float) -> bool:
        """Keep it from outstaying its time; True when it had to be killed."""
        killed = self.child is not None and self.child.kill_when_due(now)
        if killed:
            self._log(logging.WARNING, "killed", "did not end in time and is killed")
        return killed

    def log_state(self, now: float) -> None:
        if self.child:
            age, silence = now - self.child.started_at, now - self.child.heartbeat.last
            what = f"has run for {age:.0f} s; last beat {silence:.1f} s ago"
        else:
            until = ", or at SIGHUP" if self.parked else ""
            what = f"starts again in {max(0.0, self.start_at - now):.1f} s{until}"
        self._log(logging.INFO, "state", f"is {self.state}, {what}; failures in a row: {self.streak}")

    def _wait(self, what: str, longest: float, now: float) -> None:
        delay = min(grown_delay(self.streak, self.timing), longest)
        self.streak += 1
        self.start_at = now + delay
        self._log(logging.WARNING, "ended", f"{what}; it starts again in {delay:.1f} s")

    def _log(self, level: int, action: str, what: str) -> None:
        told = {"action": f"{self.name}_{action}", "pid": self.child.pid if self.child else None}
        log.log(level, "The %s %s.", self.name, what, extra=told)
