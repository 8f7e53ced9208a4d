"""`feedback-service health`: whether this machine's daemon is alive, for container engines and monitors."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import typer

from feedback_service.cli.invocation import Invocation
from feedback_service.cli.unbegun import warnings
from feedback_service.ports.roster import ExitCode

PUBLISHER = "publisher"
"""Begins the names of publishers' lock files in DATA_DIR; they are touched like the daemon's."""
LOCK_FILE = "run.lock"
"""In DATA_DIR: locked by the daemon for as long as it lives, and touched by its supervisor with every tick."""
STALE_SECONDS = 60.0
"""The supervisor touches the file every ten seconds or so; after a minute it hangs."""


def health(ctx: typer.Context) -> None:
    """Tell whether the daemon of this machine (`run`) is alive: exit code 0, else 1. Needs no database for that.

    Where no daemon has ever run with this DATA_DIR, the publisher (`publisher`) that was alive last is judged. Where
    the queue is in use, a WARNING names approved answers that wait for a publisher; it leaves the exit code alone, as
    a restart of this machine's daemon would not help them.

    Example, in a Dockerfile: `HEALTHCHECK CMD feedback-service health`
    """
    invocation: Invocation = ctx.obj
    settings = invocation.settings()
    data_dir = settings.data_dir
    who, lock_file = "daemon", data_dir / LOCK_FILE
    if not lock_file.exists() and (publishers := list(data_dir.glob(f"{PUBLISHER}*.lock"))):
        who, lock_file = PUBLISHER, max(publishers, key=lambda one: one.stat().st_mtime)
    fault = fault_of(lock_file, time.time(), who)
    typer.echo(fault or f"healthy: the {who} is running")
    if fault:
        raise typer.Exit(ExitCode.FAILED)
    for warning in warnings(settings):
        typer.echo(warning)


def fault_of(lock_file: Path, now: float, who: str = "daemon") -> str:
    """What is wrong with the process that keeps this file, or nothing; `now` in seconds since the epoch."""
    try:
        descriptor = os.open(lock_file, os.O_RDONLY)
    except OSError as problem:
        return f"unhealthy: no {who} is running ({lock_file}: {problem.strerror})"
    try:
        if not _is_locked(descriptor):
            return f"unhealthy: no {who} is running ({lock_file} is not locked)"
        age = now - os.fstat(descriptor).st_mtime
        return f"unhealthy: the {who} has been silent for {age:.0f} s" if age > STALE_SECONDS else ""
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
