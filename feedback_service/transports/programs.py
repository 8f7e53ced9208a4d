"""Starts programs so that whoever started them can always end them, whatever signal comes in between."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ENDINGS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is started, without a shell and in a session of its own; `user` and `group` are ids to become."""

    words: Sequence[str | Path]
    output: IO[bytes]
    environment: Mapping[str, str] = field(repr=False)
    cwd: Path
    user: int | None = None
    group: int | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """The running program. Raises OSError where it cannot be run.

        A signal that arrives meanwhile is heard when this has returned, at the caller's next line: so put that line
        into the `try` which ends the program.
        """
        return subprocess.Popen(  # noqa: S603  no shell; the callers name our own programs
            [*self.words],
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            cwd=self.cwd,
            env=dict(self.environment),
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
            start_new_session=True,
        )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """The program while the block runs; what is left of its session when the block breaks off is killed.

        Raises OSError where it cannot be run.
        """
        process: subprocess.Popen[bytes] | None = None
        try:
            with signals_wait():
                process = self.start()
            yield process
        except BaseException:
            if process is not None:
                kill_session(process)
            raise


def kill_session(process: subprocess.Popen[bytes]) -> None:
    """End the program and all that it started in its session, and wait for the program itself."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def signals_wait() -> Iterator[None]:
    """Ctrl-C and SIGTERM are heard at the end of the block: none of them tears a start from the note that it happened.

    Only the main thread hears signals; in any other this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in ENDINGS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, signal.SIG_DFL if handler is None else handler)
        for number in came:
            signal.raise_signal(number)
