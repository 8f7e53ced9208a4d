"""Real processes that end, hang and fail, and what the supervisor makes of it."""

import dataclasses
import itertools
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.supervising import QUICK, Host, children, wait_until


@pytest.mark.parametrize(("child", "does"), [("ivanov", "crash"), ("roster", "exit 1")])
def test_a_child_that_fails_is_started_again_after_growing_delays(tmp_path: Path, child: str, does: str) -> None:
    with Host(tmp_path, dataclasses.replace(QUICK, first_delay_seconds=0.2)) as host:
        host.assign("ivanov")
        host.does(child, does)

        host.start().wait_for("started", child, times=4)

        moments = [event["at"] for event in host.events("started", child)]
        pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
        assert pauses[0] >= 0.2
        assert pauses[1] >= 0.4
        assert pauses[2] >= 0.8


def test_a_crash_loop_is_parked_and_the_others_go_on(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.does("ivanov", "exit 1")

        host.start().wait_for_log("supplier_parked", "ivanov")

        assert len(host.events("started", "ivanov")) == QUICK.crash_limit
        assert len(host.events("started", "petrov")) == 1
        assert host.owns(host.events("ready", "petrov")[0]["pid"])
        assert host.zombies() == []


def test_exit_78_parks_that_supplier_alone_until_its_configuration_changes(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.does("ivanov", "exit 78")
        host.start().wait_for_log("supplier_parked", "ivanov")
        host.does("ivanov", "live")

        host.assign(("ivanov", 2, "f1"), "petrov", "sidorov")
        host.wait_for("ready", "sidorov")
        started_by_another_epoch = host.events("ready", "ivanov")
        host.assign(("ivanov", 2, "f2"), "petrov", "sidorov")
        host.wait_for("ready", "ivanov")

        assert started_by_another_epoch == []
        assert len(host.events("started", "ivanov")) == 2
        assert len(host.events("started", "petrov")) == 1


def test_a_temporary_failure_is_retried_quickly_and_never_parked(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        host.does("ivanov", "exit 75")

        host.start().wait_for("started", "ivanov", times=QUICK.crash_limit * 2)

        assert host.logs("supplier_parked") == []


def test_a_hung_worker_prints_where_it_hangs_and_is_replaced_while_others_go_on(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.does("ivanov", "hang")
        hung = host.start().wait_for("started", "ivanov")["pid"]
        host.does("ivanov", "live")

        replacement = host.wait_for("ready", "ivanov")["pid"]

        assert not host.owns(hung)
        assert host.owns(replacement)
        assert "in hang_in_this_line" in host.stderr()
        assert len(host.events("started", "petrov")) == 1


def test_a_child_that_cannot_even_print_its_stack_is_killed(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        host.does("ivanov", "stop")
        stopped = host.start().wait_for("started", "ivanov")["pid"]
        host.does("ivanov", "live")

        host.wait_for("ready", "ivanov")

        assert not host.owns(stopped)
        assert "SIGKILL" in host.wait_for_log("worker_ended", "ivanov")["text"]


def test_a_pause_of_the_whole_host_kills_nobody(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        worker = host.start().wait_for("ready", "ivanov")
        everyone = [host.pid, *{event["pid"] for event in host.events()}]

        for pid in everyone:
            os.kill(pid, signal.SIGSTOP)
        continue_at = time.monotonic() + 2 * QUICK.silent_seconds
        wait_until(lambda: time.monotonic() >= continue_at)
        os.kill(host.pid, signal.SIGCONT)
        for ticks in (1, 2):
            host.send(signal.SIGUSR1)
            host.wait_for_log("worker_state", times=ticks)
        for pid in everyone[1:]:
            os.kill(pid, signal.SIGCONT)
        host.assign("ivanov", "petrov")
        host.wait_for("ready", "petrov")

        assert host.logs("worker_hung") == []
        assert host.owns(worker["pid"])


@pytest.mark.parametrize(
    ("does", "said"),
    [("exit 1", "exit code 1"), ("exit 78", "exit code 78"), ("hang", "SIGALRM")],
)
def test_a_roster_that_ends_is_replaced_and_the_workers_go_on(tmp_path: Path, does: str, said: str) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        roster = host.start().wait_for("started", "roster")["pid"]
        worker = host.wait_for("ready", "ivanov")["pid"]
        host.does("roster", does)

        os.kill(roster, signal.SIGKILL)
        host.wait_for("started", "roster", times=2)
        wait_until(lambda: any(said in line["text"] for line in host.logs("roster_ended")))
        host.does("roster", "live")
        host.assign("ivanov", "petrov")
        host.wait_for("ready", "petrov")

        assert len(host.events("started", "ivanov")) == 1
        assert host.owns(worker)


def test_a_roster_whose_database_is_away_is_retried_quickly(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.does("roster", "exit 75")

        host.start().wait_for_log("roster_ended", times=6)

        assert {line["text"] for line in host.logs("roster_ended")[1:]} == {
            "The roster ended with exit code 75; it starts again in 0.2 s."
        }


def test_orphans_of_others_are_reaped_where_the_supervisor_adopts_them(tmp_path: Path) -> None:
    with Host(tmp_path, subreaper=True) as host:
        host.assign("ivanov")
        host.does("ivanov", "leave stranger")
        stranger = host.start().wait_for("stranger", "ivanov")["pid"]

        wait_until(lambda: not Path(f"/proc/{stranger}").exists())
        host.wait_for("ready", "ivanov")

        assert host.zombies() == []
        assert len(host.events("started", "ivanov")) == 1


PID_NAMESPACE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


@pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run([*PID_NAMESPACE, "true"], capture_output=True).returncode != 0,
    reason="needs the right to make a PID namespace",
)
def test_as_pid_1_it_reaps_strangers_and_drains_on_sigterm(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        host.does("ivanov", "leave stranger")
        host.start(PID_NAMESPACE).wait_for("stranger", "ivanov")
        host.wait_for("ready", "ivanov")
        (first,) = children(host.pid)

        wait_until(lambda: len(children(first)) == 2, "only the roster and the worker")
        os.kill(first, signal.SIGTERM)

        assert host.exit_code() == 0
        assert [event["supplier"] for event in host.events("drained")] == ["ivanov", "roster"]
