"""Three publishers share one queue, and some of them are killed with -9."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_service.domain.identity import AccountId, DispatchId, SupplierKey
from feedback_service.ports.queue import Notice
from feedback_service.sandbox.pubsub import PubSubEmulator
from feedback_service.transports.clock import SystemClock
from feedback_service.transports.pubsub import PubSubQueue
from feedback_service.transports.pubsub.provision import provision
from tests.support.publishers import sees
from tests.support.pubsub import config_at

ROOT = Path(__file__).parents[2]
NOTICES = 150
ACCOUNTS = 5
KILLS = 5

pytestmark = pytest.mark.slow


class Crowd:
    def __init__(self, host: str, project: str, folder: Path) -> None:
        self._words = [sys.executable, "-m", "tests.support.publisher_of_files", host, project, str(folder)]
        self._folder = folder
        self._file = folder / "deliveries.jsonl"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.killed: set[int] = set()

    def grow(self) -> None:
        self.processes.append(subprocess.Popen(self._words, cwd=ROOT))

    def kill_one(self) -> None:
        """kill -9 for somebody, and a new one in the place."""
        victim = self.processes.pop(random.randrange(len(self.processes)))
        victim.kill()
        victim.wait()
        self.killed.add(victim.pid)
        self.grow()

    def told(self, event: str) -> list[dict[str, Any]]:
        whole = self._file.read_bytes().rpartition(b"\n")[0].splitlines() if self._file.exists() else []
        return [line for line in map(json.loads, whole) if line["event"] == event]

    def came(self) -> int:
        """How many of the dispatches have come to somebody."""
        return len({line["dispatch"] for line in self.told("came")})

    def are_ready(self) -> bool:
        return all((self._folder / f"{one.pid}.ready").exists() for one in self.processes)

    def stop(self) -> list[int]:
        for one in self.processes:
            one.terminate()
        return [one.wait(30) for one in self.processes]


@contextmanager
def crowd(host: str, project: str, folder: Path) -> Iterator[Crowd]:
    made = Crowd(host, project, folder)
    try:
        for _ in range(3):
            made.grow()
        yield made
    finally:
        for one in made.processes:
            if one.poll() is None:
                one.kill()
                one.wait()


def notices() -> list[Notice]:
    until = SystemClock().now() + timedelta(hours=1)
    return [
        Notice(
            supplier=SupplierKey("romashka"),
            account=AccountId(number % ACCOUNTS),
            dispatch=DispatchId(number),
            revision=1,
            expires_at=until,
        )
        for number in range(NOTICES)
    ]


async def test_killed_publishers_lose_nothing_and_no_account_is_served_twice_at_once_or_out_of_order(
    tmp_path: Path,
) -> None:
    emulator = PubSubEmulator()
    config = config_at(await emulator.start())
    await provision(config)
    queue = PubSubQueue(config)
    await queue.announce(notices())

    with crowd(config.emulator_host, config.project, tmp_path) as publishers:
        for turn in range(KILLS):
            share = (turn + 1) * NOTICES // (KILLS + 2)
            await sees("its share has come", lambda share=share: publishers.came() >= share)  # type: ignore[misc]
            await asyncio.to_thread(publishers.kill_one)
        await sees("all have come", lambda: publishers.came() == NOTICES and publishers.are_ready())
        codes = await asyncio.to_thread(publishers.stop)
        left = list(await queue.notices().receive(100, 4.0))  # longer than a dead one's messages are kept
    await queue.close()
    await emulator.stop()

    begun, ended = publishers.told("begun"), publishers.told("ended")
    assert codes == [0, 0, 0]
    assert left == []
    assert max(Counter(line["dispatch"] for line in begun).values()) == 1
    broken_off = {line["dispatch"] for line in begun} - {line["dispatch"] for line in ended}
    assert len({line["dispatch"] for line in begun}) == NOTICES
    assert {line["pid"] for line in begun if line["dispatch"] in broken_off} <= publishers.killed
    by_account: dict[int, list[int]] = defaultdict(list)
    for line in begun:
        by_account[line["account"]].append(line["dispatch"])
    assert all(order == sorted(order) for order in by_account.values())
    assert len({line["pid"] for line in begun}) > 1
