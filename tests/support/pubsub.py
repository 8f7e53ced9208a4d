"""Places where a reply queue may live: in memory, in our emulator, in Google's; each test has one of its own."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from feedback_service.domain.identity import AccountId, DispatchId, SupplierKey
from feedback_service.ports.queue import Message, Notice, Queue, Rollback, Subscription
from feedback_service.transports.clock import SystemClock
from feedback_service.transports.pubsub import PubSubQueue, QueueConfig
from feedback_service.transports.pubsub.connection import Connection
from tests.support.queues import MemoryQueue

DEADLINE = 2
"""Seconds for which a message is kept from others in these tests."""
EXPIRES = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
_projects = itertools.count(1)


def notice(account: int = 1, dispatch: int = 1) -> Notice:
    return Notice(
        supplier=SupplierKey("ivanov"),
        account=AccountId(account),
        dispatch=DispatchId(dispatch),
        revision=3,
        expires_at=EXPIRES + timedelta(seconds=dispatch),
    )


def rollback(account: int = 1, dispatch: int = 1, reason: str = "Кабинет закрыт") -> Rollback:
    return Rollback(
        supplier=SupplierKey("ivanov"),
        account=AccountId(account),
        dispatch=DispatchId(dispatch),
        revision=4,
        reason=reason,
    )


class Place(Protocol):
    """One test's topics and subscriptions."""

    def queue(self) -> Queue:
        """A client of its own, as another process would have it."""
        ...

    async def stranger(self, body: bytes) -> None:
        """Publish a body that is not ours among the notices."""
        ...

    async def dead(self) -> list[tuple[bytes, str]]:
        """The buried messages with their reasons."""
        ...

    async def close(self) -> None: ...


@dataclass
class InMemory:
    shared: MemoryQueue = field(default_factory=lambda: MemoryQueue(SystemClock(), deadline=DEADLINE))

    def queue(self) -> Queue:
        return self.shared

    async def stranger(self, body: bytes) -> None:
        self.shared.publish(body)

    async def dead(self) -> list[tuple[bytes, str]]:
        return self.shared.dead

    async def close(self) -> None:
        """Nothing is open."""


class AtServer:
    """A project of its own in an emulator."""

    def __init__(self, host: str) -> None:
        self.config = config_at(host)
        self._clients: list[PubSubQueue] = []
        self._connection = Connection(self.config)

    def queue(self) -> Queue:
        self._clients.append(PubSubQueue(self.config))
        return self._clients[-1]

    async def stranger(self, body: bytes) -> None:
        client = await self._connection.publisher()
        topic = self.config.topic(self.config.reply_topic)
        message = {"data": body, "attributes": {"from": "a stranger"}}
        await client.publish(request={"topic": topic, "messages": [message]}, retry=None, timeout=10)

    async def dead(self) -> list[tuple[bytes, str]]:
        client = await self._connection.subscriber()
        name = self.config.subscription(self.config.dead_subscription)
        answer = await client.pull(request={"subscription": name, "max_messages": 100}, timeout=5, retry=None)
        messages = [one.message for one in answer.received_messages]
        return [(one.data, one.attributes.get("buried_because", "")) for one in messages]

    async def close(self) -> None:
        for client in self._clients:
            await client.close()
        await self._connection.close()


def config_at(host: str) -> QueueConfig:
    """A project that no other test uses, and backoffs that let nobody wait."""
    project = f"test-{os.getpid()}-{next(_projects)}"
    return QueueConfig(project=project, emulator_host=host, ack_deadline=DEADLINE, min_backoff=0, max_backoff=0)


async def drained(subscription: Subscription, limit: int = 100, quiet: float = 0.3) -> list[Message]:
    """Everything that waits, acknowledged as it comes."""
    messages: list[Message] = []
    while received := await subscription.receive(limit, quiet):
        for message in received:
            await message.done()
        messages += received
    return messages


async def received(subscription: Subscription, count: int, seconds: float = 20) -> list[Message]:
    """That many messages, none acknowledged."""
    messages: list[Message] = []
    deadline = time.monotonic() + seconds
    while len(messages) < count and time.monotonic() < deadline:
        messages += await subscription.receive(count - len(messages), 1.0)
    assert len(messages) == count
    return messages


def contents(messages: Sequence[Message]) -> list[object]:
    return [message.content for message in messages]


class NotHere(Exception):
    """Why Google's emulator cannot be used on this machine."""


@contextmanager
def google_emulator() -> Iterator[str]:
    """Google's own emulator in a process group of its own; its address. Raises NotHere."""
    for program in ("gcloud", "java"):
        if shutil.which(program) is None:
            raise NotHere(f"{program} is not on the PATH")
    port = _free_port()
    with tempfile.TemporaryDirectory() as data:
        command = ["gcloud", "beta", "emulators", "pubsub", "start", f"--host-port=127.0.0.1:{port}"]
        log = Path(data, "log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, f"--data-dir={data}"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_for_start(process, log)
            yield f"127.0.0.1:{port}"
        finally:
            _end(process)


def _wait_for_start(process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not re.search(rb"Server started", log.read_bytes()):
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace").strip().splitlines()
            raise NotHere(f"gcloud's Pub/Sub emulator does not start: {said[-1] if said else 'no output'}")
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The group, for its Java child would outlive gcloud."""
    for one in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, one)
        except ProcessLookupError:
            break
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            process.poll()
            try:
                os.killpg(process.pid, 0)
            except ProcessLookupError:
                break
            time.sleep(0.05)
    process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
