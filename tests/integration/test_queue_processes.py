"""Several processes at one queue: forked ones open their own connections, and a killed one loses nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from feedback_service.sandbox.pubsub import PubSubEmulator
from feedback_service.transports.pubsub.provision import provision
from tests.support.pubsub import AtServer, notice


@pytest.fixture
async def place() -> AsyncIterator[AtServer]:
    emulator = PubSubEmulator()
    made = AtServer(await emulator.start())
    await provision(made.config)
    yield made
    await made.close()
    await emulator.stop()


async def consumers(place: AtServer, *ways: str) -> asyncio.subprocess.Process:
    config = place.config
    command = [sys.executable, "-m", "tests.support.pubsub_consumer", config.emulator_host, config.project, *ways]
    return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)


async def test_forked_consumers_share_the_messages_and_a_killed_one_loses_none(place: AtServer) -> None:
    announced = [notice(account=1 + number % 3, dispatch=number) for number in range(30)]
    await place.queue().announce(announced)
    holder = await consumers(place, "hold")
    assert holder.stdout
    victim, held = map(int, (await holder.stdout.readline()).split())

    os.kill(victim, signal.SIGKILL)
    await holder.wait()
    output, _ = await (await consumers(place, "drain", "drain", "drain")).communicate()

    delivered = [tuple(map(int, line.split())) for line in output.splitlines()]
    assert sorted(dispatch for _, dispatch in delivered) == list(range(30))
    assert len({process for process, _ in delivered}) > 1
    for account in range(3):
        mine = [dispatch for _, dispatch in delivered if dispatch % 3 == account]
        assert mine == sorted(mine)
    assert held in range(30)
