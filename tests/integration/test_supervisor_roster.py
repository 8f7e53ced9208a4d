"""Suppliers that come, change and go while the host runs."""

import dataclasses
import os
import signal
from pathlib import Path
from signal import Signals

from tests.support.supervising import QUICK, Host


def test_an_added_supplier_starts_and_disturbs_nobody(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        host.start().wait_for("ready", "ivanov")

        host.assign("ivanov", "petrov")

        host.wait_for("ready", "petrov")
        assert len(host.events("started", "ivanov")) == 1
        assert host.events("drained") == []


def test_a_changed_supplier_is_drained_before_its_next_worker_starts_without_delay(tmp_path: Path) -> None:
    with Host(tmp_path, dataclasses.replace(QUICK, first_delay_seconds=3600.0)) as host:
        host.assign("ivanov", "petrov")
        host.start().wait_for("ready", "ivanov")
        host.wait_for("ready", "petrov")

        host.assign(("ivanov", 1, "f2"), "petrov")
        again = host.wait_for("started", "ivanov", times=2)

        assert again["fingerprint"] == "f2"
        assert host.events("drained", "ivanov")[0]["at"] < again["at"]
        assert len(host.events("started", "petrov")) == 1


def test_a_lease_taken_anew_starts_a_worker_with_the_new_epoch(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign(("ivanov", 1, "f1"))
        host.start().wait_for("ready", "ivanov")

        host.assign(("ivanov", 2, "f1"))

        assert host.wait_for("started", "ivanov", times=2)["epoch"] == 2


def test_a_removed_supplier_is_drained_and_may_come_back(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.start().wait_for("ready", "ivanov")
        host.wait_for("ready", "petrov")

        host.assign("petrov")
        host.wait_for("drained", "ivanov")
        host.assign("ivanov", "petrov")

        host.wait_for("ready", "ivanov", times=2)
        assert len(host.events("started", "petrov")) == 1


def test_a_supplier_never_has_two_workers_at_once(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.does("ivanov", "stubborn")
        host.assign("ivanov")
        stubborn = host.start().wait_for("ready", "ivanov")["pid"]
        host.does("ivanov", "live")

        host.assign()
        host.assign(("ivanov", 2, "f2"))
        host.wait_for("ready", "ivanov", times=2)

        assert not host.owns(stubborn)
        assert host.logs("worker_killed", "ivanov")
        assert host.events("started", "ivanov")[-1]["epoch"] == 2


def test_sighup_has_the_roster_read_again_and_gives_the_parked_another_chance(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.does("ivanov", "exit 78")
        host.start().wait_for_log("supplier_parked", "ivanov")
        host.does("ivanov", "live")

        host.send(Signals.SIGHUP)

        host.wait_for("reread", "roster")
        host.wait_for("ready", "ivanov")
        assert len(host.events("started", "petrov")) == 1


def test_a_terminal_that_hangs_up_ends_no_worker(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        worker = host.start().wait_for("ready", "ivanov")["pid"]

        os.killpg(host.pid, signal.SIGHUP)
        host.wait_for("reread", "roster")

        assert host.owns(worker)
        assert len(host.events("started", "ivanov")) == 1


def test_sigusr1_logs_the_state_of_every_child(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov", "petrov")
        host.does("ivanov", "exit 78")
        host.start().wait_for_log("supplier_parked", "ivanov")
        host.wait_for("ready", "petrov")

        host.send(Signals.SIGUSR1)

        assert "is running" in host.wait_for_log("worker_state", "petrov")["text"]
        assert "is parked" in host.wait_for_log("worker_state", "ivanov")["text"]


def test_a_set_larger_than_the_pipe_arrives_whole(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        host.start().wait_for("ready", "ivanov")

        host.assign(("ivanov", 1, "x" * 300_000), "petrov")

        host.wait_for("ready", "petrov")
        assert len(host.wait_for("started", "ivanov", times=2)["fingerprint"]) == 300_000


def test_a_worker_holds_no_pipe_of_its_supervisor(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        of_the_worker = host.start().wait_for("ready", "ivanov")["pipes"]
        of_the_roster = host.wait_for("started", "roster")["pipes"]

        of_the_supervisor = host.pipes()

        assert len(of_the_supervisor) == 2  # its inbox and the roster's
        assert set(of_the_worker) & of_the_supervisor == set()
        assert len(set(of_the_roster) & of_the_supervisor) == 1


def test_a_roster_that_ended_leaves_no_pipe_behind(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.does("roster", "exit 1")
        host.start().wait_for("started", "roster", times=4)
        host.does("roster", "live")
        host.assign("ivanov")

        host.wait_for("ready", "ivanov")

        assert len(host.pipes()) == 2
