"""Starts the sandbox and the service as the separate processes they are in real life, and ends them again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from feedback_service.domain.errors import Configuration
from feedback_service.transports.programs import Program, signals_wait

START_SECONDS = 30.0
STOP_SECONDS = 45.0


@contextmanager
def running(
    words: Sequence[str], log_file: Path, environment: Mapping[str, str], cwd: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A `feedback-service …` process of our own, in its own session so that Ctrl-C reaches only the demo.

    It is asked to stop at the end, and killed only when it does not listen.
    """
    with log_file.open("ab") as log:
        program = Program(
            words=[sys.executable, "-m", "feedback_service", *words], output=log, environment=environment, cwd=cwd
        )
        process: subprocess.Popen[bytes] | None = None
        try:
            with signals_wait():
                process = program.start()
            yield process
        finally:
            if process is not None:
                stop(process)


def stop(process: subprocess.Popen[bytes]) -> int:
    """SIGTERM, then wait; SIGKILL to its group after STOP_SECONDS. Returns the exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit code, or None where it still runs when the time is up."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def wait_for_line(process: subprocess.Popen[bytes], log_file: Path, start: str) -> str:
    """The rest of the first line of the log that begins with `start`; Configuration where the process ended before."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for line in log_file.read_text("utf-8", "replace").splitlines():
            if line.startswith(start):
                return line.removeprefix(start).strip()
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise Configuration(f"the {log_file.stem} did not start; its last words are in {log_file}")
