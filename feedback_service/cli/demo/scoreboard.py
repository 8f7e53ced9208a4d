"""The live table of a demo: what stands where, by supplier and stage; plain lines where there is no terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from feedback_service.cli.demo.summary import OPEN, Tally
from feedback_service.domain.feedback import FeedbackStatus
from feedback_service.ports.views import Standing

COLUMNS = (
    (FeedbackStatus.COLLECTED, "collected"),
    (FeedbackStatus.CLASSIFIED, "classified"),
    (FeedbackStatus.DRAFTED, "drafted"),
    (FeedbackStatus.APPROVED, "sending"),
    (FeedbackStatus.ANSWERED, "answered"),
    (FeedbackStatus.HELD, "for a person"),
    (FeedbackStatus.SKIPPED, "skipped"),
    (FeedbackStatus.CLOSED, "closed"),
)
PLAIN_EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


def board(standings: Sequence[Standing], customers: int, seconds: float) -> RenderableType:
    """One row per account, one column per stage."""
    table = Table(title="Answering the demo's customers", title_justify="left", expand=False)
    table.add_column("supplier / account", style="bold")
    for _, title in COLUMNS:
        table.add_column(title, justify="right")
    table.add_column("done", width=20)
    counts = Counter((f"{one.supplier} / {one.account}", one.status) for one in standings)
    for name in sorted({name for name, _ in counts}):
        figures = [counts[name, status] for status, _ in COLUMNS]
        whole = sum(figures)
        done = whole - sum(counts[name, status] for status in OPEN)
        table.add_row(name, *(str(one) if one else "·" for one in figures), ProgressBar(whole, done, width=20))
    return Group(table, Text(f"{customers} customers wrote; {seconds:.0f} s", style="dim"))


@dataclass(slots=True)
class Scoreboard:
    """Shows the run; use as a context manager."""

    console: Console
    live: Live | None = None
    last_line: float = field(default=-PLAIN_EVERY)

    def __enter__(self) -> Scoreboard:
        if self.console.is_terminal:
            self.live = Live(console=self.console, refresh_per_second=4)
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live is not None:
            self.live.stop()

    def show(self, standings: Sequence[Standing], customers: int, seconds: float) -> None:
        if self.live is not None:
            self.live.update(board(standings, customers, seconds))
        elif seconds - self.last_line >= PLAIN_EVERY:
            self.last_line = seconds
            self.console.print(plain(standings, customers, seconds), soft_wrap=True)


def plain(standings: Sequence[Standing], customers: int, seconds: float) -> str:
    """The board as one line."""
    counts = Counter(one.status for one in standings)
    figures = ", ".join(f"{counts[status]} {title}" for status, title in COLUMNS if counts[status])
    return f"{seconds:5.0f} s  {customers} customers wrote: {figures or 'nothing collected yet'}"


def still_open(standings: Sequence[Standing]) -> list[str]:
    """A line for each account with answers on their way, and where they are."""
    counts = Counter((f"{one.supplier}/{one.account}", one.status) for one in standings if one.status in OPEN)
    return [
        f"{name}: " + ", ".join(f"{counts[name, status]} {title}" for status, title in COLUMNS if counts[name, status])
        for name in sorted({name for name, _ in counts})
    ]


def verdict(whole: Tally) -> str:
    """The proof in one line."""
    promise = "kept" if whole.kept else "BROKEN"
    return (
        f"{whole.customers} customers, {whole.answered} answers, {whole.twice} twice, {whole.lost} lost"
        f" ({whole.held} wait for a person, {whole.skipped} skipped by rule, {whole.closed} closed,"
        f" {whole.open} on their way) — promise {promise}"
    )


def final_table(by_platform: dict[str, Tally], whole: Tally, seconds: float) -> Table:
    """The summary that ends a run."""
    table = Table(title=f"Summary after {seconds:.0f} s", title_justify="left")
    names = ("customers", "collected", "answered", "held", "skipped", "closed", "open", "twice", "lost")
    table.add_column("platform", style="bold")
    for name in names:
        table.add_column(name, justify="right")
    for platform, tally in [*sorted(by_platform.items()), ("all", whole)]:
        table.add_row(platform, *(str(getattr(tally, name)) for name in names))
    return table
