"""Whether `feedback-service health` sees a publisher that works alone."""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from feedback_service.cli.publisher import Pulse
from feedback_service.storage.engine import transaction
from tests.support.clock import ManualClock
from tests.support.commanding import Desk
from tests.support.stores import approved, postgres_stores


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "data").mkdir()
    return Desk(tmp_path)


@contextmanager
def held(file: Path, age: float = 0.0) -> Iterator[Path]:
    """The lock file of a process that this one plays; its last sign of life is so many seconds ago."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.utime(file, (time.time() - age, time.time() - age))
        yield file


def test_a_publisher_that_beats_is_healthy_and_one_that_does_not_is_not(desk: Desk) -> None:
    with held(desk.folder / "data" / "publisher-two.lock", age=3600.0) as file:
        silent = desk.run("health")
        Pulse(file).beat()
        beating = desk.run("health")

    assert (silent.code, beating.code) == (1, 0)
    assert "the publisher has been silent" in silent.out
    assert beating.out == "healthy: the publisher is running\n"


def test_a_publisher_hides_no_dead_daemon(desk: Desk) -> None:
    (desk.folder / "data" / "run.lock").touch()

    with held(desk.folder / "data" / "publisher.lock"):
        ended = desk.run("health")

    assert (ended.code, "no daemon is running" in ended.out) == (1, True)


def test_a_name_that_is_not_used_any_more_is_no_fault(desk: Desk) -> None:
    old = desk.folder / "data" / "publisher-old.lock"
    old.touch()
    os.utime(old, (0, 0))

    with held(desk.folder / "data" / "publisher.lock"):
        ended = desk.run("health")

    assert ended.code == 0


async def test_answers_that_wait_for_a_publisher_are_a_warning_and_no_illness(
    desk: Desk, database_url: str, clock: ManualClock
) -> None:
    async with postgres_stores(database_url, clock) as (stores, database):
        await approved(stores)
        await approved(stores, "r2")
        async with transaction(database.engine) as connection:
            await connection.execute(sa.text("UPDATE account SET platform = 'ozon', delivery = 'queue'"))

    with held(desk.folder / "data" / "publisher.lock"):
        asked = {"DATABASE_URL": database_url, "PUBSUB_PROJECT": "shop"}
        ended = await asyncio.to_thread(desk.run, "health", **asked)
        away = await asyncio.to_thread(desk.run, "health", **{**asked, "DATABASE_URL": "postgresql://127.0.0.1:9/none"})

    assert (ended.code, away.code) == (0, 0)
    assert ended.lines[0] == away.out.strip() == "healthy: the publisher is running"
    assert ended.lines[1].startswith("WARNING: acme/first publishers: 2 approved answers wait for a publisher")
