"""`feedback-service demo`: the whole service at work on made-up customers, and the proof that it keeps its promise."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from feedback_service.domain.errors import Configuration
from feedback_service.ports.roster import ExitCode

MARK = "demo.mark"
"""Only a directory that holds this file is emptied by the next demo."""
FAULTS: tuple[Mapping[str, object], ...] = (
    {"kind": "drop_after_write", "platform": "wildberries", "count": 3},
    {"kind": "drop_before_write", "platform": "wildberries", "count": 1},
    {"kind": "drop_after_write", "platform": "ozon", "count": 2},
    {"kind": "drop_after_write", "platform": "yandex_market", "count": 1},
    {"kind": "server_error", "match": "GET ", "probability": 0.02},
    {"kind": "server_error", "platform": "openai", "count": 2},
    {
        "kind": "too_many_requests",
        "platform": "wildberries",
        "match": "GET ",
        "count": 3,
        "options": {"retry_after": 2},
    },
    {"kind": "mangle", "match": "GET ", "count": 2, "options": {"how": "truncated"}},
    {"kind": "moderate", "count": 5, "options": {"verdict": "approve", "delay": 5}},
    {"kind": "moderate", "count": 1, "options": {"verdict": "reject"}},
)
"""What goes wrong on the platforms during a demo: lost connections, refusals, moderation."""
PLAIN_WIDTH = 120
SPOILT_DRAFTS = 0.03
"""The share of the model's drafts that break a rule, for the guard to find."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person asked for."""

    data_dir: Path
    once: bool = False
    json_file: Path | None = None
    reviews: Path | None = None
    faults: bool = True
    per_account: int = 50
    deadline: float | None = None
    """Seconds for `once`; None: enough for the customers that there are."""


def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the backlog is worked off.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the summary to this file.")] = None,
    reviews: Annotated[
        Path | None,
        typer.Option(help="Your own customers, JSONL or CSV: text, rating, kind; also product, author, pros, cons."),
    ] = None,
    faults: Annotated[bool, typer.Option(help="Let the platforms fail now and then.")] = True,
    customers: Annotated[int, typer.Option(min=1, help="Made-up customers per account.")] = 50,
    deadline: Annotated[
        float | None,
        typer.Option(min=1, help="Seconds that --once may take.", show_default="600, and 4 for each customer"),
    ] = None,
    data_dir: Annotated[Path, typer.Option(help="Where the demo keeps its database and logs.")] = Path("data/demo"),
) -> None:
    """Show the service at work: sandbox platforms, real database, real processes; no account or key needed.

    Three made-up suppliers answer a few hundred customers: on Wildberries by its API, on Ozon by the reply queue and a
    publisher's browser, on Yandex.Market in a browser (a real Chromium, where this machine has one). The summary
    compares our database with what the platforms' ledger saw. Without --once new customers keep arriving; Ctrl-C ends
    it. Exit code 1: the promise was broken, or --once was not done by its deadline.

    Examples: feedback-service demo · feedback-service demo --once --json summary.json --reviews mine.csv
    """
    wishes = Wishes(data_dir.absolute(), once, json_file, reviews, faults, customers, deadline)
    raise typer.Exit(_demo(wishes, _console()))


def _console() -> Console:
    """As wide as the terminal; a file or a pipe has no width, and the summary needs some."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def _demo(wishes: Wishes, console: Console) -> int:
    from feedback_service.cli.demo import run
    from feedback_service.cli.demo.watch import watch

    customers = run.read_customers(wishes.reviews)
    _empty(wishes.data_dir)
    with ExitStack() as stack:
        stage = run.set_up(wishes, customers, stack, console)
        summary = watch(stage, wishes, console)
    run.report(summary, console)
    if wishes.json_file:
        wishes.json_file.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return exit_code(summary)


def exit_code(summary: Mapping[str, Any]) -> ExitCode:
    """FAILED where the promise was broken, or the deadline passed."""
    good = summary["in_time"] and not (summary["twice"] or summary["lost"])
    return ExitCode.DRAINED if good else ExitCode.FAILED


def _empty(data_dir: Path) -> None:
    """A fresh directory; one that is not a demo's is left alone."""
    if data_dir.exists() and any(data_dir.iterdir()) and not (data_dir / MARK).exists():
        raise Configuration(f"{data_dir} is not a demo's directory; name another with --data-dir")
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    (data_dir / MARK).write_text("feedback-service demo empties this directory at every start\n", "utf-8")
