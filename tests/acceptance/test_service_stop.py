"""A service that is told to end finishes what it has begun, says so by its exit code, and leaves nothing running."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from pathlib import Path

import pytest

from feedback_service.cli.demo.sandbox_control import SandboxControl
from feedback_service.storage.cluster import Cluster
from tests.support.commanding import command
from tests.support.postgres import fetch
from tests.support.service import MARK, Service, left_behind, started, until

pytestmark = pytest.mark.slow


def statuses(service: Service) -> set[str]:
    return {row["status"] for row in asyncio.run(fetch(service.database_url, "SELECT status FROM dispatch"))}


def busy(service: Service) -> None:
    """A backlog of which every write takes its time."""
    service.supplier("lapka")
    service.apply()
    service.backlog("lapka", 40)
    service.fault("slow", "lapka", match="POST ", options={"delay": 1.0})


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_writes_that_have_begun_end_and_are_recorded(service: Service, signum: signal.Signals) -> None:
    """SIGTERM as systemd sends it, to the supervisor alone; Ctrl-C as a terminal does, to every process."""
    busy(service)

    with service.started("run", DRAIN_SECONDS="10") as daemon:
        until("writes are under way", lambda: "sending" in statuses(service))
        at = time.monotonic()
        send = os.kill if signum is signal.SIGTERM else os.killpg
        send(daemon.process.pid, signum)
        code = daemon.process.wait(30)
        took = time.monotonic() - at
        left = [line for line in left_behind(service.mark) if " run" in line]

    assert (code, left) == (0, [])
    assert took < 10
    assert "sending" not in statuses(service)
    assert 0 < sum(service.answers()) < 40


def test_the_embedded_database_stops_with_the_service_and_keeps_everything(
    tmp_path: Path, sandbox_control: SandboxControl, mark: str
) -> None:
    service = Service(tmp_path, sandbox_control, "", mark)
    service.supplier("lapka")
    service.apply()
    [item] = service.write("lapka", "Крепкая кружка")
    with service.daemon():
        service.until_answered()
        assert Cluster(tmp_path / "data" / "postgres").is_running()

    assert not Cluster(tmp_path / "data" / "postgres").is_running()
    assert [one["item"]["item_id"] for one in service.feedback()] == [item]


def test_ctrl_c_on_the_demo_prints_the_summary_and_leaves_nothing(tmp_path: Path, mark: str) -> None:
    log = tmp_path / "demo.log"
    demo_mark = f"{mark}-demo"
    words = [*command(), "demo", "--customers", "2", "--no-faults", "--data-dir", str(tmp_path / "demo")]
    with started(words, log, tmp_path, {MARK: demo_mark}) as demo:
        until("something is collected", lambda: re.search(r"wrote: \d", log.read_text("utf-8")), 60)
        os.killpg(demo.process.pid, signal.SIGINT)
        code = demo.process.wait(60)

    told = log.read_text("utf-8")
    assert code == 0, told
    assert "Summary after" in told
    assert "0 twice, 0 lost" in told
    assert left_behind(demo_mark) == []


def test_a_demo_that_is_stopped_while_it_sets_up_leaves_nothing(tmp_path: Path, mark: str) -> None:
    log = tmp_path / "demo.log"
    demo_mark = f"{mark}-early"
    words = [*command(), "demo", "--customers", "2", "--data-dir", str(tmp_path / "demo")]
    with started(words, log, tmp_path, {MARK: demo_mark}) as demo:
        until("it sets up", lambda: "starting the database" in log.read_text("utf-8"), 60)
        demo.process.terminate()
        demo.process.wait(60)

    assert "Traceback" not in log.read_text("utf-8")
    until("what was killed is gone", lambda: left_behind(demo_mark) == [], 10)


def test_a_start_that_is_broken_off_leaves_no_database_running(
    tmp_path: Path, sandbox_control: SandboxControl, mark: str
) -> None:
    cluster = Cluster(tmp_path / "data" / "postgres")
    with Service(tmp_path, sandbox_control, "", mark).started("run") as daemon:
        until("the database runs", cluster.is_running)
        code = daemon.stop()

    assert code == 0
    assert not cluster.is_running()
