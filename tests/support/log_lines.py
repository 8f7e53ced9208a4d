"""Runs a few lines of a program with the logs configured, and gives what it wrote to stderr.

A process of its own, because logging is a process's one global: a test must not leave it changed for the next.
"""

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

PRELUDE = """
import asyncio, logging, sys, threading, warnings
import structlog
from feedback_service import logs
logs.configure_logs(logs.LogConfig(format=sys.argv[1], level=sys.argv[2], project_id="p", endpoint="127.0.0.1:1"))
log = logging.getLogger("feedback_service.pipeline.dispatch")
bound_log = structlog.get_logger("feedback_service.pipeline.confirm")
"""


def stderr_of(body: str, form: str = "json", level: str = "INFO") -> str:
    command = [sys.executable, "-c", PRELUDE + textwrap.dedent(body), form, level]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.stdout == "", "logs go to stderr only"
    return ran.stderr


def lines_of(body: str, level: str = "INFO") -> list[dict[str, Any]]:
    """The JSON lines; a line that is no JSON fails here."""
    return [json.loads(line) for line in stderr_of(body, "json", level).split("\n") if line]
