"""Starts and ends the keeper that outlives this process for as long as its browser does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress

from feedback_service.transports.browser import keeper
from feedback_service.transports.browser.slot import Slot

END_SECONDS = 40.0
LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""All that a Python may need of the environment."""


class Keeper:
    """A process in a session of its own, so that no signal to ours reaches it; it holds the slot's lock, too."""

    def __init__(self, slot: Slot) -> None:
        """Raises OSError where it does not start."""
        # -I -S: nothing from outside is read or imported, and it is small.
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", keeper.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(slot.lock,),
            start_new_session=True,
            env={name: os.environ[name] for name in LIBRARIES if name in os.environ},
        )
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(str(slot.directory)).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            self.end()
            raise

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        """Close its pipe and wait until it has cleared the slot."""
        assert self._process.stdin
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
