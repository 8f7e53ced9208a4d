"""`feedback-service publisher`: works off the reply queue, on this machine or on many."""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli.errors import Terminated
from feedback_service.cli.health import PUBLISHER
from feedback_service.cli.invocation import Invocation
from feedback_service.cli.lock import AlreadyRunning, only_one
from feedback_service.cli.run import PULSE_SECONDS, configure_logs, prepared
from feedback_service.domain.errors import Configuration
from feedback_service.domain.identity import is_slug

if TYPE_CHECKING:
    from feedback_service.bootstrap import Site
    from feedback_service.ports.roster import Heartbeat
    from feedback_service.settings import Settings

log = logging.getLogger(__name__)

REMEDY = "stop it (`run` starts one unless RUN_PUBLISHER=false), or give this one a --name"


def publisher(
    ctx: typer.Context,
    slots: Annotated[
        int | None, typer.Option(min=1, max=32, help="Accounts served at a time, a browser each; PUBLISHER_SLOTS.")
    ] = None,
    name: Annotated[
        str, typer.Option(help="A name for one more publisher on this machine; it keeps browser profiles of its own.")
    ] = "",
) -> None:
    """Deliver the answers of accounts with `delivery: queue`, until stopped.

    `run` starts one publisher by itself. More of them, on this machine or on others, share the work: an account's
    answers go out one after another, different accounts' at the same time. A publisher may die at any moment: what it
    had not finished is delivered by another, or looked up on the platform first.

    It needs the workers' DATABASE_URL, SECRET_KEYS and PUBSUB_ settings, and Chromium. It holds no lease and needs no
    OpenAI key. SIGTERM or Ctrl-C lets it finish what it has begun and gives the rest back to the queue.

    Exit codes: 0 done · 75 the database is away · 78 wrong configuration.

    Examples: feedback-service publisher · feedback-service publisher --slots 4 · feedback-service publisher --name two
    """
    invocation: Invocation = ctx.obj
    settings = invocation.settings()
    role = _role(name)
    _require_a_queue(settings)
    configure_logs(settings)
    try:
        with only_one(settings.data_dir, lock_file(role), REMEDY) as lock:
            code = _publish(settings, role, slots, Pulse(lock.path))
    except Terminated:  # while it started, so that nothing had begun
        code = 0
    raise typer.Exit(code)


@dataclass(frozen=True, slots=True)
class Pulse:
    """The heartbeat that `feedback-service health` sees: the age of the lock file."""

    lock: Path
    every_seconds: float = PULSE_SECONDS / 2

    def beat(self) -> None:
        with suppress(OSError):  # a lost lock file makes `health` fail, and must end nothing
            os.utime(self.lock)


def attend(site: Site, heartbeat: Heartbeat) -> int:
    """The life of the publisher that `run` starts; while another one of this machine has its profiles, it waits."""
    from feedback_service.publisher import process

    waits = False
    while True:
        try:
            with only_one(site.settings.data_dir, lock_file(PUBLISHER), "this one waits for its end"):
                return process.publish(site, heartbeat)
        except AlreadyRunning as problem:
            if not waits:
                log.warning("No publisher beside this one: %s", problem, extra={"action": "publisher_waits"})
            waits = True
            heartbeat.beat()
            time.sleep(min(1.0, heartbeat.every_seconds))


def lock_file(role: str) -> str:
    """In DATA_DIR: held by the publisher of that role for as long as it lives."""
    return f"{role}.lock"


def _role(name: str) -> str:
    if name and not is_slug(name):
        raise Configuration(f"--name {name!r}: 1 to 64 of a-z, 0-9 and inner hyphens")
    return f"{PUBLISHER}-{name}" if name else PUBLISHER


def _require_a_queue(settings: Settings) -> None:
    """Say at once what a publisher cannot do without; raises Configuration."""
    from feedback_service import bootstrap

    if bootstrap.queue_config(settings) is None:
        raise Configuration("no queue is configured: set PUBSUB_PROJECT, as .env-example explains")
    if settings.embedded and not (settings.data_dir / "postgres").exists():
        raise Configuration(
            f"DATABASE_URL is empty, and DATA_DIR {settings.data_dir} holds no database: set DATABASE_URL to that of "
            "the workers whose answers this publisher delivers"
        )


def _publish(settings: Settings, role: str, slots: int | None, pulse: Pulse) -> int:
    from feedback_service.publisher import process

    site = prepared(settings)
    if slots is not None:
        browsers = max(slots, settings.browser_limit)
        asked = settings.model_copy(update={"publisher_slots": slots, "browser_limit": browsers})
        site = replace(site, settings=asked)
    return process.publish_alone(site, pulse, role)
