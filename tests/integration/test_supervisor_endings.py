"""How a host ends: drained, killed, refused by its roster, or orphaned."""

import dataclasses
import os
import signal
from pathlib import Path
from signal import Signals

import pytest

from tests.support.supervising import QUICK, Host, wait_until


@pytest.mark.parametrize("signum", [Signals.SIGTERM, Signals.SIGINT])
def test_a_signal_drains_the_workers_and_then_the_roster(tmp_path: Path, signum: Signals) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.start().wait_for("ready", "ivanov")
        host.wait_for("ready", "petrov")

        host.send(signum)
        code = host.exit_code()

        assert code == 0
        assert [event["supplier"] for event in host.events("drained")][-1] == "roster"
        assert {event["supplier"] for event in host.events("drained")} == {"ivanov", "petrov", "roster"}


def test_ctrl_c_in_a_terminal_reaches_every_process_and_still_drains(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        host.start().wait_for("ready", "ivanov")

        os.killpg(host.pid, signal.SIGINT)
        code = host.exit_code()

        assert code == 0
        assert [event["supplier"] for event in host.events("drained")] == ["ivanov", "roster"]


def test_a_worker_that_does_not_drain_in_time_is_killed(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.does("ivanov", "stubborn")
        stubborn = host.start().wait_for("ready", "ivanov")["pid"]
        host.wait_for("ready", "petrov")

        host.send(Signals.SIGTERM)
        code = host.exit_code()

        assert code == 1
        assert not host.owns(stubborn)
        assert host.logs("worker_killed", "ivanov")
        assert {event["supplier"] for event in host.events("drained")} == {"petrov", "roster"}


def test_a_second_signal_kills_at_once(tmp_path: Path) -> None:
    with Host(tmp_path, dataclasses.replace(QUICK, drain_seconds=3600.0)) as host:
        host.assign("ivanov")
        host.does("ivanov", "stubborn")
        stubborn = host.start().wait_for("ready", "ivanov")["pid"]

        host.send(Signals.SIGTERM)
        host.wait_for_log("drain")
        host.send(Signals.SIGTERM)
        code = host.exit_code()

        assert code == 1
        assert not host.owns(stubborn)


def test_nothing_starts_again_during_a_drain(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.does("ivanov", "stubborn")
        host.start().wait_for("ready", "ivanov")
        host.wait_for("ready", "petrov")

        host.send(Signals.SIGTERM)
        host.wait_for("drained", "petrov")
        host.assign("ivanov", "petrov", "sidorov")
        host.exit_code()

        assert len(host.events("started", "petrov")) == 1
        assert host.events("started", "sidorov") == []


def test_a_roster_that_finds_the_configuration_wrong_ends_the_host_with_78(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.does("roster", "exit 78")

        code = host.start().exit_code()

        assert code == 78


def test_a_fatal_line_of_the_roster_drains_the_host_and_gives_the_reason(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        roster = host.start().wait_for("started", "roster")["pid"]
        host.wait_for("ready", "ivanov")
        host.does("roster", "fatal another supervisor runs on this host")

        os.kill(roster, signal.SIGKILL)
        code = host.exit_code()

        assert code == 78
        assert "another supervisor runs on this host" in host.logs("fatal")[0]["text"]
        assert host.events("drained", "ivanov")


def test_a_roster_that_never_managed_to_start_does_not_end_the_host(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        host.does("roster", "exit 1")
        host.start().wait_for("started", "roster", times=3)

        host.does("roster", "live")

        host.wait_for("ready", "ivanov")


def test_the_children_of_a_killed_supervisor_end_and_leave_the_leases_alone(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.start()
        everyone = [host.wait_for("ready", name)["pid"] for name in ("ivanov", "petrov")]
        everyone.append(host.events("started", "roster")[0]["pid"])

        host.send(Signals.SIGKILL)

        wait_until(lambda: not any(host.owns(pid) for pid in everyone), "the orphans' end")
        assert {event["supplier"] for event in host.events("drained")} == {"ivanov", "petrov"}


def test_a_hung_child_of_a_killed_supervisor_ends_too(tmp_path: Path) -> None:
    with Host(tmp_path, dataclasses.replace(QUICK, silent_seconds=0.5)) as host:
        host.assign("ivanov")
        host.does("ivanov", "hang stubborn")
        hung = host.start().wait_for("started", "ivanov")["pid"]

        host.send(Signals.SIGKILL)

        wait_until(lambda: not host.owns(hung), "the hung orphan's end")


def test_a_stubborn_child_of_a_killed_supervisor_ends_too(tmp_path: Path) -> None:
    with Host(tmp_path, dataclasses.replace(QUICK, silent_seconds=0.5)) as host:
        host.assign("ivanov")
        host.does("ivanov", "stubborn")
        stubborn = host.start().wait_for("ready", "ivanov")["pid"]

        host.send(Signals.SIGKILL)

        wait_until(lambda: not host.owns(stubborn), "the stubborn orphan's end")
