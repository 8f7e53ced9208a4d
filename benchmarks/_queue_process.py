"""The queue benchmark's other processes: `python -m benchmarks._queue_process emulator|publisher ADDRESS FOLDER PAUSE`.

In FOLDER
emulator.address    where the emulator listens
PID.ready           made by a publisher that receives
data                the data directory of the embedded PostgreSQL
writes.jsonl        the platform (see _queue_market)
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from benchmarks._queue_market import Ledger, Market
from feedback_service import bootstrap
from feedback_service.bootstrap.accounts import Doors
from feedback_service.bootstrap.queues import PublisherKit
from feedback_service.domain.supplier import Account, Way
from feedback_service.lifetime import stopped_by
from feedback_service.ports.platform import Connector, PlatformSpec
from feedback_service.publisher.consume import Consumer
from feedback_service.sandbox.pubsub import PubSubEmulator
from feedback_service.settings import Settings
from feedback_service.transports.pubsub import PubSubQueue, QueueConfig

ACK_SECONDS = 3
"""For which a message of a killed publisher is kept from the others."""


def config_at(address: str, project: str = "queue-benchmark") -> QueueConfig:
    return QueueConfig(
        project=project, emulator_host=address, ack_deadline=ACK_SECONDS, min_backoff=0, max_backoff=0, max_attempts=100
    )


def settings_in(folder: Path) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings' own argument
        data_dir=folder / "data",
        lease_seconds=3600,
    )


def ledger_in(folder: Path) -> Ledger:
    return Ledger(folder / "writes.jsonl")


@dataclass(frozen=True, slots=True)
class OneFile(Doors):
    """Every account is on the platform that is a file."""

    market: Market

    def by(self, way: Way, account: Account) -> Connector:
        return self.market


async def emulate(folder: Path) -> None:
    stop = stopped_by(signal.SIGTERM)
    emulator = PubSubEmulator()
    address = await emulator.start()
    half = folder / "emulator.half"
    half.write_text(address)
    half.rename(folder / "emulator.address")
    await stop.wait()
    await emulator.stop()


async def publish(address: str, folder: Path, pause: float) -> None:
    """What a publisher of the service does, with another platform behind the port."""
    stop = stopped_by(signal.SIGTERM)
    site = bootstrap.locate(settings_in(folder))
    queue = PubSubQueue(config_at(address))
    async with bootstrap.database(site) as db:
        doors = OneFile(site.settings, db.clock, _none, _none, Market(ledger_in(folder), pause))
        kit = PublisherKit(db, doors, queue, site.settings.publisher_slots)
        (folder / f"{os.getpid()}.ready").touch()
        await Consumer(kit.subscription, kit.deliver, kit.slots, db.clock, stop).run()
        await kit.close()
    await queue.close()


def _none(account: Account, _spec: PlatformSpec) -> NoReturn:
    raise AssertionError(f"account {account.key} has no browser and no session")


if __name__ == "__main__":
    role, at, where, slowness = sys.argv[1:]
    asyncio.run(emulate(Path(where)) if role == "emulator" else publish(at, Path(where), float(slowness)))
