"""The installed command, run as a person would: in a folder of its own, seen only from outside."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 90.0
"""How long one command may take on a busy machine."""


def command() -> list[str]:
    """The installed script where there is one, else the module, which is the same."""
    script = Path(sys.executable).with_name("feedback-service")
    return [str(script)] if script.exists() else [sys.executable, "-m", "feedback_service"]


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass(frozen=True)
class Desk:
    """A folder with its `.env`, in which commands are run; nothing of the tester's environment leaks in."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return file

    def run(self, *words: str, stdin: str = "", **environment: str) -> Ended:
        """Run `feedback-service words…` to its end; its output is not a terminal."""
        done = subprocess.run(
            [*command(), *words],
            cwd=self.folder,
            env=self._environment(environment),
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def at_terminal(self, *words: str, types: str = "", **environment: str) -> Ended:
        """Run a command whose every stream is a terminal, at which a person types."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [*command(), *words],
            cwd=self.folder,
            env=self._environment({"TERM": "xterm", "COLUMNS": "160", **environment}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        os.write(ours, types.encode())
        shown = bytearray()
        while chunk := _read(ours):
            shown += chunk
        os.close(ours)
        return Ended(process.wait(SECONDS), shown.decode("utf-8", "replace").replace("\r\n", "\n"), "")

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return {**kept, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **self.environment, **more}


def _read(descriptor: int) -> bytes:
    """What came next; nothing once the other side has closed, which Linux reports as an error."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
