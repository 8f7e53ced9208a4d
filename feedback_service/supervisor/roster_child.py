"""The roster's place: the one child that says which suppliers run here, restarted for as long as it takes."""

import logging
import os
from collections.abc import Callable
from signal import Signals

from feedback_service.ports.roster import ExitCode, Heartbeat, RosterMessage, RosterWriter
from feedback_service.supervisor.child import Child
from feedback_service.supervisor.pipe import PipeRosterWriter, RosterReader
from feedback_service.supervisor.reap import said
from feedback_service.supervisor.restart import grown_delay
from feedback_service.supervisor.timing import Timing

log = logging.getLogger(__name__)

RosterEntry = Callable[[RosterWriter, Heartbeat], int]


class RosterChild:
    """Its death stops no worker: they go on with the set it wrote last. It is never parked."""

    def __init__(self, entry: RosterEntry, fork: Callable[[Callable[[Heartbeat], int]], Child], timing: Timing) -> None:
        self._entry = entry
        self._fork = fork
        self._timing = timing
        self._streak = 0
        self._reader: RosterReader | None = None
        self.child: Child | None = None
        self.start_at = 0.0

    @property
    def fd(self) -> int | None:
        return self._reader.fd if self._reader else None

    def start_when_due(self, now: float) -> None:
        if self.child is None and self.start_at <= now:
            try:
                self._start()
            except OSError as error:
                self._wait(f"could not be forked ({error})", self._timing.longest_delay_seconds, now)

    def take(self) -> list[RosterMessage]:
        """What it wrote since the last call; what it wrote before its end is still there after it."""
        return self._reader.take() if self._reader else []

    def ended(self, code: int, now: float) -> None:
        """It is reaped."""
        child, self.child = self.child, None
        self.close()
        if child is None:
            return
        if child.asked:
            log.info("The roster %s, as it was told.", said(code), extra={"action": "roster_stopped"})
            return
        if now - child.started_at >= self._timing.healthy_seconds or code == ExitCode.DRAINED:
            self._streak = 0
        temporary = code == ExitCode.TEMPORARY  # the database is away, and every supplier waits for it
        longest = self._timing.temporary_delay_seconds if temporary else self._timing.longest_delay_seconds
        self._wait(said(code), longest, now)

    def reread(self) -> None:
        """Ask it for a new set; one that starts just now reads anyway."""
        if self.child:
            self.child.tell(Signals.SIGHUP)

    def stop(self, now: float) -> None:
        if self.child:
            self.child.stop(now + self._timing.roster_stop_seconds)

    def kill(self) -> None:
        if self.child:
            self.child.kill()

    def watch(self, now: float, *, judge_silence: bool) -> bool:
        """Keep it from outstaying its time, or its silence; True when it had to be killed."""
        if self.child is None:
            return False
        limit, kill_at = now - self._timing.silent_seconds, now + self._timing.last_words_seconds
        if judge_silence and self.child.end_when_silent(limit, kill_at):
            log.warning("The roster is hung: it prints its stack and ends.", extra={"action": "roster_hung"})
        return self.child.kill_when_due(now)

    def close(self) -> None:
        """Close the reading end of the pipe."""
        if self._reader:
            self._reader.close()
            self._reader = None

    def _start(self) -> None:
        reading, writing = os.pipe()
        self._reader = RosterReader(reading)
        try:
            self.child = self._fork(lambda heartbeat: self._entry(PipeRosterWriter(writing), heartbeat))
        except OSError:
            self.close()
            raise
        finally:
            os.close(writing)
        log.info("The roster runs as pid %s.", self.child.pid, extra={"action": "roster_started"})

    def _wait(self, what: str, longest: float, now: float) -> None:
        delay = min(grown_delay(self._streak, self._timing), longest)
        self._streak += 1
        self.start_at = now + delay
        log.warning("The roster %s; it starts again in %.1f s.", what, delay, extra={"action": "roster_ended"})
