"""A bar that shows how far a long piece of work has come; plain lines where there is no terminal."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

PLAIN_EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


@dataclass(slots=True)
class Bar:
    """Use as a context manager; it writes to stderr, so that a command's output stays clean."""

    title: str
    quiet: bool = False
    console: Console = field(default_factory=lambda: Console(stderr=True))
    _live: Progress | None = None
    _last: float = field(default=-PLAIN_EVERY)
    _told: str = ""

    def __enter__(self) -> Bar:
        if self.console.is_terminal and not self.quiet:
            columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
            self._live = Progress(*columns, TextColumn("{task.fields[told]}"), console=self.console)
            self._live.add_task(self.title, total=1.0, told="")
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
        elif self._told and not self.quiet:
            self.console.print(self._told, soft_wrap=True, highlight=False)

    def show(self, share: float, told: str) -> None:
        """`share` of the work is done, 0 to 1."""
        self._told = f"{self.title}: {share:4.0%}, {told}"
        if self._live is not None:
            self._live.update(self._live.task_ids[0], completed=share, told=told)
        elif not self.quiet and time.monotonic() - self._last >= PLAIN_EVERY:
            self._last = time.monotonic()
            self.console.print(self._told, soft_wrap=True, highlight=False)
            self._told = ""
