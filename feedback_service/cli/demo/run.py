"""Sets a demo up, and reports at its end."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from rich.console import Console

from feedback_service import bootstrap
from feedback_service.cli.demo.cabinets import sign_in, there_is_a_browser
from feedback_service.cli.demo.processes import running, wait, wait_for_line
from feedback_service.cli.demo.sandbox_control import SandboxControl
from feedback_service.cli.demo.scoreboard import final_table, verdict
from feedback_service.cli.demo.shops import Market
from feedback_service.cli.demo.summary import Tally
from feedback_service.cli.demo.watch import Scene
from feedback_service.cli.sandbox import READY
from feedback_service.domain.errors import Configuration
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.sandbox.model import SANDBOX_KEY
from feedback_service.sandbox.reviews_file import ReviewsFileError, read_reviews
from feedback_service.sandbox.world import World
from feedback_service.settings import Settings

if TYPE_CHECKING:
    from feedback_service.cli.demo.command import Wishes

COMMAND_SECONDS = 120.0
"""The longest that one command of ours may take."""
PRICES = "sandbox-small=0.25/2, sandbox-large=0.25/2"
"""US dollars per million tokens, so that costs show."""


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
    settings = _settings(place)
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


def _settings(place: Path) -> Settings:
    """Those of the environment, but for the database: the demo makes its own, and leaves a real one alone."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings' own argument
        data_dir=place,
        database_url=SecretStr(""),
        apply_migrations=True,
    )


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
        if wait(process, COMMAND_SECONDS) != 0:
            raise Configuration(f"feedback-service {' '.join(words)} failed; see {log}")


def report(summary: Mapping[str, Any], console: Console) -> None:
    """Print the table, the proof, and what was still open when the time was up."""
    names = [one.name for one in fields(Tally)]
    whole = Tally(**{name: summary[name] for name in names})
    platforms = {key: Tally(**one) for key, one in summary["platforms"].items()}
    console.print(final_table(platforms, whole, summary["seconds"]))
    console.print(f"[bold]{verdict(whole)}[/bold]", soft_wrap=True)
    if not summary["in_time"]:
        unseen = whole.customers - whole.collected
        left = [*summary["still_open"], *([f"{unseen} customers not collected"] if unseen else [])]
        told = "; ".join(left) or "nothing"
        console.print(f"demo: the deadline passed; still open: {told}", soft_wrap=True, markup=False)
