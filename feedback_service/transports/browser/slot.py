"""The place of one account's browser on disk: its kept profile, its private driver, and the lock on both."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedback_service.domain.errors import Retryable
from feedback_service.transports.browser import keeper

PRIVATE = 0o700
LOCK_SECONDS = 10.0
"""How long to wait for a lock: the keeper of a browser whose owner died holds it until the last process is gone."""
PAUSE = 0.1
STALE = ("SingletonLock", "SingletonSocket", "SingletonCookie", "DevToolsActivePort")


@dataclass(frozen=True, slots=True)
class Slot:
    """`directory` is absolute. `lock` is an open file: whoever inherits it holds the lock as well."""

    directory: Path
    lock: int

    @property
    def profile(self) -> Path:
        return self.directory / "profile"

    @property
    def driver(self) -> Path:
        """The private copy of the driver, which is patched in place."""
        return self.directory / "chromedriver"

    def session(self) -> datetime | None:
        """When the session was saved that the profile was last signed in with."""
        try:
            return datetime.fromisoformat((self.directory / "session").read_text("ascii"))
        except (OSError, ValueError):
            return None

    def remember_session(self, saved_at: datetime) -> None:
        """Keep what `session` tells."""
        (self.directory / "session").write_text(saved_at.isoformat(), "ascii")

    def release(self) -> None:
        """Let others have the profile."""
        os.close(self.lock)


def take(directory: Path, seconds: float = LOCK_SECONDS) -> Slot:
    """Lock the place and clear what a dead browser left there.

    Raises Retryable where another process uses it, OSError where it may not be written.
    """
    directory = directory.absolute()
    directory.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    directory = directory.resolve()
    lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(lock, directory, seconds)
        os.truncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        slot = Slot(directory, lock)
        _clear(slot)
    except BaseException:
        os.close(lock)
        raise
    return slot


def copy_driver(slot: Slot, driver: Path) -> None:
    """Give the slot its own copy, patched when it is first used, so that nobody else patches or runs the same file."""
    source = driver.stat()
    origin = slot.directory / "chromedriver.origin"
    wanted = f"{driver} {source.st_ino} {source.st_size} {source.st_mtime_ns}"
    with suppress(OSError):
        if slot.driver.is_file() and origin.read_text("utf-8") == wanted:
            return
    fresh = slot.driver.with_suffix(".new")
    shutil.copyfile(driver, fresh)
    fresh.chmod(PRIVATE)
    fresh.replace(slot.driver)
    origin.write_text(wanted, "utf-8")


def _acquire(lock: int, directory: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                holder = os.pread(lock, 32, 0).decode("ascii", "replace").strip() or "unknown"
                problem = f"the browser profile {directory} is in use by another process ({holder})"
                raise Retryable(problem, retry_after=30.0) from None
            time.sleep(PAUSE)
        else:
            return


def _clear(slot: Slot) -> None:
    """Only under the lock: whatever still runs here has lost its owner."""
    if not keeper.kill_all(str(slot.directory)):
        raise Retryable(f"a process of the browser profile {slot.directory} cannot be ended")
    slot.profile.mkdir(mode=PRIVATE, exist_ok=True)
    if not os.access(slot.profile, os.R_OK | os.W_OK | os.X_OK, effective_ids=True):
        # the browser would end without a word
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(slot.profile))
    for name in STALE:
        with suppress(FileNotFoundError):
            (slot.profile / name).unlink()
