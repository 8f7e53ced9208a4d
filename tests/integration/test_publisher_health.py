"""Whether `feedback-service health` sees a publisher that works alone."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feedback_service.cli.publisher import Pulse
from tests.support.commanding import Desk


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
