"""Kills every process of a browser's slot once its owner is gone; a script of its own that imports nothing of ours.

The owner starts it before the browser, writes one line of JSON (the slot's directory) into its standard input, and
holds that pipe open. Its end, by whatever death of the owner, is the sign to begin; the slot's lock is inherited, so
that nobody uses the profile before the last process is gone.
"""

# pathlib would make this process twice as large
# ruff: noqa: PTH112, PTH123, PTH208

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

MARK = "FEEDBACK_SERVICE_SLOT"
"""The environment variable that every process of a browser inherits; some of them do not name the profile."""
QUIET_LOOKS = 3
"""How often in a row nothing must be found: a process may be born while the others die."""
PAUSE = 0.03
PATIENCE = 30.0
"""Seconds after which a process that no signal ends (stuck in the kernel) is given up."""


def kill_all(slot: str, seconds: float = PATIENCE) -> bool:
    """Kill the slot's processes until none is left; whether that was reached in time."""
    until = time.monotonic() + seconds
    quiet = 0
    while quiet < QUIET_LOOKS:
        found = processes(slot)
        quiet = 0 if found else quiet + 1
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE)
    return True


def processes(slot: str) -> list[int]:
    """The living processes that belong to the slot, by their command line or their environment."""
    own = os.getpid()
    if os.path.isdir("/proc/self"):
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        return [pid for pid in pids if pid != own and _belongs(pid, slot)]
    return [pid for pid, command in _listed() if pid != own and _names(command, slot)]


def _belongs(pid: int, slot: str) -> bool:
    if _names(_proc(pid, "cmdline"), slot):
        return True
    environment = _proc(pid, "environ").split("\0")
    return f"{MARK}={slot}" in environment


def _names(command: str, slot: str) -> bool:
    """Whether the program is the slot's driver, or the profile given to it is the slot's."""
    return command.startswith(f"{slot}/") or f"--user-data-dir={slot}/" in command


def _proc(pid: int, name: str) -> str:
    """Empty for a zombie, a process that is gone, and one of somebody else."""
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _listed() -> list[tuple[int, str]]:
    shown = subprocess.run(["/bin/ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=False)
    lines = [line.strip().partition(" ") for line in shown.stdout.splitlines()]
    return [(int(pid), command) for pid, _, command in lines if pid.isdigit()]


def main() -> None:
    """Wait for the end of the pipe, whatever signals come, and clear the slot."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    first = sys.stdin.readline()
    slot = json.loads(first)
    while sys.stdin.read(1):
        pass
    kill_all(slot)


if __name__ == "__main__":
    main()
