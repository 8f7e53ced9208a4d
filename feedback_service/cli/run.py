"""`feedback-service run`: the daemon, one pass for cron, or one supplier alone."""

from __future__ import annotations

import fcntl
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli.errors import Terminated
from feedback_service.cli.health import LOCK_FILE
from feedback_service.cli.invocation import Invocation
from feedback_service.domain.errors import Configuration, Retryable
from feedback_service.domain.identity import SupplierKey
from feedback_service.supervisor import Notifier, Supervisor, Timing

if TYPE_CHECKING:
    from feedback_service.bootstrap import Site
    from feedback_service.settings import Settings

log = logging.getLogger(__name__)

LONGEST_WAIT = 30.0
"""Seconds between two looks for a database that is away when the daemon starts."""
PULSE_SECONDS = 20.0
"""The lock file is touched twice in this time, so that `health` sees a supervisor that turns."""


def run(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One pass over everything, then end; for cron.")] = False,
    supplier: Annotated[
        str, typer.Option(help="Only this supplier, in this process; for Kubernetes, Nomad or one systemd unit each.")
    ] = "",
) -> None:
    """Answer customers, until stopped: one process per supplier.

    SIGTERM or Ctrl-C lets every worker finish what it has begun; SIGHUP reads the suppliers again.

    Exit codes: 0 done · 1 something failed · 78 wrong configuration.

    Examples: feedback-service run · feedback-service run --once · feedback-service run --supplier romashka
    """
    invocation: Invocation = ctx.obj
    settings = invocation.settings()
    configure_logs(settings)
    name = f"run@{supplier}.lock" if supplier else LOCK_FILE
    try:
        with _only_one(settings.data_dir, name) as lock:
            code = _run(settings, lock, once=once, supplier=supplier)
    except AlreadyRunning as problem:
        if not once:
            raise
        typer.echo(f"nothing to do: {problem}", err=True)
        code = 0
    except Terminated:  # while it started, so that nothing had begun
        code = 0
    raise typer.Exit(code)


class AlreadyRunning(Configuration):
    """Another process of this machine does this work; two would only wait for each other."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The file that this run holds; forks share the hold until they let go of it."""

    path: Path
    descriptor: int

    def in_child(self, life: Callable[..., int], *given: object) -> int:
        """A forked child's life without the lock: workers that drain after a killed supervisor bar no new one."""
        os.close(self.descriptor)
        return life(*given)


def _run(settings: Settings, lock: Lock, *, once: bool, supplier: str) -> int:
    from feedback_service import bootstrap
    from feedback_service.worker import process

    if once:
        return process.run_once(bootstrap.prepare(settings))
    site = _prepared(settings)
    bootstrap.warm(site)
    if supplier:
        return process.run_alone(site, SupplierKey(supplier))
    return Supervisor(
        work=partial(lock.in_child, process.work, site),
        roster=partial(lock.in_child, process.keep_roster, site),
        timing=Timing(drain_seconds=settings.drain_seconds),
        notifier=_notifier(lock.path),
    ).run()


def _prepared(settings: Settings) -> Site:
    """Everything in its place; the daemon waits for a database that is away, as both may start at the same time."""
    from feedback_service import bootstrap

    wait = 0.0
    while True:
        try:
            site = bootstrap.prepare(settings)
        except Retryable as problem:
            if not wait:
                log.error("The database is away; waiting for it: %s", problem, extra={"action": "database_away"})
            wait = min(2 * wait or 1.0, LONGEST_WAIT)
            time.sleep(wait)
        else:
            if wait:
                log.info("The database is there.", extra={"action": "database_back"})
            return site


def configure_logs(settings: Settings) -> None:
    """Logs as the settings want them; `auto` is colour for a terminal and JSON for everything else."""
    from feedback_service import logs

    form = settings.log_format
    if form == "auto":
        form = "console" if sys.stderr.isatty() else "json"
    secrets = (settings.openai_api_key, settings.secret_keys, settings.database_url)
    logs.configure_logs(
        logs.LogConfig(
            format=form,
            level=settings.log_level,
            project_id=settings.google_cloud_project or None,
            endpoint=settings.google_logging_endpoint or None,
            redact=tuple(one.get_secret_value() for one in secrets if one.get_secret_value()),
        )
    )


class _Pulse(Notifier):
    """Tells systemd as usual, and `feedback-service health` by the lock file's age."""

    lock: Path

    def watchdog(self) -> None:
        super().watchdog()
        with suppress(OSError):  # a lost lock file makes `health` fail, and must not end the host
            os.utime(self.lock)


def _notifier(lock: Path) -> Notifier:
    pulse = _Pulse.from_environment()
    pulse.watchdog_seconds = pulse.watchdog_seconds or PULSE_SECONDS
    pulse.lock = lock
    return pulse


@contextmanager
def _only_one(data_dir: Path, name: str) -> Iterator[Lock]:
    """Hold the lock file for as long as this process lives; the kernel lets go of it however the process ends."""
    path = data_dir / name
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise Configuration(f"DATA_DIR {data_dir} cannot be written: {problem.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(f"another run of this machine holds {path}; stop it first") from None
    os.utime(path)
    try:
        yield Lock(path, descriptor)
    finally:
        os.close(descriptor)
