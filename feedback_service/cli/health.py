"""`feedback-service health`: whether this machine's daemon is alive, for container engines and monitors."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import typer

from feedback_service.cli.invocation import Invocation
from feedback_service.ports.roster import ExitCode

LOCK_FILE = "run.lock"
"""In DATA_DIR: locked by the daemon for as long as it lives, and touched by its supervisor with every tick."""
STALE_SECONDS = 60.0
"""The supervisor touches the file every ten seconds or so; after a minute it hangs."""


def health(ctx: typer.Context) -> None:
    """Tell whether the daemon of this machine (`run`) is alive: exit code 0, else 1. Needs no database.

    Example, in a Dockerfile: `HEALTHCHECK CMD feedback-service health`
    """
    invocation: Invocation = ctx.obj
    fault = fault_of(invocation.settings().data_dir / LOCK_FILE, time.time())
    typer.echo(fault or "healthy: the daemon is running")
    if fault:
        raise typer.Exit(ExitCode.FAILED)


def fault_of(lock_file: Path, now: float) -> str:
    """What is wrong with the daemon that keeps this file, or nothing; `now` in seconds since the epoch."""
    try:
        descriptor = os.open(lock_file, os.O_RDONLY)
    except OSError as problem:
        return f"unhealthy: no daemon is running ({lock_file}: {problem.strerror})"
    try:
        if not _is_locked(descriptor):
            return f"unhealthy: no daemon is running ({lock_file} is not locked)"
        age = now - os.fstat(descriptor).st_mtime
        return f"unhealthy: the daemon has been silent for {age:.0f} s" if age > STALE_SECONDS else ""
    finally:
        os.close(descriptor)


def is_running(data_dir: Path) -> bool:
    """Whether a daemon of this machine works with the data folder, be it healthy or not."""
    try:
        descriptor = os.open(data_dir / LOCK_FILE, os.O_RDONLY)
    except OSError:
        return False
    try:
        return _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Whether another process holds the file; the shared lock of this look lasts no longer than the look."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
