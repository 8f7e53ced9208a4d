"""The sandbox as a command: what it says when it is ready, what it serves, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.slow
SECONDS = 30
WORDS = ("pubsub ready at ", "sandbox ready at ")


@pytest.fixture
def sandbox() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "feedback_service", "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        yield process
        process.kill()


def test_it_says_where_platforms_and_queue_are_and_ends_when_told(sandbox: subprocess.Popen[str]) -> None:
    assert sandbox.stdout is not None
    said = [sandbox.stdout.readline().strip() for _ in WORDS]

    pubsub, url = (line.removeprefix(word) for line, word in zip(said, WORDS, strict=True))
    with urlopen(f"{url}/_sandbox", timeout=SECONDS) as answer:
        mounted = json.load(answer)
    with socket.create_connection(("127.0.0.1", int(pubsub.removeprefix("127.0.0.1:"))), SECONDS):
        os.kill(sandbox.pid, signal.SIGTERM)

    assert mounted["pubsub"] == pubsub
    assert mounted["platforms"]["wildberries"] == {"base_url": f"{url}/wildberries"}
    assert sandbox.wait(SECONDS) == 0


@pytest.mark.parametrize(("word", "option"), list(zip(WORDS, ("--pubsub-port", "--port"), strict=True)))
def test_a_taken_port_is_said(sandbox: subprocess.Popen[str], word: str, option: str) -> None:
    assert sandbox.stdout is not None
    ready = next(line for line in sandbox.stdout if line.startswith(word))
    port = ready.strip().rpartition(":")[2]

    second = subprocess.run(
        [sys.executable, "-m", "feedback_service", "sandbox", option, port],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert second.returncode == 78
    assert f"port {port}" in second.stderr
    assert f"choose another with {option}" in second.stderr
