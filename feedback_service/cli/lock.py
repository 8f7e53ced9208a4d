"""Lock files in DATA_DIR: of each kind of process one per machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from feedback_service.domain.errors import Configuration


class AlreadyRunning(Configuration):
    """Another process of this machine does this work; two would only wait for each other."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The file that this process holds; forks share the hold until they let go of it."""

    path: Path
    descriptor: int

    def in_child(self, life: Callable[..., int], *given: object) -> int:
        """A forked child's life without the lock: children that drain after a killed supervisor bar no new one."""
        os.close(self.descriptor)
        return life(*given)


@contextmanager
def only_one(data_dir: Path, name: str, remedy: str = "stop it first") -> Iterator[Lock]:
    """Hold the lock file for as long as this process lives; the kernel lets go of it however the process ends.

    Raises AlreadyRunning, or Configuration where DATA_DIR cannot be written.
    """
    path = data_dir / name
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise Configuration(f"DATA_DIR {data_dir} cannot be written: {problem.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(f"another {path.stem.split('@')[0]} of this machine holds {path}; {remedy}") from None
    os.utime(path)
    try:
        yield Lock(path, descriptor)
    finally:
        os.close(descriptor)
