"""Kills whatever can be killed, at random and for minutes; the ledger then judges what customers saw."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from benchmarks._daemon import Daemon, crash, forget_faults, until
from benchmarks._stage import PLATFORM, Stage, stage, supplier
from feedback_service import bootstrap
from feedback_service.cli.demo.processes import running
from feedback_service.cli.demo.summary import OPEN, summarise
from feedback_service.domain.supplier import Supplier
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.storage import embedded
from feedback_service.storage.cluster import Cluster

PAUSE = (0.5, 3.0)
"""Seconds between two blows."""
KILLS_PER_WINDOW, WINDOW = 3, 120.0
"""A worker that is killed more often is taken for a crash loop and rests for ten minutes, as it should."""
SETTINGS = {"IDLE_SECONDS": "0.5", "LEASE_SECONDS": "10", "DRAIN_SECONDS": "10", "LOG_LEVEL": "INFO"}
FAULTS: tuple[Mapping[str, object], ...] = (
    {"kind": "drop_after_write", "probability": 0.05},
    {"kind": "drop_before_write", "probability": 0.03},
    {"kind": "slow", "probability": 0.1, "options": {"delay": 0.7}},
    {"kind": "server_error", "match": "GET ", "probability": 0.02},
    {"kind": "too_many_requests", "match": "GET ", "probability": 0.01, "options": {"retry_after": 1}},
    {"kind": "mangle", "match": "GET ", "probability": 0.02, "options": {"how": "truncated"}},
    {"kind": "mangle", "match": "GET ", "probability": 0.02, "options": {"how": "html"}},
    {"kind": "server_error", "platform": "openai", "probability": 0.02},
)


def run(minutes: float = 3.0, settle: float = 420.0, suppliers: int = 3, seed: int = 1) -> dict[str, object]:
    """Blows for `minutes`, then calm for at most `settle` seconds; `value` counts customers answered twice or lost."""
    with stage() as place, ExitStack() as stack:
        storm = Storm(
            place, [_open(place, f"shop-{number}") for number in range(suppliers)], random.Random(seed), stack
        )
        place.apply(storm.suppliers)
        storm.start()
        began = time.monotonic()
        storm.rage(began + minutes * 60)
        storm.calm(settle)
        summary = summarise(storm.standings(), place.control.ledger()["entries"], time.monotonic() - began)
    return _result(summary, storm.blows, ends=settle > 300)


def _result(summary: Mapping[str, Any], blows: Counter[str], *, ends: bool) -> dict[str, object]:
    """A short calm leaves some on their way, as a dead sender's write is in doubt for two minutes: that is no loss."""
    broken = summary["twice"] + summary["lost"]
    figures = {name: summary[name] for name in ("customers", "answered", "held", "open", "twice", "lost", "seconds")}
    return {
        "name": "chaos",
        "value": broken,
        "unit": "customers answered twice or lost",
        "target": 0,
        "ok": not broken and summary["answered"] > 0 and not (ends and summary["open"]),
        **figures,
        "blows": dict(blows),
    }


@dataclass
class Storm:
    """The service under blows. `killed` are the moments at which each supplier's worker died."""

    place: Stage
    suppliers: list[Supplier]
    chance: random.Random
    stack: ExitStack
    blows: Counter[str] = field(default_factory=Counter)
    killed: dict[str, deque[float]] = field(default_factory=dict)
    customers: int = 0

    def start(self) -> None:
        """A supervisor, whatever became of the one before."""
        log = self.place.directory / f"service-{self.blows.total()}.log"
        environment = {**self.place.environment, **SETTINGS}
        self.daemon = Daemon(self.stack.enter_context(running(["run"], log, environment, self.place.directory)), log)

    def rage(self, deadline: float) -> None:
        """One blow after the other, while customers keep writing."""
        self.place.control.play(*FAULTS)
        blows: tuple[tuple[int, Callable[[], None]], ...] = (
            (8, self.kill_worker),
            (2, self.kill_roster),
            (2, self.kill_supervisor),
            (2, self.restart_database),
            (2, self.reload),
            (1, self.stop_and_start),
        )
        while time.monotonic() < deadline:
            self._write(self.chance.randint(1, 6))
            time.sleep(self.chance.uniform(*PAUSE))
            [blow] = self.chance.choices([one for _, one in blows], [weight for weight, _ in blows])
            blow()
            self.blows[blow.__name__] += 1

    def calm(self, seconds: float) -> None:
        """No more blows; wait until every customer is done with, or the time is over."""
        forget_faults(self.place.control)
        self._running().process.send_signal(signal.SIGHUP)
        try:
            until("every customer is done with", self._is_done, seconds)
        except TimeoutError as problem:
            self.blows["not done"] = 1
            print(f"chaos: {problem}")

    def kill_worker(self) -> None:
        now = time.monotonic()
        for name, pid in self.chance.sample(sorted(self.daemon.workers().items()), len(self.daemon.workers())):
            deaths = self.killed.setdefault(name, deque(maxlen=KILLS_PER_WINDOW))
            if len(deaths) < KILLS_PER_WINDOW or now - deaths[0] > WINDOW:
                deaths.append(now)
                _kill(pid)
                return

    def kill_roster(self) -> None:
        _kill(self.daemon.roster())

    def kill_supervisor(self) -> None:
        self._running()
        self.daemon.process.kill()
        self.daemon.process.wait()
        self.killed.clear()
        self.start()

    def stop_and_start(self) -> None:
        if self._running().stop() != 0:
            self.blows["killed while draining"] += 1
        self.killed.clear()
        self.start()

    def restart_database(self) -> None:
        data_dir = self.place.site.settings.data_dir
        crash(Cluster(data_dir / "postgres"))
        time.sleep(self.chance.uniform(0.0, 2.0))
        embedded.start(data_dir)  # unless a new supervisor was faster

    def reload(self) -> None:
        self._running().process.send_signal(signal.SIGHUP)

    def standings(self) -> list[Any]:
        """What the database says of every customer."""

        async def look() -> list[Any]:
            async with bootstrap.database(self.place.site) as db:
                return list(await db.views.standings())

        return asyncio.run(look())

    def _is_done(self) -> bool:
        time.sleep(1.0)
        standings = self.standings()
        return len(standings) == self.customers and not any(one.status in OPEN for one in standings)

    def _running(self) -> Daemon:
        """The supervisor, once it listens to signals."""
        until("the supervisor runs", lambda: self.daemon.said("roster_started") or self._ended())
        return self.daemon

    def _ended(self) -> bool:
        """A supervisor ends by our hand only."""
        if self.daemon.process.poll() is not None:
            raise RuntimeError(f"it ended by itself: {self.daemon.log.read_text('utf-8')[-500:]}")
        return False

    def _write(self, count: int) -> None:
        shop = self.chance.choice(self.suppliers)
        texts = [f"Заказ {self.customers + number}: всё понравилось" for number in range(count)]
        self.place.control.write(
            PLATFORM, shop.key, [SandboxCustomer("review", time.time(), text, rating=5) for text in texts]
        )
        self.customers += count


def _open(place: Stage, key: str) -> Supplier:
    opened = place.control.open(PLATFORM, key, {"rate": 20, "burst": 20})
    shop = supplier(key, opened)
    return replace(shop, accounts=tuple(replace(one, poll=timedelta(seconds=1)) for one in shop.accounts))


def _kill(pid: int | None, signum: signal.Signals = signal.SIGKILL) -> None:
    """What is dead already stays dead."""
    if pid is not None:
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            return
