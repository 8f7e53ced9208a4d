"""Watches a demo until it is over, interrupted or late, and stops the service."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from rich.console import Console

from feedback_service import bootstrap
from feedback_service.cli.demo.processes import stop
from feedback_service.cli.demo.scoreboard import Scoreboard, still_open
from feedback_service.cli.demo.shops import Market
from feedback_service.cli.demo.summary import OPEN, summarise
from feedback_service.domain.errors import Configuration
from feedback_service.ports.views import Standing

if TYPE_CHECKING:
    import subprocess

    from feedback_service.cli.demo.command import Wishes
    from feedback_service.storage.database import Database

LOOK_SECONDS = 0.5
ARRIVAL_SECONDS = 3.0
COLLECTED_SECONDS = 15.0
"""The longest that the last customers may take to be collected once the demo is stopped."""
QUIET_LOOKS = 3
"""Looks in a row that find nothing on its way before the backlog counts as worked off."""
DEADLINE_SECONDS, SECONDS_PER_CUSTOMER = 600.0, 4.0
"""What `--once` may take: several times what a slow machine needs, so that only what hangs is cut off."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that runs."""

    market: Market
    service: subprocess.Popen[bytes]
    site: bootstrap.Site
    started: float

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


def watch(scene: Scene, wishes: Wishes, console: Console) -> dict[str, Any]:
    """Show the run until it is over, interrupted or late, then stop the service and return the summary.

    Besides the figures it has `in_time`, and in `still_open` a line for each account that is not done.
    """
    return asyncio.run(_watch(scene, wishes, console))


async def _watch(scene: Scene, wishes: Wishes, console: Console) -> dict[str, Any]:
    interrupted = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, interrupted.set)
    async with bootstrap.database(scene.site) as db:
        with Scoreboard(console) as scoreboard:
            in_time = await _until_over(scene, wishes, scoreboard, db, interrupted)
            if in_time:
                await _until_collected(scene, db)
        seconds = scene.seconds
        console.print("demo: stopping; the workers finish what they have begun")
        await asyncio.to_thread(stop, scene.service)
        standings = await db.views.standings()
        summary = summarise(standings, scene.market.control.ledger()["entries"], seconds)
        return {**summary, "in_time": in_time, "still_open": still_open(standings)}


async def _until_over(
    scene: Scene, wishes: Wishes, scoreboard: Scoreboard, db: Database, interrupted: asyncio.Event
) -> bool:
    """Whether it ended before its deadline; only `--once` has one."""
    arrivals = scene.market.arrivals()
    quiet, next_arrival = 0, ARRIVAL_SECONDS
    while not interrupted.is_set() and quiet < QUIET_LOOKS:
        if scene.service.poll() is not None:
            raise Configuration(f"the service ended by itself; see {wishes.data_dir / 'service.log'}")
        customers = scene.market.control.ledger(entries=False)["summary"]["customers"]
        standings = await db.views.standings()
        scoreboard.show(standings, customers, scene.seconds)
        if wishes.once:
            if scene.seconds > (wishes.deadline or deadline(customers)):
                return False
            quiet = quiet + 1 if _worked_off(standings, customers) else 0
        elif scene.seconds >= next_arrival:
            next(arrivals)
            next_arrival = scene.seconds + ARRIVAL_SECONDS
        with suppress(TimeoutError):
            await asyncio.wait_for(interrupted.wait(), LOOK_SECONDS)
    return True


def deadline(customers: int) -> float:
    """Seconds from the service's start that `--once` may take where nobody said otherwise."""
    return DEADLINE_SECONDS + SECONDS_PER_CUSTOMER * customers


async def _until_collected(scene: Scene, db: Database) -> None:
    """Give whoever wrote a moment ago the time to be collected: they would count as lost."""
    customers = scene.market.control.ledger(entries=False)["summary"]["customers"]
    for _ in range(ceil(COLLECTED_SECONDS / LOOK_SECONDS)):
        if len(await db.views.standings()) >= customers:
            return
        await asyncio.sleep(LOOK_SECONDS)


def _worked_off(standings: Sequence[Standing], customers: int) -> bool:
    return len(standings) >= customers and not any(one.status in OPEN for one in standings)
