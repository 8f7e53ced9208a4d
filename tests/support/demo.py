"""A demo run to its end by the installed command, with a look at its sandbox while there is one."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks._daemon import Daemon
from feedback_service.cli.demo.processes import wait_for_line
from feedback_service.cli.demo.sandbox_control import SandboxControl
from feedback_service.cli.demo.stalls import stalls
from feedback_service.domain.supplier import Delivery
from feedback_service.platforms import find, keys
from feedback_service.sandbox.world import World
from tests.support.commanding import command
from tests.support.service import MARK, started

SECONDS = 240.0
LOOK_SECONDS = 0.3
WITH_CABINETS = [key for key in keys() if Delivery.BROWSER in find(key).SPEC.deliveries]
"""The platforms whose accounts may be worked with in a browser."""


@dataclass(slots=True)
class Seen:
    """What the sandbox knew of the accounts with cabinets when it was looked at last, shortly before its end."""

    browser: bool
    paths: Mapping[str, set[str]] = field(default_factory=dict)
    answered: Mapping[str, int] = field(default_factory=dict)

    def look(self, control: SandboxControl) -> None:
        entries = control.ledger()["entries"]
        wanted = [one for one in stalls(World(), browser=self.browser) if one.platform in WITH_CABINETS]
        paths = {
            one.label: {seen["path"] for seen in control.requests(one.platform, one.account.name)} for one in wanted
        }
        self.answered = {
            one.label: sum(entry["answers"] > 0 for entry in entries if entry["account"] == one.account.name)
            for one in wanted
        }
        self.paths = paths

    @property
    def doors(self) -> Mapping[str, set[str]]:
        """By which each account was entered: "cabinet", or what its API's paths begin with."""
        return {account: {path.split("/")[1] for path in paths} for account, paths in self.paths.items()}


@dataclass(frozen=True, slots=True)
class Played:
    """What a demo said and left behind."""

    code: int
    said: str
    summary: Mapping[str, Any]
    log: str
    seen: Seen

    @property
    def everything(self) -> str:
        """For whoever has to find out what went wrong."""
        return f"code {self.code}\n{self.said}\n{self.log}"


def play(folder: Path, mark: str, words: Sequence[str], *, browser: bool = True, **environment: str) -> Played:
    """`feedback-service demo --once words…`; its database, logs and browsers are in `folder`/demo."""
    told, place, said, seen = folder / "summary.json", folder / "demo", folder / "said.log", Seen(browser)
    whole = [*command(), "demo", "--once", "--json", str(told), "--data-dir", str(place), *words]
    with started(whole, said, folder, {MARK: mark, **environment}) as demo:
        control = SandboxControl(wait_for_line(demo.process, said, "demo: sandbox at ").partition(";")[0])
        code = _watched(demo, control, seen)
    summary = json.loads(told.read_text("utf-8")) if told.exists() else {}
    log = place / "service.log"
    return Played(code, said.read_text("utf-8"), summary, log.read_text("utf-8") if log.exists() else "", seen)


def _watched(demo: Daemon, control: SandboxControl, seen: Seen) -> int:
    """Until it ends by itself; returns its exit code. Raises subprocess.TimeoutExpired."""
    deadline = time.monotonic() + SECONDS
    while True:
        with suppress(OSError):  # the sandbox ends a moment before the demo
            seen.look(control)
        try:
            return demo.process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise
