"""`feedback-service run`: the daemon, one pass for cron, or one supplier alone."""

from __future__ import annotations

import logging
import os
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli.errors import Terminated
from feedback_service.cli.health import LOCK_FILE, PUBLISHER
from feedback_service.cli.invocation import Invocation
from feedback_service.cli.lock import AlreadyRunning, Lock, only_one
from feedback_service.domain.errors import Retryable
from feedback_service.domain.identity import SupplierKey
from feedback_service.supervisor import Attendant, Notifier, Supervisor, Timing

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
        with only_one(settings.data_dir, name) as lock:
            code = _run(settings, lock, once=once, supplier=supplier)
    except AlreadyRunning as problem:
        if not once:
            raise
        typer.echo(f"nothing to do: {problem}", err=True)
        code = 0
    except Terminated:  # while it started, so that nothing had begun
        code = 0
    raise typer.Exit(code)


def _run(settings: Settings, lock: Lock, *, once: bool, supplier: str) -> int:
    from feedback_service import bootstrap
    from feedback_service.worker import process

    if once:
        return process.run_once(bootstrap.prepare(settings))
    site = prepared(settings)
    bootstrap.warm(site)
    if supplier:
        return process.run_alone(site, SupplierKey(supplier))
    return Supervisor(
        work=partial(lock.in_child, process.work, site),
        roster=partial(lock.in_child, process.keep_roster, site),
        timing=Timing(drain_seconds=settings.drain_seconds),
        notifier=_notifier(lock.path),
        attendants=_attendants(site, lock),
    ).run()


def _attendants(site: Site, lock: Lock) -> list[Attendant]:
    """A publisher, where there is a queue and the settings do not leave it to other machines alone."""
    from feedback_service import bootstrap
    from feedback_service.cli.publisher import attend

    if not site.settings.run_publisher or bootstrap.queue_config(site.settings) is None:
        return []
    return [Attendant(PUBLISHER, partial(lock.in_child, attend, site))]


def prepared(settings: Settings) -> Site:
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
