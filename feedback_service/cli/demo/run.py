"""One demo from start to end: set up, watch, report."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, fields
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from feedback_service import bootstrap
from feedback_service.cli.demo.cabinets import sign_in, there_is_a_browser
from feedback_service.cli.demo.processes import running, stop, wait_for_line
from feedback_service.cli.demo.sandbox_control import SandboxControl
from feedback_service.cli.demo.scoreboard import Scoreboard, final_table, verdict
from feedback_service.cli.demo.shops import Market
from feedback_service.cli.demo.summary import OPEN, Tally, summarise
from feedback_service.cli.sandbox import READY
from feedback_service.domain.errors import Configuration
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.ports.views import Standing
from feedback_service.sandbox.model import SANDBOX_KEY
from feedback_service.sandbox.reviews_file import ReviewsFileError, read_reviews
from feedback_service.sandbox.world import World
from feedback_service.settings import Settings

if TYPE_CHECKING:
    import subprocess

    from feedback_service.cli.demo.command import Wishes
    from feedback_service.storage.database import Database

LOOK_SECONDS = 0.5
ARRIVAL_SECONDS = 3.0
COLLECTED_SECONDS = 15.0
"""The longest that the last customers may take to be collected once the demo is stopped."""
PRICES = "sandbox-small=0.25/2, sandbox-large=0.25/2"
"""US dollars per million tokens, so that costs show."""
QUIET_LOOKS = 3
"""Looks in a row that find nothing on its way before the backlog counts as worked off."""


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


def read_customers(path: Path | None) -> Sequence[SandboxCustomer] | None:
    """The file's customers, or None for the made-up ones; raises Configuration with every bad line."""
    if path is None:
        return None
    try:
        return read_reviews(path, time.time())
    except ReviewsFileError as problem:
        raise Configuration(str(problem)) from None


def set_up(wishes: Wishes, customers: Sequence[SandboxCustomer] | None, stack: ExitStack, console: Console) -> Scene:
    """Start everything, each in its own process, and let the customers write."""
    place = wishes.data_dir
    console.print(f"demo: its database, logs and suppliers file are in {place}", soft_wrap=True)
    settings = Settings(_env_file=None, data_dir=place)  # type: ignore[call-arg]  # pydantic-settings' own argument
    browser = there_is_a_browser(settings, console)
    market = _open_market(wishes, customers, stack, console, browser=browser)
    environment = _environment(place, market)
    console.print("demo: starting the database, making the queue and applying the suppliers file")
    site = bootstrap.prepare(settings)
    suppliers = place / "suppliers.yaml"
    market.write_suppliers(suppliers)
    finish = partial(_finish, environment=environment, place=place)
    finish(["suppliers", "apply", str(suppliers), "--yes"])
    finish(["queue", "init"])
    sign_in(market, place, finish)
    console.print("demo: starting feedback-service run")
    service = stack.enter_context(running(["run"], place / "service.log", environment, place))
    return Scene(market, service, site, time.monotonic())


def _open_market(
    wishes: Wishes, customers: Sequence[SandboxCustomer] | None, stack: ExitStack, console: Console, *, browser: bool
) -> Market:
    from feedback_service.cli.demo.command import FAULTS, SPOILT_DRAFTS

    log = wishes.data_dir / "sandbox.log"
    spoilt = str(SPOILT_DRAFTS if wishes.faults else 0)
    words = ["sandbox", "--spoilt", spoilt]
    sandbox = stack.enter_context(running(words, log, os.environ, wishes.data_dir))
    control = SandboxControl(wait_for_line(sandbox, log, READY))
    market = Market.opened(control, World(per_account=wishes.per_account), browser=browser)
    if customers is None:
        market.write_backlog()
    else:
        market.write_reviews(customers)
    if wishes.faults:
        control.play(*FAULTS)
    count = control.ledger(entries=False)["summary"]["customers"]
    console.print(f"demo: sandbox at {control.url}; {count} customers wrote to {len(market.accounts)} accounts")
    return market


def _environment(place: Path, market: Market) -> dict[str, str]:
    """What the service's processes are given; nothing of it says that this is a demo."""
    return {
        **os.environ,
        **market.environment(),
        "DATABASE_URL": "",
        "DATA_DIR": str(place),
        "URL_PROXY_OPENAI": f"{market.control.url}/openai/v1",
        "OPENAI_API_KEY": SANDBOX_KEY,
        "OPENAI_CLASSIFIER_MODEL": "sandbox-small",
        "OPENAI_DRAFTER_MODEL": "sandbox-large",
        "OPENAI_REQUESTS_PER_MINUTE": "5000",
        "OPENAI_TOKENS_PER_MINUTE": "2000000",
        "OPENAI_PRICES": PRICES,
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
        "APPLY_MIGRATIONS": "true",
        "SECRET_KEYS": "",
        "PUBSUB_PROJECT": "feedback-demo",
        "PUBSUB_EMULATOR_HOST": market.control.pubsub(),
        "RUN_PUBLISHER": "true",
    }


def _finish(words: Sequence[str], environment: Mapping[str, str], place: Path) -> None:
    """Run one command of our own to its end."""
    log = place / f"{words[0]}.log"
    with running(words, log, environment, place) as process:
        if process.wait() != 0:
            raise Configuration(f"feedback-service {' '.join(words)} failed; see {log}")


def watch(scene: Scene, wishes: Wishes, console: Console) -> dict[str, Any]:
    """Show the run until it is over or interrupted, then stop the service and return the summary."""
    return asyncio.run(_watch(scene, wishes, console))


async def _watch(scene: Scene, wishes: Wishes, console: Console) -> dict[str, Any]:
    interrupted = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, interrupted.set)
    async with bootstrap.database(scene.site) as db:
        with Scoreboard(console) as scoreboard:
            await _until_over(scene, wishes, scoreboard, db, interrupted)
            await _until_collected(scene, db)
        seconds = scene.seconds
        console.print("demo: stopping; the workers finish what they have begun")
        await asyncio.to_thread(stop, scene.service)
        return summarise(await db.views.standings(), scene.market.control.ledger()["entries"], seconds)


async def _until_over(
    scene: Scene, wishes: Wishes, scoreboard: Scoreboard, db: Database, interrupted: asyncio.Event
) -> None:
    arrivals = scene.market.arrivals()
    quiet, next_arrival = 0, ARRIVAL_SECONDS
    while not interrupted.is_set() and quiet < QUIET_LOOKS:
        if scene.service.poll() is not None:
            raise Configuration(f"the service ended by itself; see {wishes.data_dir / 'service.log'}")
        customers = scene.market.control.ledger(entries=False)["summary"]["customers"]
        standings = await db.views.standings()
        scoreboard.show(standings, customers, scene.seconds)
        if wishes.once:
            quiet = quiet + 1 if _worked_off(standings, customers) else 0
        elif scene.seconds >= next_arrival:
            next(arrivals)
            next_arrival = scene.seconds + ARRIVAL_SECONDS
        with suppress(TimeoutError):
            await asyncio.wait_for(interrupted.wait(), LOOK_SECONDS)


async def _until_collected(scene: Scene, db: Database) -> None:
    """Give whoever wrote a moment ago the time to be collected: they would count as lost."""
    customers = scene.market.control.ledger(entries=False)["summary"]["customers"]
    for _ in range(ceil(COLLECTED_SECONDS / LOOK_SECONDS)):
        if len(await db.views.standings()) >= customers:
            return
        await asyncio.sleep(LOOK_SECONDS)


def _worked_off(standings: Sequence[Standing], customers: int) -> bool:
    return len(standings) >= customers and not any(one.status in OPEN for one in standings)


def report(summary: Mapping[str, Any], console: Console) -> None:
    """Print the table, and the proof."""
    names = [one.name for one in fields(Tally)]
    whole = Tally(**{name: summary[name] for name in names})
    platforms = {key: Tally(**one) for key, one in summary["platforms"].items()}
    console.print(final_table(platforms, whole, summary["seconds"]))
    console.print(f"[bold]{verdict(whole)}[/bold]", soft_wrap=True)
