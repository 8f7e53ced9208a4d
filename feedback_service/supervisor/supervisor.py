"""The supervisor: one tick after another, it keeps the processes as the roster wants them."""

import logging
import math
import select
import time
from collections.abc import Callable, Sequence
from signal import Signals

from feedback_service.ports.roster import Assignment, ExitCode, Fatal, Heartbeat, WholeSet
from feedback_service.supervisor import child
from feedback_service.supervisor.attendant import Attendant
from feedback_service.supervisor.child import Child, Plan
from feedback_service.supervisor.crew import Crew
from feedback_service.supervisor.forkable import require_forkable, seal
from feedback_service.supervisor.notify import Notifier
from feedback_service.supervisor.post import Post
from feedback_service.supervisor.reap import reap
from feedback_service.supervisor.report import Report
from feedback_service.supervisor.roster_child import RosterChild, RosterEntry
from feedback_service.supervisor.signals import SignalInbox
from feedback_service.supervisor.timing import Timing

log = logging.getLogger(__name__)

Work = Callable[[Assignment, Heartbeat], int]


class Supervisor:
    """Forks the roster, one worker for every supplier the roster names, and the attendants.

    SIGTERM and SIGINT drain: workers and attendants first, the roster last, since it holds the leases; a second one
    kills. SIGHUP has the roster read again and gives what is parked another chance. SIGUSR1 logs the state of every
    child.
    """

    def __init__(
        self,
        work: Work,
        roster: RosterEntry,
        timing: Timing | None = None,
        notifier: Notifier | None = None,
        attendants: Sequence[Attendant] = (),
    ) -> None:
        self._timing = timing or Timing()
        self._report = Report(notifier or Notifier())
        self._inbox = SignalInbox()
        self._crew = Crew(lambda one: self._fork(lambda beat: work(one, beat), Signals.SIGTERM), self._timing)
        # An orphaned roster dies at once: it must not give leases back under workers that still drain.
        self._roster = RosterChild(roster, lambda run: self._fork(run, Signals.SIGKILL), self._timing)
        self._attendants = [self._post(one) for one in attendants]
        self._posts = [self._roster.post, *self._attendants]
        self._heard = False
        self._draining = False
        self._finished = False
        self._exit_code: int = ExitCode.DRAINED
        self._last_tick = self._watching_since = time.monotonic()

    def run(self) -> int:
        """Supervise until told to end; gives the exit code: 0 drained, 1 somebody had to be killed, 78 configuration.

        Raises UnsafeFork when this process cannot fork workers; those that run by then are drained.
        """
        require_forkable()
        seal()
        self._inbox.open()
        try:
            self._loop()
        except Exception:
            self._drain(ExitCode.FAILED)
            self._loop()
            raise
        finally:
            self._kill_everyone()
            self._roster.close()
            self._inbox.close()
        return self._exit_code

    def tick(self) -> None:
        """Take signals, end the silent, reap, start the missing."""
        now = time.monotonic()
        self._note_pause(now)
        for signum in self._inbox.take():
            self._obey(signum)
        self._end_silent_and_overdue(now)
        ended = list(reap(self._pids()))
        self._hear(now)  # before the endings are judged: a roster's last line may say why it ended
        for pid, code in ended:
            self._bury(pid, code, now)
        if self._draining:
            self._wind_down(now)
        else:
            for post in self._posts:
                post.start_when_due(now)
            self._crew.start_missing(now)
        self._report.tick(self._summary(), now)

    def _loop(self) -> None:
        self.tick()
        while not self._finished:
            self._wait()
            self.tick()

    def _wait(self) -> None:
        """Until something happens, or is due."""
        poll = select.poll()  # select() knows no descriptor above 1023
        for fd in (self._inbox.fd, self._roster.fd):
            if fd is not None:
                poll.register(fd, select.POLLIN)
        due = self._report.due
        if not self._draining:
            due = min(due, self._crew.next_start(), *(post.next_start for post in self._posts))
        poll.poll(math.ceil(1000 * max(0.0, min(self._timing.tick_seconds, due - time.monotonic()))))

    def _note_pause(self, now: float) -> None:
        """If we stood still ourselves (a paused container), so did the children: their silence counts from now on."""
        if now - self._last_tick > self._timing.silent_seconds / 2 + self._timing.tick_seconds:
            self._watching_since = now
        self._last_tick = now

    def _obey(self, signum: Signals) -> None:
        match signum:
            case Signals.SIGTERM | Signals.SIGINT:
                self._end(signum)
            case Signals.SIGHUP if not self._draining:
                log.info("SIGHUP: the roster reads again.", extra={"action": "reload"})
                self._report.reloading()
                self._crew.unpark()
                for post in self._posts:
                    post.unpark()
                self._roster.reread()
            case Signals.SIGUSR1:
                self._log_state(time.monotonic())

    def _end(self, signum: Signals) -> None:
        if not self._draining:
            log.info("%s: the workers finish what they have begun.", signum.name, extra={"action": "drain"})
            self._drain(ExitCode.DRAINED)
        else:
            log.warning("%s again: everything is killed.", signum.name, extra={"action": "kill"})
            self._exit_code = ExitCode.FAILED
            self._kill_everyone()

    def _drain(self, exit_code: int) -> None:
        if not self._draining:
            self._draining, self._exit_code = True, exit_code
            now = time.monotonic()
            self._crew.stop_all(now)
            for post in self._attendants:
                post.stop(now)
            self._report.stopping(self._summary())

    def _wind_down(self, now: float) -> None:
        """The roster stops when the last worker and attendant is gone, and then we are done."""
        if self._crew.pids or any(post.child for post in self._attendants):
            return
        self._roster.post.stop(now)
        self._finished = self._roster.post.child is None

    def _end_silent_and_overdue(self, now: float) -> None:
        judge_silence = self._watching_since <= now - self._timing.silent_seconds
        if judge_silence:
            self._crew.end_silent(now)
            for post in self._posts:
                post.end_when_silent(now)
        killed = [self._crew.kill_overdue(now), *(post.kill_overdue(now) for post in self._posts)]
        if any(killed) and self._draining and self._exit_code == ExitCode.DRAINED:
            self._exit_code = ExitCode.FAILED

    def _hear(self, now: float) -> None:
        for message in self._roster.take():
            match message:
                case Fatal(reason, exit_code):
                    log.critical("This host cannot work: %s", reason, extra={"action": "fatal"})
                    self._drain(exit_code)
                case WholeSet(assignments) if not self._draining:
                    self._heard = True
                    self._crew.assign(assignments, now)
                    self._report.heard()

    def _bury(self, pid: int, code: int, now: float) -> None:
        post = next((one for one in self._posts if one.child and one.child.pid == pid), None)
        if post is None:
            self._crew.ended(pid, code, now)
            return
        post.ended(code, now)
        if post is self._roster.post:
            self._roster.close()
            if code == ExitCode.CONFIGURATION and not self._heard:
                self._drain(code)

    def _post(self, attendant: Attendant) -> Post:
        """An attendant's place; orphaned it drains like a worker."""
        return Post(
            attendant.name,
            lambda: self._fork(attendant.entry, Signals.SIGTERM),
            self._timing,
            self._timing.drain_seconds,
            parks=True,
        )

    def _fork(self, run: Callable[[Heartbeat], int], orphan_signal: Signals) -> Child:
        return child.start(Plan(run, self._forget, self._timing.silent_seconds, orphan_signal))

    def _forget(self) -> None:
        """In a child: close what only the supervisor reads."""
        self._inbox.close_pipe()
        self._roster.close()

    def _pids(self) -> set[int]:
        return {*self._crew.pids, *(post.child.pid for post in self._posts if post.child)}

    def _summary(self) -> str:
        """One line for people: how many workers run, and how the attendants are."""
        return ", ".join([self._crew.summary(), *(f"{post.name} {post.state}" for post in self._attendants)])

    def _log_state(self, now: float) -> None:
        self._crew.log_state(now)
        for post in self._posts:
            post.log_state(now)

    def _kill_everyone(self) -> None:
        self._crew.kill_all()
        for post in self._posts:
            post.kill()
