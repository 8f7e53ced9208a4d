"""One forked process: its birth, and what its supervisor may do to it.

`os.fork` rather than multiprocessing's fork context: that one reaps on its own account, which loses exit codes to our
own waitpid as PID 1, runs exit hooks in the child that belong to the parent, and gives no moment at which signals are
held back between the fork and the child's own handlers.
"""

import logging
import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from signal import Signals
from typing import NoReturn

from feedback_service.ports.roster import ExitCode
from feedback_service.supervisor import signals
from feedback_service.supervisor.forkable import require_forkable
from feedback_service.supervisor.heartbeat import LAST_WORDS, SharedHeartbeat

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a child is to do: `run` gives its exit code, `forget` closes what belongs to the parent alone."""

    run: Callable[[SharedHeartbeat], int]
    forget: Callable[[], None]
    silent_seconds: float
    orphan_signal: Signals


@dataclass(slots=True)
class Child:
    """A forked process that is not reaped yet, so its pid cannot have become anyone else's."""

    pid: int
    heartbeat: SharedHeartbeat
    started_at: float = field(default_factory=time.monotonic)
    asked: bool = False
    """It was told to stop, so its exit code says nothing."""
    kill_at: float = math.inf
    killed: bool = False

    def tell(self, signum: Signals) -> None:
        os.kill(self.pid, signum)

    def stop(self, kill_at: float) -> None:
        """Ask it once to end, and kill it at that moment if it has not."""
        if not self.asked:
            self.asked, self.kill_at = True, min(self.kill_at, kill_at)
            self.tell(Signals.SIGTERM)

    def kill(self) -> None:
        self.killed = True
        self.tell(Signals.SIGKILL)

    def kill_when_due(self, now: float) -> bool:
        """True when it had to be killed just now."""
        if self.killed or now < self.kill_at:
            return False
        self.kill()
        return True

    def end_when_silent(self, limit: float, kill_at: float) -> bool:
        """True when it has been silent since before `limit`: it then prints where it hangs, and dies by `kill_at`."""
        if self.heartbeat.last >= limit or self.killed or self.kill_at < math.inf:
            return False
        self.kill_at = kill_at
        self.tell(LAST_WORDS)
        return True


def start(plan: Plan) -> Child:
    """Fork; raises UnsafeFork where a child could not live, and OSError where the system has no room for one."""
    require_forkable()
    sys.stdout.flush()  # what the parent has not written yet would be written twice
    sys.stderr.flush()
    heartbeat = SharedHeartbeat(plan.silent_seconds, plan.orphan_signal)
    with signals.held_back():
        if (pid := os.fork()) == 0:
            _live(plan, heartbeat)
    return Child(pid, heartbeat)


def _live(plan: Plan, heartbeat: SharedHeartbeat) -> NoReturn:
    """Never returns into the parent's stack, and leaves the parent's exit hooks alone."""
    code: int = ExitCode.FAILED
    try:
        signals.reset_in_child()
        heartbeat.adopt()
        plan.forget()
        code = plan.run(heartbeat)
    except SystemExit as leaving:
        code = _code_of(leaving)
    except BaseException:
        log.exception("A child of the supervisor failed.", extra={"action": "child_failed"})
    finally:
        _leave(code)


def _code_of(leaving: SystemExit) -> int:
    if leaving.code is None:
        return ExitCode.DRAINED
    return leaving.code if isinstance(leaving.code, int) else ExitCode.FAILED


def _leave(code: int) -> NoReturn:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
