"""What systemd hears on a real datagram socket."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from signal import Signals

import pytest

from feedback_service.supervisor import Notifier
from tests.support.supervising import Host


class Systemd:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(20)
        self.heard: list[dict[str, str]] = []

    def wait_for(self, variable: str) -> dict[str, str]:
        """The next datagram that has this variable."""
        while True:
            text = self.socket.recv(4096).decode()
            self.heard.append(dict(line.split("=", 1) for line in text.splitlines()))
            if variable in self.heard[-1]:
                return self.heard[-1]

    def rest(self) -> list[dict[str, str]]:
        """What has arrived since."""
        before = len(self.heard)
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            self.wait_for("nothing")
        return self.heard[before:]


@pytest.fixture(params=["path", "abstract"])
def named(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """A socket's address as the kernel wants it, and as systemd writes it."""
    if request.param == "path":
        return str(tmp_path / "notify"), str(tmp_path / "notify")
    return f"\0feedback-{os.getpid()}", f"@feedback-{os.getpid()}"


@pytest.fixture
def systemd(named: tuple[str, str]) -> Iterator[Systemd]:
    systemd = Systemd(named[0])
    yield systemd
    systemd.socket.close()


def test_systemd_hears_of_every_turn_of_a_hosts_life(tmp_path: Path, named: tuple[str, str], systemd: Systemd) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")
        host.environ = {"NOTIFY_SOCKET": named[1], "WATCHDOG_USEC": "200000"}
        host.start()

        ready = systemd.wait_for("READY")
        alive = [systemd.wait_for("WATCHDOG") for _ in range(3)]
        times_ready = sum("READY" in one for one in systemd.heard)
        host.send(Signals.SIGHUP)
        reloading = systemd.wait_for("RELOADING")
        ready_again = systemd.wait_for("READY")
        host.send(Signals.SIGTERM)
        stopping = systemd.wait_for("STOPPING")

        assert ready == {"READY": "1", "STATUS": "1 of 1 suppliers running"}
        assert times_ready == 1
        assert alive == [{"WATCHDOG": "1"}] * 3
        assert reloading["RELOADING"] == "1"
        assert int(reloading["MONOTONIC_USEC"]) > 0
        assert ready_again["READY"] == "1"
        assert stopping["STOPPING"] == "1"
        assert host.exit_code() == 0


def test_ready_waits_for_the_first_set(tmp_path: Path) -> None:
    systemd = Systemd(str(tmp_path / "notify"))
    with Host(tmp_path) as host:
        host.environ = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
        host.does("roster", "exit 1")
        host.start().wait_for("started", "roster", times=2)
        systemd.wait_for("WATCHDOG")
        before = list(systemd.heard)

        host.does("roster", "live")
        systemd.wait_for("READY")

        assert not any("READY" in one for one in before)
    systemd.socket.close()


def test_a_set_that_comes_during_the_drain_makes_nobody_ready(tmp_path: Path) -> None:
    systemd = Systemd(str(tmp_path / "notify"))
    with Host(tmp_path) as host:
        host.environ = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        host.assign("ivanov")
        host.does("ivanov", "stubborn")
        host.start().wait_for("ready", "ivanov")

        host.send(Signals.SIGTERM)
        systemd.wait_for("STOPPING")
        host.assign("ivanov", "petrov")
        host.wait_for("published", "roster", times=2)
        host.exit_code()

        assert not any("READY" in one for one in systemd.rest())
    systemd.socket.close()


def test_the_status_says_who_is_parked(tmp_path: Path) -> None:
    systemd = Systemd(str(tmp_path / "notify"))
    with Host(tmp_path) as host:
        host.environ = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        host.assign("ivanov", "petrov")
        host.does("ivanov", "exit 78")
        host.start().wait_for_log("supplier_parked")

        systemd.wait_for("READY")
        parked = systemd.wait_for("STATUS")

        assert parked["STATUS"] == "1 of 2 suppliers running, 1 parked"
        assert "WATCHDOG" not in {name for one in systemd.heard for name in one}
    systemd.socket.close()


def test_a_socket_nobody_listens_on_stops_nothing(tmp_path: Path) -> None:
    notifier = Notifier(str(tmp_path / "nobody"))

    notifier.ready("all is well")
