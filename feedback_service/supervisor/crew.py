"""All workers of this host: one seat for every supplier that is assigned to it."""

import logging
from collections.abc import Callable, Iterable

from feedback_service.ports.roster import Assignment
from feedback_service.supervisor.changes import compare
from feedback_service.supervisor.child import Child
from feedback_service.supervisor.seat import Seat
from feedback_service.supervisor.timing import Timing

log = logging.getLogger(__name__)


class Crew:
    """Keeps the seats as assigned; `fork` starts the worker of one assignment."""

    def __init__(self, fork: Callable[[Assignment], Child], timing: Timing) -> None:
        self._fork = fork
        self._timing = timing
        self._seats: dict[str, Seat] = {}

    def assign(self, assignments: Iterable[Assignment], now: float) -> None:
        """Make this the whole set: stop the workers of changed and removed suppliers; `start_missing` does the rest."""
        present = {name: seat.assignment for name, seat in self._seats.items() if seat.wanted}
        changes = compare(present, assignments)
        for one in (*changes.added, *changes.changed):
            self._seats.setdefault(one.supplier, Seat(one)).reassign(one)
        for name in changes.removed:
            self._seats[name].wanted = False
        for name in (*changes.removed, *(one.supplier for one in changes.changed)):
            self._stop(self._seats[name], now)
        self._clear()

    def start_missing(self, now: float) -> None:
        for seat in self._seats.values():
            if seat.due(now):
                try:
                    seat.took(self._fork(seat.assignment))
                except OSError as error:
                    seat.did_not_start(error, now, self._timing)

    def end_silent(self, now: float) -> None:
        """End the children that have not beaten for too long."""
        limit, kill_at = now - self._timing.silent_seconds, now + self._timing.last_words_seconds
        for seat in self._running():
            if seat.child and seat.child.end_when_silent(limit, kill_at):
                self._log_child(seat, "worker_hung", "is hung: it prints its stack and ends")

    def kill_overdue(self, now: float) -> bool:
        """SIGKILL for every child whose time to end is over; True when there was one."""
        killed = [seat for seat in self._running() if seat.child and seat.child.kill_when_due(now)]
        for seat in killed:
            self._log_child(seat, "worker_killed", "did not end in time and is killed")
        return bool(killed)

    def ended(self, pid: int, code: int, now: float) -> None:
        """A child of this crew is reaped."""
        for seat in self._running():
            if seat.child and seat.child.pid == pid:
                seat.ended(code, now, self._timing)
        self._clear()

    def unpark(self) -> None:
        """Give every parked supplier another chance."""
        for seat in self._seats.values():
            if seat.state == "parked":
                seat.pardon()

    def stop_all(self, now: float) -> None:
        for seat in self._running():
            self._stop(seat, now)

    def kill_all(self) -> None:
        for seat in self._running():
            if seat.child:
                seat.child.kill()

    @property
    def pids(self) -> list[int]:
        return [seat.child.pid for seat in self._running() if seat.child]

    def next_start(self) -> float:
        """The earliest moment at which `start_missing` has something to do."""
        waiting = (seat.start_at for seat in self._seats.values() if seat.wanted and seat.child is None)
        return min(waiting, default=float("inf"))

    def summary(self) -> str:
        """One line for people: how many run, and how many do not."""
        states = [seat.state for seat in self._seats.values()]
        rest = [f"{states.count(state)} {state}" for state in ("stopping", "waiting", "parked") if state in states]
        return ", ".join([f"{states.count('running')} of {len(states)} suppliers running", *rest])

    def log_state(self, now: float) -> None:
        for seat in self._seats.values():
            if seat.child:
                age, silence = now - seat.child.started_at, now - seat.child.heartbeat.last
                what = f"has run for {age:.0f} s; last beat {silence:.1f} s ago"
            else:
                what = f"does not run; {seat.outlook(now)}"
            self._log_child(seat, "worker_state", f"is {seat.state}, {what}; failures in a row: {seat.record.streak}")

    def _running(self) -> list[Seat]:
        return [seat for seat in self._seats.values() if seat.child]

    def _stop(self, seat: Seat, now: float) -> None:
        if seat.child:
            seat.child.stop(now + self._timing.drain_seconds)

    def _clear(self) -> None:
        """Take away the seats nobody wants and nobody sits on."""
        self._seats = {name: seat for name, seat in self._seats.items() if seat.wanted or seat.child}

    def _log_child(self, seat: Seat, action: str, what: str) -> None:
        supplier, pid = seat.assignment.supplier, seat.child.pid if seat.child else None
        level = logging.INFO if action == "worker_state" else logging.WARNING
        log.log(
            level, "The worker of %s %s.", supplier, what, extra={"action": action, "supplier": supplier, "pid": pid}
        )
