"""The wording of an answer in the person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from feedback_service.domain.errors import Configuration

SCISSORS = "# ------ what stands below is not sent ------"
FALLBACK = "vi"


def can_edit() -> bool:
    """Whether there is a person at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def edited(text: str, context: str) -> str:
    """The text after the person changed it; `context` is shown below it. Raises Configuration without an editor."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or FALLBACK)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.txt"
        below = "\n".join(f"# {line}".rstrip() for line in context.splitlines())
        file.write_text(f"{text}\n\n{SCISSORS}\n{below}\n", encoding="utf-8", errors="replace")
        try:
            subprocess.run([*command, str(file)], check=True)  # noqa: S603 the person's own choice of editor
        except (OSError, subprocess.CalledProcessError) as problem:
            raise Configuration(f"the editor {command[0]!r} failed ({problem}); set EDITOR, or use --text") from None
        return file.read_text(encoding="utf-8", errors="replace").split(SCISSORS)[0].strip()
