"""What runs beside the workers: started, watched, replaced, parked and drained by a real supervisor."""

import dataclasses
import itertools
import os
import signal
import socket
from pathlib import Path
from signal import Signals

import pytest

from tests.support.supervising import QUICK, Host, wait_until

ATTENDANTS = ["publisher"]


def test_an_attendant_runs_although_the_roster_names_nobody(tmp_path: Path) -> None:
    with Host(tmp_path, attendants=ATTENDANTS) as host:
        host.does("roster", "exit 1")

        pid = host.start().wait_for("ready", "publisher")["pid"]

        assert host.wait_for_log("publisher_started")["text"] == f"The publisher runs as pid {pid}."


@pytest.mark.parametrize("does", ["crash", "exit 1"])
def test_an_attendant_that_fails_is_started_again_after_growing_delays_for_ever(tmp_path: Path, does: str) -> None:
    with Host(tmp_path, dataclasses.replace(QUICK, longest_delay_seconds=0.4), attendants=ATTENDANTS) as host:
        host.does("publisher", does)

        host.start().wait_for("started", "publisher", times=QUICK.crash_limit + 2)

        moments = [event["at"] for event in host.events("started", "publisher")]
        pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
        assert pauses[0] >= 0.1
        assert pauses[1] >= 0.2
        assert min(pauses[2:]) >= 0.4
        assert host.logs("publisher_parked") == []
        assert host.zombies() == []


def test_exit_78_parks_an_attendant_until_sighup_and_the_workers_go_on(tmp_path: Path) -> None:
    with Host(tmp_path, attendants=ATTENDANTS) as host:
        host.assign("ivanov")
        host.does("publisher", "exit 78")
        host.start().wait_for_log("publisher_parked")
        host.wait_for("ready", "ivanov")
        host.does("publisher", "live")
        host.assign("ivanov", "petrov")
        host.wait_for("ready", "petrov")
        started_by_itself = host.events("ready", "publisher")

        host.send(Signals.SIGHUP)

        host.wait_for("ready", "publisher")
        assert started_by_itself == []
        assert len(host.events("started", "publisher")) == 2
        assert len(host.events("started", "ivanov")) == 1


def test_a_hung_attendant_prints_where_it_hangs_and_is_replaced(tmp_path: Path) -> None:
    with Host(tmp_path, attendants=ATTENDANTS) as host:
        host.assign("ivanov")
        host.does("publisher", "hang")
        hung = host.start().wait_for("started", "publisher")["pid"]
        host.does("publisher", "live")

        host.wait_for("ready", "publisher")

        assert not host.owns(hung)
        assert host.logs("publisher_hung")
        assert "hang_in_this_line" in host.stderr()
        assert len(host.events("started", "ivanov")) == 1


def test_an_attendant_killed_from_outside_is_replaced_alone(tmp_path: Path) -> None:
    with Host(tmp_path, attendants=ATTENDANTS) as host:
        host.assign("ivanov")
        pid = host.start().wait_for("ready", "publisher")["pid"]
        host.wait_for("ready", "ivanov")

        os.kill(pid, signal.SIGKILL)

        host.wait_for("ready", "publisher", times=2)
        assert "was ended by SIGKILL" in host.logs("publisher_ended")[0]["text"]
        assert len(host.events("started", "ivanov")) == len(host.events("started", "roster")) == 1


@pytest.mark.parametrize("signum", [Signals.SIGTERM, Signals.SIGINT])
def test_attendants_drain_together_with_the_workers_and_before_the_roster(tmp_path: Path, signum: Signals) -> None:
    with Host(tmp_path, attendants=["publisher", "console"]) as host:
        host.assign("ivanov")
        host.start()
        for name in ("ivanov", "publisher", "console"):
            host.wait_for("ready", name)

        host.send(signum)
        code = host.exit_code()

        drained = [event["supplier"] for event in host.events("drained")]
        assert code == 0
        assert set(drained) == {"ivanov", "publisher", "console", "roster"}
        assert drained[-1] == "roster"
        assert host.logs("publisher_stopped")


def test_an_attendant_that_does_not_drain_in_time_is_killed_and_the_roster_waits_for_it(tmp_path: Path) -> None:
    with Host(tmp_path, attendants=ATTENDANTS) as host:
        host.does("publisher", "stubborn")
        stubborn = host.start().wait_for("ready", "publisher")["pid"]
        host.wait_for("published", "roster")

        host.send(Signals.SIGTERM)
        code = host.exit_code()

        assert code == 1
        assert not host.owns(stubborn)
        actions = [line for line in host.stderr().splitlines() if '"publisher_killed"' in line or "roster_stop" in line]
        assert "publisher_killed" in actions[0]
        assert "roster_stopped" in actions[1]


def test_a_second_signal_kills_a_stubborn_attendant_at_once(tmp_path: Path) -> None:
    with Host(tmp_path, dataclasses.replace(QUICK, drain_seconds=3600.0), attendants=ATTENDANTS) as host:
        host.does("publisher", "stubborn")
        stubborn = host.start().wait_for("ready", "publisher")["pid"]

        host.send(Signals.SIGTERM)
        host.wait_for_log("drain")
        host.send(Signals.SIGTERM)
        code = host.exit_code()

        assert code == 1
        assert not host.owns(stubborn)


def test_the_attendant_of_a_killed_supervisor_drains_and_ends(tmp_path: Path) -> None:
    with Host(tmp_path, attendants=ATTENDANTS) as host:
        pid = host.start().wait_for("ready", "publisher")["pid"]

        host.send(Signals.SIGKILL)

        wait_until(lambda: not host.owns(pid), "the orphan's end")
        assert host.events("drained", "publisher")


def test_an_attendant_holds_no_pipe_of_its_supervisor(tmp_path: Path) -> None:
    with Host(tmp_path, attendants=ATTENDANTS) as host:
        host.start().wait_for("started", "roster")
        os.kill(host.wait_for("ready", "publisher")["pid"], signal.SIGKILL)

        of_the_second = host.wait_for("ready", "publisher", times=2)["pipes"]

        assert set(of_the_second) & host.pipes() == set()


def test_the_state_lines_count_attendants_too(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd, Host(tmp_path, attendants=ATTENDANTS) as host:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(20)
        host.environ = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        host.assign("ivanov")
        host.start().wait_for("ready", "publisher")
        ready = next(said for said in iter(lambda: systemd.recv(4096).decode(), "") if "READY=1" in said)

        host.send(Signals.SIGUSR1)

        assert "STATUS=1 of 1 suppliers running, publisher running" in ready
        assert "is running" in host.wait_for_log("publisher_state")["text"]
        assert "is running" in host.wait_for_log("roster_state")["text"]
