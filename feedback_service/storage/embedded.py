"""The embedded PostgreSQL in a data directory, shared by every process that uses it and stopped by the last."""

from __future__ import annotations

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from feedback_service.domain.errors import Configuration, FeedbackServiceError
from feedback_service.storage.cluster import Cluster

_held: dict[Path, int] = {}
"""By data directory, the open file whose shared lock says that this process and its forks use the server."""


def start(data_dir: Path) -> str:
    """Start the server or join the one that runs; return its URL for SQLAlchemy.

    The server ends when the last process that started or joined it does: each holds a shared lock, which forks
    inherit and which the kernel drops even after kill -9. No thread is left behind. Raises Configuration.
    """
    data_dir = data_dir.expanduser().absolute()
    cluster = Cluster(data_dir / "postgres")
    with _alone(data_dir):
        if data_dir not in _held:
            _held[data_dir] = _shared_lock(data_dir)
            atexit.register(_at_exit, data_dir)
        cluster.make()
        if not cluster.is_running():
            cluster.start()
    return cluster.url


def release(data_dir: Path) -> bool:
    """Stop using the server, and stop it where nobody else uses it: True then. Also done at this process's end."""
    data_dir = data_dir.expanduser().absolute()
    descriptor = _held.pop(data_dir, None)
    if descriptor is None:
        return False
    with _alone(data_dir):
        os.close(descriptor)
        if _is_used(data_dir):
            return False
        Cluster(data_dir / "postgres").stop()
        return True


def _at_exit(data_dir: Path) -> None:
    """A fork that ends so closes its copy of the lock, which stays its parent's."""
    with suppress(FeedbackServiceError, OSError):
        release(data_dir)


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Nobody else starts or stops the server meanwhile."""
    descriptor = _open(data_dir, "postgres.turn")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _shared_lock(data_dir: Path) -> int:
    descriptor = _open(data_dir, "postgres.users")
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _is_used(data_dir: Path) -> bool:
    descriptor = _open(data_dir, "postgres.users")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _open(data_dir: Path, name: str) -> int:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return os.open(data_dir / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise Configuration(f"DATA_DIR {data_dir} cannot be written: {problem.strerror}") from problem
