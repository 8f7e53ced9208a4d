"""A publisher's process: under the supervisor that forked it, or alone."""

from __future__ import annotations

import asyncio
import logging
import signal

from feedback_service import bootstrap, logs
from feedback_service.bootstrap import Site
from feedback_service.domain.errors import Configuration, NoBrowser
from feedback_service.lifetime import beating, coded, stopped_by
from feedback_service.ports.roster import ExitCode, Heartbeat
from feedback_service.publisher.consume import Consumer
from feedback_service.publisher.machine import Able

log = logging.getLogger(__name__)

NAME = "publisher"
DRAIN_SHARE = 0.7
"""Of the time that a supervisor gives for draining; the rest is for giving back messages and closing browsers."""


def publish(site: Site, heartbeat: Heartbeat) -> int:
    """A forked publisher's life; gives its exit code."""
    logs.start_shipping()
    return asyncio.run(coded(_publish(site, NAME, heartbeat, signal.SIGTERM)))


def publish_alone(site: Site, heartbeat: Heartbeat, name: str = NAME) -> int:
    """A publisher in this very process, with browser profiles under its own name; gives the exit code."""
    logs.start_shipping()
    return asyncio.run(coded(_publish(site, name, heartbeat, signal.SIGTERM, signal.SIGINT)))


async def _publish(site: Site, name: str, heartbeat: Heartbeat, *signals: signal.Signals) -> int:
    stop = stopped_by(*signals)
    drain = site.settings.drain_seconds * DRAIN_SHARE
    async with beating(heartbeat), bootstrap.database(site) as db, bootstrap.publisher(site, db, name) as kit:
        await _require_a_browser(kit.able)
        log.info("Publishing for up to %d accounts at a time.", kit.slots, extra={"action": "publishing"})
        await Consumer(kit.subscription, kit.deliver, kit.slots, db.clock, stop, drain, kit.able).run()
    log.info("Publishing has ended.", extra={"action": "publishing_ended"})
    return ExitCode.DRAINED


async def _require_a_browser(able: Able) -> None:
    """Take no notice that this machine can only fail at, to the harm of accounts that others could serve."""
    try:
        await able()
    except NoBrowser as problem:
        raise Configuration(f"{problem}; where other machines publish, set RUN_PUBLISHER=false here") from problem
