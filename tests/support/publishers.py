"""Publishers as processes of their own, beside our Pub/Sub emulator in the test's process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks._daemon import Daemon
from feedback_service.sandbox.pubsub import PubSubEmulator
from feedback_service.transports.pubsub import PubSubQueue, QueueConfig
from feedback_service.transports.pubsub.provision import provision
from tests.support.commanding import Desk, Ended, command
from tests.support.programs import fake_programs
from tests.support.service import started, until

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@dataclass
class Post:
    """One database, one queue, and the folder in which publishers of one machine run."""

    folder: Path
    database_url: str
    emulator: PubSubEmulator = field(default_factory=PubSubEmulator)
    host: str = ""

    async def open(self) -> Post:
        self.host = await self.emulator.start()
        return self

    @property
    def config(self) -> QueueConfig:
        return QueueConfig(project="publishers", emulator_host=self.host)

    async def provide(self) -> None:
        """Make the topics and subscriptions."""
        await provision(self.config)

    def queue(self) -> PubSubQueue:
        return PubSubQueue(self.config)

    @property
    def environment(self) -> dict[str, str]:
        browser, driver = fake_programs(self.folder)
        return {
            "BROWSER_PATH": str(browser),
            "BROWSER_DRIVER_PATH": str(driver),
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder / "data"),
            "SECRET_KEYS": KEY,
            "PUBSUB_PROJECT": "publishers",
            "PUBSUB_EMULATOR_HOST": self.host,
            "OPENAI_API_KEY": "sk-none",
            "LOG_FORMAT": "json",
            "HOST_NAME": self.folder.name,
            "DRAIN_SECONDS": "10",
        }

    @contextmanager
    def runs(self, *words: str, name: str = "publisher", **environment: str) -> Iterator[Daemon]:
        """A command in a process of its own, killed with all it started at the end, if it still runs."""
        log = self.folder / f"{name}.log"
        with started([*command(), *words], log, self.folder, {**self.environment, **environment}) as daemon:
            yield daemon

    async def ended(self, *words: str, **environment: str) -> Ended:
        """A command that is expected to end by itself."""
        return await asyncio.to_thread(Desk(self.folder, self.environment).run, *words, **environment)


async def says(daemon: Daemon, action: str, times: int = 1) -> list[Any]:
    """Wait for so many log lines of the action, while the loop serves the emulator."""
    return await sees(f"{times} × {action}", lambda: _enough(daemon, action, times))


async def sees(what: str, look: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(until, what, look)


async def stops(daemon: Daemon) -> int:
    """SIGTERM; the exit code."""
    return await asyncio.to_thread(daemon.stop)


def _enough(daemon: Daemon, action: str, times: int) -> list[Any]:
    found = list(daemon.said(action))
    if len(found) < times and daemon.process.poll() is not None:
        raise AssertionError(daemon.log.read_text("utf-8", "replace")[-2000:])
    return found if len(found) >= times else []
