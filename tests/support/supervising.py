"""A host under test: a supervisor in a process of its own, and what can be seen of it from outside."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from feedback_service.supervisor import Timing

QUICK = Timing(
    tick_seconds=0.1,
    silent_seconds=1.0,
    last_words_seconds=0.3,
    drain_seconds=1.0,
    roster_stop_seconds=1.0,
    first_delay_seconds=0.1,
    longest_delay_seconds=1.0,
    temporary_delay_seconds=0.2,
    healthy_seconds=30.0,
    crash_limit=4,
    crash_window_seconds=30.0,
    parked_seconds=60.0,
)
_DEADLINE_SECONDS = 20.0
_POLL_SECONDS = 0.01
_ROOT = Path(__file__).parents[2]
REAPED_SECONDS = 5.0
LOG_LINE = re.compile(r'\{"text": .*\}$')


def wait_until(condition: Callable[[], object], what: str = "") -> None:
    """Wait for a condition; raises AssertionError after the deadline."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what or condition}")
        time.sleep(_POLL_SECONDS)


class Host:
    """Start it after its files are written; leave it, and nothing of it runs on."""

    def __init__(self, folder: Path, timing: Timing = QUICK, **settings: object) -> None:
        self.folder = folder
        self.environ: dict[str, str] = {}
        self._settings = {"timing": asdict(timing), **settings}
        self._process: subprocess.Popen[bytes] | None = None
        self.assign()

    def assign(self, *suppliers: str | tuple[str, int, str]) -> None:
        """The whole set; a name alone stands for epoch 1 and fingerprint "f1"."""
        rows = [[one, 1, "f1"] if isinstance(one, str) else list(one) for one in suppliers]
        new = self.folder / "roster.new"
        new.write_text(json.dumps(rows))
        new.replace(self.folder / "roster.json")

    def does(self, name: str, what: str) -> None:
        (self.folder / f"{name}.does").write_text(what)

    def start(self, prefix: tuple[str, ...] = ()) -> "Host":
        (self.folder / "settings.json").write_text(json.dumps(self._settings))
        command = [*prefix, sys.executable, "-m", "tests.support.supervised", str(self.folder)]
        with (self.folder / "stderr").open("wb") as stderr:
            self._process = subprocess.Popen(
                command, cwd=_ROOT, stderr=stderr, env={**os.environ, **self.environ}, start_new_session=True
            )
        return self

    def __enter__(self) -> "Host":
        return self

    def __exit__(self, *_error: object) -> None:
        for pid in {event["pid"] for event in self.events()} if self._process else ():
            if self.owns(pid):
                os.kill(pid, signal.SIGKILL)
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pid in {event["pid"] for event in self.events()} if self._process else ():
            if self.owns(pid):
                os.kill(pid, signal.SIGKILL)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def send(self, signum: signal.Signals) -> None:
        os.kill(self.pid, signum)

    def grow_a_thread(self) -> None:
        """Needs the setting before="thread on SIGUSR2"."""
        self.send(signal.SIGUSR2)
        wait_until(lambda: len(list(Path(f"/proc/{self.pid}/task").iterdir())) == 2)

    def exit_code(self) -> int:
        """Wait for the supervisor's end."""
        assert self._process
        return self._process.wait(_DEADLINE_SECONDS)

    def events(self, event: str = "", supplier: str = "") -> list[dict[str, Any]]:
        """What the children told so far, the oldest first."""
        path = self.folder / "events.jsonl"
        whole = path.read_bytes().rpartition(b"\n")[0].splitlines() if path.exists() else []
        told = [json.loads(line) for line in whole]
        return [one for one in told if event in ("", one["event"]) and supplier in ("", one["supplier"])]

    def wait_for(self, event: str, supplier: str, times: int = 1) -> dict[str, Any]:
        """The latest of at least so many such events."""
        wait_until(lambda: len(self.events(event, supplier)) >= times, f"{times} × {supplier} {event}\n{self.stderr()}")
        return self.events(event, supplier)[-1]

    def stderr(self) -> str:
        return (self.folder / "stderr").read_text()

    def logs(self, action: str, supplier: str | None = None) -> list[Mapping[str, Any]]:
        # A fault handler's lines come straight from another process, and one of ours may follow on the same line.
        found = [LOG_LINE.search(line) for line in self.stderr().splitlines()]
        lines = [json.loads(one[0]) for one in found if one]
        return [one for one in lines if one["action"] == action and supplier in (None, one["supplier"])]

    def wait_for_log(self, action: str, supplier: str | None = None, times: int = 1) -> Mapping[str, Any]:
        wait_until(lambda: len(self.logs(action, supplier)) >= times, f"log {action} {supplier}")
        return self.logs(action, supplier)[-1]

    def owns(self, pid: int) -> bool:
        """Whether that pid still is a process of this host, and not somebody's who got the number later."""
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return str(self.folder).encode() in command

    def pipes(self) -> set[str]:
        """The pipes the supervisor holds an end of, what the test runner gave it left out."""
        ours = {_pipe(fd) for fd in Path("/proc/self/fd").iterdir()}
        return {_pipe(fd) for fd in Path(f"/proc/{self.pid}/fd").iterdir()} - ours - {""}

    def zombies(self) -> list[int]:
        """Ended children of the supervisor that nobody reaps: one that ended this moment is given a few turns."""
        ended = self._ended()
        deadline = time.monotonic() + REAPED_SECONDS
        while ended and time.monotonic() < deadline:
            time.sleep(0.02)
            ended &= self._ended()
        return sorted(ended)

    def _ended(self) -> set[int]:
        return {child for child in children(self.pid) if _state(child) == "Z"}


def children(pid: int) -> list[int]:
    """The pids of a process's children, zombies included."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _pipe(fd: Path) -> str:
    try:
        target = str(fd.readlink())
    except OSError:
        return ""
    return target if target.startswith("pipe:") else ""


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
