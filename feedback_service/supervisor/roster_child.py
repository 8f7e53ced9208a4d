"""The roster's place: the one child that says which suppliers run here."""

import os
from collections.abc import Callable
from signal import Signals

from feedback_service.ports.roster import Heartbeat, RosterMessage, RosterWriter
from feedback_service.supervisor.child import Child
from feedback_service.supervisor.pipe import PipeRosterWriter, RosterReader
from feedback_service.supervisor.post import Post
from feedback_service.supervisor.timing import Timing

RosterEntry = Callable[[RosterWriter, Heartbeat], int]


class RosterChild:
    """A post with a pipe. Its death stops no worker: they go on with the set it wrote last. It is never parked."""

    def __init__(self, entry: RosterEntry, fork: Callable[[Callable[[Heartbeat], int]], Child], timing: Timing) -> None:
        self._entry = entry
        self._fork = fork
        self._reader: RosterReader | None = None
        self.post = Post("roster", self._start, timing, timing.roster_stop_seconds)

    @property
    def fd(self) -> int | None:
        return self._reader.fd if self._reader else None

    def take(self) -> list[RosterMessage]:
        """What it wrote since the last call; what it wrote before its end is still there after it."""
        return self._reader.take() if self._reader else []

    def reread(self) -> None:
        """Ask it for a new set; one that starts just now reads anyway."""
        if self.post.child:
            self.post.child.tell(Signals.SIGHUP)

    def close(self) -> None:
        """Close the reading end of the pipe."""
        if self._reader:
            self._reader.close()
            self._reader = None

    def _start(self) -> Child:
        reading, writing = os.pipe()
        self._reader = RosterReader(reading)
        try:
            return self._fork(lambda heartbeat: self._entry(PipeRosterWriter(writing), heartbeat))
        except OSError:
            self.close()
            raise
        finally:
            os.close(writing)
