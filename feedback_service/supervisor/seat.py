"""One supplier's place: what runs there, what ran before, when it may start again."""

import logging
import os
from dataclasses import dataclass, field

from feedback_service.ports.roster import Assignment
from feedback_service.supervisor.child import Child
from feedback_service.supervisor.reap import said
from feedback_service.supervisor.restart import Because, Ending, Record, decide
from feedback_service.supervisor.timing import Timing

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Seat:
    """Never two children at once: the next one starts when the last one is reaped."""

    assignment: Assignment
    wanted: bool = True
    child: Child | None = None
    record: Record = field(default_factory=Record)
    because: Because | None = None
    """Why it waits, while it waits."""
    start_at: float = 0.0

    @property
    def state(self) -> str:
        if self.child:
            return "stopping" if self.child.asked else "running"
        return "parked" if self.because and self.because.parked else "waiting"

    def due(self, now: float) -> bool:
        return self.wanted and self.child is None and self.start_at <= now

    def reassign(self, assignment: Assignment) -> None:
        """Another fingerprint is a new beginning; another epoch alone forgives nothing."""
        if assignment.fingerprint != self.assignment.fingerprint or not self.wanted:
            self.pardon()
        self.assignment, self.wanted = assignment, True

    def pardon(self) -> None:
        """Forget earlier failures and start as soon as possible."""
        self.record, self.because, self.start_at = Record(), None, 0.0

    def took(self, child: Child) -> None:
        self.child, self.because = child, None
        self._log(logging.INFO, "worker_started", f"runs as pid {child.pid}", child.pid)

    def ended(self, code: int, now: float, timing: Timing) -> None:
        """Its child is reaped: free the seat, and decide when the next one starts."""
        child, self.child = self.child, None
        if child is None:
            return
        if child.asked:
            self._log(logging.INFO, "worker_stopped", f"{said(code)}, as it was told", child.pid)
        else:
            self._judge(Ending(code, now - child.started_at, now), timing)
            self._log_wait(f"{said(code)} after {now - child.started_at:.1f} s", child.pid, now)

    def did_not_start(self, error: OSError, now: float, timing: Timing) -> None:
        """The system had no room for a process: a failure like others."""
        self._judge(Ending(os.EX_OSERR, 0.0, now), timing)
        self._log_wait(f"could not be forked ({error})", None, now)

    def outlook(self, now: float) -> str:
        """When it starts again, in words."""
        if self.because is Because.CONFIGURATION:
            return "it is parked until its configuration changes or SIGHUP"
        wait = f"{max(0.0, self.start_at - now):.1f} s"
        return f"it is parked for {wait}" if self.because is Because.CRASH_LOOP else f"it starts again in {wait}"

    def _judge(self, ending: Ending, timing: Timing) -> None:
        decision = decide(self.record, ending, timing)
        self.record, self.because, self.start_at = decision.record, decision.because, decision.start_at

    def _log_wait(self, what: str, pid: int | None, now: float) -> None:
        parked = self.state == "parked"
        level, action = (logging.ERROR, "supplier_parked") if parked else (logging.WARNING, "worker_ended")
        self._log(level, action, f"{what}; {self.outlook(now)}", pid)

    def _log(self, level: int, action: str, what: str, pid: int | None) -> None:
        supplier = self.assignment.supplier
        told = {"action": action, "supplier": supplier, "pid": pid}
        log.log(level, "The worker of %s %s.", supplier, what, extra=told)
