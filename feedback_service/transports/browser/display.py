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
        reader, writer = os.pipe()
        try:
            self.process = subprocess.Popen(  # noqa: S603
                ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"],  # noqa: S607
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(writer,),
                env=dict(environment),
                start_new_session=True,
            )
            os.close(writer)
            self.name = f":{self._number(reader)}"
        finally:
            os.close(reader)

    def _number(self, reader: int) -> int:
        ready, _, _ = select.select([reader], [], [], START_SECONDS)
        number = os.read(reader, 16).strip() if ready else b""
        if not number.isdigit():
            self.end()
            raise Retryable("Xvfb does not start")
        return int(number)

    def end(self) -> None:
        """Stop it; harmless to repeat."""
        self.process.kill()
        self.process.wait()
