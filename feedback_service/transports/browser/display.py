"""A private display that nobody sees, for a browser that must not know it is unseen."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Mapping

from feedback_service.domain.errors import Retryable

START_SECONDS = 15.0
SCREEN = "1920x1080x24"


class Display:
    """An X server without a screen; it takes local connections only and chooses its own number."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Raises Retryable where it does not come up, OSError where it cannot be run."""
        reader, writer = os.pipe()
        try:
            try:
                self.process = _started(writer, environment)
            finally:
                os.close(writer)
            self.name = f":{self._number(reader)}"
        finally:
            os.close(reader)

    def _number(self, reader: int) -> int:
        """What the server writes once it listens: a line, maybe in pieces; it dies if nobody reads it to its end."""
        written = b""
        while not written.endswith(b"\n") and select.select([reader], [], [], START_SECONDS)[0]:
            piece = os.read(reader, 16)
            if not piece:
                break
            written += piece
        if not written.strip().isdigit():
            self.end()
            raise Retryable("Xvfb does not start")
        return int(written)

    def end(self) -> None:
        """Stop it; harmless to repeat."""
        self.process.kill()
        self.process.wait()


def _started(writer: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"],  # noqa: S607
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(writer,),
        env=dict(environment),
        start_new_session=True,
    )
