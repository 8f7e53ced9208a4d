"""A running `feedback-service run`, watched through its log and shaken by signals; tests and benchmarks share it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil  # type: ignore[import-untyped]  # it has no types of its own

from feedback_service.cli.demo.sandbox_control import SandboxControl
from feedback_service.storage.cluster import Cluster

Found = TypeVar("Found")


@dataclass(frozen=True)
class Daemon:
    """A process with its JSON log."""

    process: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[Mapping[str, Any]]:
        """What it logged so far; a line that is not JSON has only a message."""
        return [_parsed(line) for line in self.log.read_text("utf-8", "replace").splitlines()]

    def said(self, action: str, supplier: str | None = None) -> list[Mapping[str, Any]]:
        """The lines of an action, of all suppliers or of one."""
        return [line for line in self.lines() if line.get("action") == action and _is_of(line, supplier)]

    def workers(self) -> dict[str, int]:
        """The living workers: each supplier's pid."""
        started = [line for line in self.said("worker_started") if "pid" in line]
        last = {str(line["labels"]["supplier"]): int(line["pid"]) for line in started}
        return {supplier: pid for supplier, pid in last.items() if self._is_child(pid)}

    def roster(self) -> int | None:
        """The living roster's pid."""
        found = [int(line["message"].rstrip(".").rsplit(" ", 1)[1]) for line in self.said("roster_started")]
        return found[-1] if found and self._is_child(found[-1]) else None

    def kill_worker(self, supplier: str) -> int:
        """kill -9; returns the pid that was."""
        pid = self.workers()[supplier]
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self, signum: signal.Signals = signal.SIGTERM, seconds: float = 45.0) -> int:
        """Send the signal and wait; returns the exit code. Raises subprocess.TimeoutExpired."""
        if self.process.poll() is None:
            self.process.send_signal(signum)
        return self.process.wait(seconds)

    def _is_child(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return bool(process.ppid() == self.process.pid and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False


def until(what: str, look: Callable[[], Found], seconds: float = 30.0) -> Found:
    """Look again and again until something truthy is seen, and return it; raises TimeoutError naming what was not."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)
    return found


def crash(cluster: Cluster) -> None:
    """End a database as if the power had failed: no connection is closed in good order, and its log is replayed."""
    os.kill(int((cluster.path / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    until("the database is gone", lambda: not cluster.is_running())


def forget_faults(control: SandboxControl) -> None:
    """Let nothing go wrong on the sandbox any more."""
    request = urllib.request.Request(f"{control.url}/_sandbox/faults", method="DELETE")
    urllib.request.urlopen(request, timeout=10).close()


def _parsed(line: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {"message": line}
    return found if isinstance(found, dict) else {"message": line}


def _is_of(line: Mapping[str, Any], supplier: str | None) -> bool:
    return supplier is None or line.get("labels", {}).get("supplier") == supplier
