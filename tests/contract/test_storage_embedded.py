"""The embedded server: shared, stopped by its last user, well after kill -9, and clear about what is wrong."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from feedback_service.domain.errors import Configuration
from feedback_service.storage import embedded
from feedback_service.storage.cluster import Cluster
from tests.support import postgres

REPOSITORY = Path(__file__).resolve().parents[2]
DEADLINE = 60.0
USER = """
import sys, pathlib
from feedback_service.storage import embedded
print(embedded.start(pathlib.Path(sys.argv[1])), flush=True)
sys.stdin.readline()
"""
"""Another process that uses the server until its stdin is closed."""
FORKS = """
import os, sys, pathlib, asyncio
sys.path.insert(0, ".")
from feedback_service.storage import embedded
from tests.support import postgres
url = embedded.start(pathlib.Path(sys.argv[1]))
pid = os.fork()
if not pid:
    asyncio.run(postgres.execute(url, "SELECT 1"))
    sys.exit(0)
os.waitpid(pid, 0)
asyncio.run(postgres.execute(url, "SELECT 1"))
print("still there")
"""
as_root_only = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with postgres.data_dir() as made:
        yield made


@pytest.fixture
def made_dir(blank_cluster: Path) -> Iterator[Path]:
    """One in which the database is made already, for what does not depend on its making."""
    with postgres.data_dir(blank_cluster) as made:
        yield made


def test_what_was_written_survives_a_restart(data_dir: Path) -> None:
    _run(embedded.start(data_dir), "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('кружка')")

    assert embedded.release(data_dir)
    assert not _is_up(data_dir)

    assert _words(embedded.start(data_dir)) == ["кружка"]


def test_starting_leaves_no_thread_and_no_child_behind(data_dir: Path) -> None:
    threads, children = threading.active_count(), set(psutil.Process().children())

    embedded.start(data_dir)

    assert threading.active_count() == threads
    assert set(psutil.Process().children()) <= children


def test_starting_twice_in_one_process_is_one_use(made_dir: Path) -> None:
    assert embedded.start(made_dir) == embedded.start(made_dir)

    assert embedded.release(made_dir)
    assert not embedded.release(made_dir)


def test_letters_of_every_language_have_their_case(made_dir: Path) -> None:
    url = embedded.start(made_dir)

    ((found,),) = asyncio.run(postgres.fetch(url, "SELECT 'РАЗБИЛАСЬ' ILIKE '%разби%'"))

    assert found


def test_many_workers_find_a_connection_each(made_dir: Path) -> None:
    url = embedded.start(made_dir)

    ((limit,),) = asyncio.run(postgres.fetch(url, "SHOW max_connections"))

    assert int(limit) >= 400


def test_the_server_stays_while_another_process_uses_it(made_dir: Path) -> None:
    url = embedded.start(made_dir)
    with _user(made_dir) as other:
        assert _line(other) == url

        assert not embedded.release(made_dir)
        assert _is_up(made_dir)

        other.communicate("\n", timeout=DEADLINE)
    assert not _is_up(made_dir)


def test_a_process_that_was_killed_does_not_keep_the_server_for_ever(made_dir: Path) -> None:
    embedded.start(made_dir)
    with _user(made_dir) as other:
        _line(other)
        other.kill()
        other.wait(DEADLINE)

    assert embedded.release(made_dir)
    assert not _is_up(made_dir)


def test_a_fork_that_ends_does_not_stop_its_parents_server(made_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKS, str(made_dir)], cwd=REPOSITORY, capture_output=True, text=True, timeout=DEADLINE
    )

    assert done.stdout == "still there\n", done.stderr
    assert not _is_up(made_dir)


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(made_dir: Path) -> None:
    with _user(made_dir, start_new_session=True) as other:
        _line(other)
        server = _server_pid(made_dir)

        assert os.getpgid(server) != os.getpgid(other.pid)
        assert os.getsid(server) != os.getsid(other.pid)
        other.communicate("\n", timeout=DEADLINE)


def test_a_server_that_was_killed_recovers_all_that_was_committed(made_dir: Path) -> None:
    _run(embedded.start(made_dir), "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('кружка')")
    os.kill(_server_pid(made_dir), signal.SIGKILL)
    _until(lambda: not _is_up(made_dir))

    assert _words(embedded.start(made_dir)) == ["кружка"]


def test_a_pid_file_left_by_a_container_whose_pid_is_a_strangers_now_is_no_obstacle(made_dir: Path) -> None:
    embedded.start(made_dir)
    pid_file = made_dir / "postgres" / "postmaster.pid"
    left = pid_file.read_text().split("\n", 1)[1]
    embedded.release(made_dir)
    pid_file.write_text(f"{os.getpid()}\n{left}")

    embedded.start(made_dir)

    assert _is_up(made_dir)


def test_two_processes_that_start_at_once_share_one_server(data_dir: Path) -> None:
    with _user(data_dir) as one, _user(data_dir) as two:
        assert _line(one) == _line(two)
        one.communicate("\n", timeout=DEADLINE)
        assert _is_up(data_dir)
        two.communicate("\n", timeout=DEADLINE)

    assert not _is_up(data_dir)


def test_a_path_too_long_for_a_socket_works_too(data_dir: Path) -> None:
    deep = data_dir / ("deep" * 30)

    url = embedded.start(deep)

    _run(url, "SELECT 1")
    assert embedded.release(deep)
    assert not Cluster(deep / "postgres").socket_dir.exists()


def test_the_database_is_private_to_its_user(data_dir: Path) -> None:
    embedded.start(data_dir)

    assert (data_dir / "postgres").stat().st_mode & 0o077 == 0


def test_a_folder_of_another_postgresql_is_named_and_left_alone(data_dir: Path) -> None:
    folder = data_dir / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("16\n")

    with pytest.raises(Configuration, match="belongs to PostgreSQL 16, this is 18"):
        embedded.start(data_dir)

    assert [file.name for file in folder.iterdir()] == ["PG_VERSION"]


def test_a_data_dir_that_is_a_file_is_named(data_dir: Path) -> None:
    (data_dir / "file").touch()

    with pytest.raises(Configuration, match=r"DATA_DIR .*file cannot be written"):
        embedded.start(data_dir / "file")


@as_root_only
def test_a_data_dir_without_the_right_to_write_is_named(data_dir: Path) -> None:
    data_dir.chmod(0o500)

    with pytest.raises(Configuration, match="Permission denied"):
        embedded.start(data_dir / "inner")


def test_a_full_disk_is_named_when_the_database_is_made(data_dir: Path) -> None:
    full = f"""
import resource, sys, pathlib, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({100_000}, {100_000}))
from feedback_service.storage import embedded
try:
    embedded.start(pathlib.Path(sys.argv[1]))
except Exception as problem:
    print(type(problem).__name__, problem)
"""
    done = subprocess.run(
        [sys.executable, "-c", full, str(data_dir)], cwd=REPOSITORY, capture_output=True, text=True, timeout=DEADLINE
    )

    assert done.stdout.startswith("Configuration embedded PostgreSQL"), done.stderr
    assert done.stdout.count("\n") == 1
    embedded.start(data_dir)
    assert _is_up(data_dir)


def _user(data_dir: Path, **options: bool) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", USER, str(data_dir)]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _is_up(data_dir: Path) -> bool:
    return Cluster(data_dir / "postgres").is_running()


def _server_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])


def _run(url: str, *statements: str) -> None:
    asyncio.run(postgres.execute(url, *statements))


def _words(url: str) -> list[str]:
    return [row[0] for row in asyncio.run(postgres.fetch(url, "SELECT word FROM kept"))]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
