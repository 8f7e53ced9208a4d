"""Lines that go straight to Google Cloud Logging, against a local gRPC server that stores what it is sent."""

import json
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cloud_logging import CloudLogging

ROOT = Path(__file__).parents[2]

# Every program below runs in a process of its own, as a worker does: ours forks, gRPC starts threads.
PRELUDE = """
import logging, os, sys, threading, time
from feedback_service import logs
from feedback_service.logs.backlog import Bounds
from feedback_service.logs.shipper import ShipperLimits

SMALL = Bounds(lines=200, batch_lines=50, linger=0.02)
QUICK = ShipperLimits(bounds=SMALL, call=0.4, first_retry=0.05, last_retry=0.1, exit=20.0)
log = logging.getLogger("feedback_service.worker")

def configure():
    logs.configure_logs(logs.LogConfig(format="google", project_id="shop-1", endpoint=sys.argv[1]))

def threads():
    return len(os.listdir("/proc/self/task"))

def say(word):
    print(word, flush=True)

def heard():
    return sys.stdin.readline().strip()
"""


class Program:
    """A program that talks by lines, so that a test and it take turns without sleeping."""

    def __init__(self, endpoint: str, body: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + textwrap.dedent(body), endpoint],
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def hears(self, word: str = "go") -> None:
        assert self._process.stdin
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def says(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def ends(self) -> str:
        """What it wrote to stderr."""
        try:
            _, errors = self._process.communicate(timeout=60)
        finally:
            self._process.kill()
        assert self._process.returncode == 0, errors
        return errors


@pytest.fixture
def cloud() -> Iterator[CloudLogging]:
    with CloudLogging() as server:
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def numbered_lines(cloud: CloudLogging) -> list[str]:
    return [text for text in cloud.messages() if text.startswith("line")]


def dropped_lines(cloud: CloudLogging) -> int:
    return sum(int(entry["jsonPayload"].get("dropped", 0)) for entry in cloud.entries)


def test_a_line_arrives_with_severity_labels_and_fields(cloud: CloudLogging) -> None:
    program = Program(cloud.endpoint, """
        configure()
        logs.start_shipping(QUICK)
        with logs.bound(supplier="romashka", platform="wildberries", account="main", item="i-7"):
            log.warning("The answer was held", extra={"action": "guard.held", "big": 2**60, "n": 3})
        """)  # fmt: skip

    program.ends()
    entry = cloud.wait_for(1)[0]

    assert entry["severity"] == "WARNING"
    assert entry["labels"] == {"supplier": "romashka", "platform": "wildberries", "account": "main", "item": "i-7"}
    assert entry["jsonPayload"] == {
        "message": "The answer was held", "action": "guard.held", "logger": "feedback_service.worker",
        "big": str(2**60), "n": 3.0,
    }  # fmt: skip
    assert entry["request"]["logName"] == "projects/shop-1/logs/feedback-service"
    assert entry["request"]["type"] == "global"


def test_every_level_finds_its_severity(cloud: CloudLogging) -> None:
    program = Program(cloud.endpoint, """
        configure()
        logging.getLogger().setLevel(1)
        logs.start_shipping(QUICK)
        logging.getLogger().setLevel(1)
        for level in (10, 20, 25, 30, 40, 50):
            log.log(level, "level %d", level)
        """)  # fmt: skip

    program.ends()
    cloud.wait_for(6)

    found = {one["jsonPayload"]["message"]: one["severity"] for one in cloud.entries}
    assert [found[f"level {level}"] for level in (10, 20, 25, 30, 40, 50)] == [
        "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL",
    ]  # fmt: skip


def test_the_forking_parent_holds_no_thread_and_its_children_ship(cloud: CloudLogging) -> None:
    program = Program(cloud.endpoint, """
        def child(name):
            before = threads()
            configure()
            logs.start_shipping(QUICK)
            logs.bind(supplier=name)
            log.info("child %s, born with %d thread", name, before)
            logs.stop_shipping()

        configure()
        log.info("said by the parent")
        for name in ("first", "second"):
            pid = os.fork()
            if pid == 0:
                child(name)
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        say(threads())
        """)  # fmt: skip

    parents_threads = program.says()
    stderr = program.ends()
    cloud.wait_for(2)

    assert parents_threads == "1"
    assert {"child first, born with 1 thread", "child second, born with 1 thread"} <= set(cloud.messages())
    assert {"first", "second"} <= {entry.get("labels", {}).get("supplier") for entry in cloud.entries}
    assert "said by the parent" in stderr
    assert "said by the parent" not in cloud.messages()


def test_a_fork_of_a_shipping_process_neither_hangs_nor_sends_its_parents_lines_again(cloud: CloudLogging) -> None:
    program = Program(cloud.endpoint, """
        configure()
        logs.start_shipping(ShipperLimits(bounds=Bounds(linger=60)))
        log.info("waits in the parent")
        child = os.fork()
        if child == 0:
            log.info("said by the child")
            logs.stop_shipping()
            logging.shutdown()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        """)  # fmt: skip

    stderr = program.ends()
    cloud.wait_for(1)

    assert cloud.messages().count("waits in the parent") == 1
    assert "said by the child" in stderr
    assert "waits in the parent" not in stderr


def test_a_server_that_is_down_at_the_start_gets_the_lines_when_it_comes() -> None:
    port = free_port()
    program = Program(f"127.0.0.1:{port}", """
        configure()
        began = time.monotonic()
        logs.start_shipping(QUICK)
        for number in range(50):
            log.info("line %d", number)
        say("quick" if time.monotonic() - began < 1 else "slow")
        heard()
        """)  # fmt: skip

    pace = program.says()
    with CloudLogging(port) as cloud:
        cloud.wait_for(50)
        program.hears()
        stderr = program.ends()

    assert pace == "quick"
    assert numbered_lines(cloud) == [f"line {n}" for n in range(50)]
    assert "cannot be reached" in stderr


def test_a_hanging_server_delays_nobody_and_the_oldest_lines_are_dropped_and_counted(cloud: CloudLogging) -> None:
    cloud.mood("hang")
    program = Program(cloud.endpoint, """
        configure()
        logs.start_shipping(QUICK)
        log.info("first")
        began = time.monotonic()
        for number in range(1000):
            log.info("line %d", number)
        say("quick" if time.monotonic() - began < 2 else "slow")
        heard()
        """)  # fmt: skip

    pace = program.says()
    cloud.mood("answer")
    while len(numbered_lines(cloud)) + dropped_lines(cloud) < 1000:
        cloud.wait_for(len(cloud.entries) + 1)
    program.hears()
    program.ends()

    assert pace == "quick"
    assert dropped_lines(cloud) >= 700
    assert len(set(numbered_lines(cloud))) == len(numbered_lines(cloud))
    assert numbered_lines(cloud)[-1] == "line 999"


def test_a_server_that_comes_back_gets_the_rest_once(tmp_path: Path) -> None:
    port = free_port()
    program = Program(f"127.0.0.1:{port}", """
        configure()
        logs.start_shipping(QUICK)
        log.info("before"); heard()
        log.info("meanwhile"); say("said"); heard()
        log.info("after"); heard()
        """)  # fmt: skip

    with CloudLogging(port) as first:
        first.wait_for(1)
    program.hears()
    program.says()
    with CloudLogging(port) as second:
        second.wait_for(1)
        program.hears()
        while "after" not in second.messages():
            second.wait_for(len(second.entries) + 1)
        program.hears()
        program.ends()

    kept = {entry["insertId"]: entry["jsonPayload"]["message"] for entry in [*first.entries, *second.entries]}
    assert [text for text in kept.values() if not text.startswith("Google")] == ["before", "meanwhile", "after"]


def test_the_end_waits_for_a_hanging_server_only_so_long_and_keeps_the_lines_on_stderr(cloud: CloudLogging) -> None:
    cloud.mood("hang")
    program = Program(cloud.endpoint, """
        configure()
        logs.start_shipping(ShipperLimits(bounds=Bounds(linger=0.02), call=30, exit=0.5))
        log.info("the last words")
        began = time.monotonic()
        logs.stop_shipping()
        say(time.monotonic() - began)
        """)  # fmt: skip

    seconds = float(program.says())
    stderr = program.ends()

    assert seconds < 3
    kept = [json.loads(line) for line in stderr.splitlines() if "the last words" in line]
    assert [line["message"] for line in kept] == ["the last words"]


def test_refused_lines_do_not_stop_the_later_ones(cloud: CloudLogging) -> None:
    cloud.mood("refuse")
    program = Program(cloud.endpoint, """
        configure()
        logs.start_shipping(QUICK)
        log.info("refused"); heard()
        log.info("taken"); heard()
        """)  # fmt: skip

    program_errors = program._process.stderr
    assert program_errors
    while "refused log lines" not in program_errors.readline():
        pass
    cloud.mood("answer")
    program.hears()
    while "taken" not in cloud.messages():
        cloud.wait_for(len(cloud.entries) + 1)
    program.hears()
    program.ends()

    assert "refused" not in cloud.messages()
    assert "taken" in cloud.messages()


def test_no_canary_reaches_google(cloud: CloudLogging) -> None:
    program = Program(cloud.endpoint, """
        configure()
        logs.register_secret("canary-known-1")
        logs.start_shipping(QUICK)
        logs.bind(account="canary-known-1")
        try:
            try:
                raise ValueError("canary-known-1")
            except ValueError as cause:
                raise RuntimeError("Authorization: Bearer canary-shape-2") from cause
        except RuntimeError:
            log.exception("It failed with %s", "canary-known-1", extra={"headers": {"Api-Key": "canary-field-3"}})
        raise SystemError("password=canary-crash-4")
        """)  # fmt: skip

    _, stderr = program._process.communicate(timeout=60)
    cloud.wait_for(2)

    assert "canary" not in json.dumps(cloud.entries)
    assert "canary" not in stderr
    assert "ValueError" in cloud.entries[0]["jsonPayload"]["stack_trace"]
    assert "process ends" in cloud.messages()[1]
