"""A parent that holds a thread or a loop is refused, loudly and before any child exists."""

from pathlib import Path

import pytest

from tests.support.supervising import Host


@pytest.mark.parametrize(
    ("before", "obstacle"),
    [
        ("thread", "1 more thread(s) (careless)"),
        ("native thread", "1 more thread(s) of a native library"),
        ("loop", "a running asyncio loop"),
        ("open loop", "an open asyncio loop"),
    ],
)
def test_a_parent_that_cannot_fork_safely_fails_loudly(tmp_path: Path, before: str, obstacle: str) -> None:
    with Host(tmp_path, before=before) as host:
        host.assign("ivanov")

        code = host.start().exit_code()

        assert code == 1
        assert f"UnsafeFork: cannot fork workers: this process holds {obstacle}" in host.stderr()
        assert "create those in the child" in host.stderr()
        assert host.events() == []


def test_a_loop_that_is_closed_is_no_obstacle(tmp_path: Path) -> None:
    with Host(tmp_path, before="closed loop") as host:
        host.assign("ivanov")

        host.start().wait_for("ready", "ivanov")


def test_a_thread_that_appears_later_drains_the_workers_and_fails_loudly(tmp_path: Path) -> None:
    with Host(tmp_path, before="thread on SIGUSR2") as host:
        host.assign("ivanov")
        host.start().wait_for("ready", "ivanov")

        host.grow_a_thread()
        host.assign("ivanov", "petrov")
        code = host.exit_code()

        assert code == 1
        assert "UnsafeFork" in host.stderr()
        assert host.events("drained", "ivanov")
        assert host.events("started", "petrov") == []


def test_what_the_parent_imported_is_hidden_from_the_collector_so_that_children_share_it(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.assign("ivanov")

        frozen = host.start().wait_for("ready", "ivanov")["frozen"]

        assert frozen > 10_000  # objects; asyncio alone brings that many
