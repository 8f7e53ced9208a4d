"""Programs that we start are ended with all that they started, whatever breaks off the wait for them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from io import BufferedWriter
from pathlib import Path

import psutil
import pytest

from feedback_service.transports.programs import Program, signals_wait
from tests.support.service import until

FAMILY = ["/bin/sh", "-c", "sleep 600 & echo $!; wait"]


class Ended(BaseException):
    """What the test's handler of SIGTERM raises."""


@pytest.fixture
def sigterm_raises() -> Iterator[None]:
    def end(*_: object) -> None:
        raise Ended

    before = signal.signal(signal.SIGTERM, end)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def output(tmp_path: Path) -> Iterator[BufferedWriter]:
    with (tmp_path / "log").open("wb") as log:
        yield log


def program(output: BufferedWriter, words: list[str] = FAMILY) -> Program:
    return Program(words=words, output=output, environment=os.environ, cwd=Path("/"))


@pytest.mark.usefixtures("sigterm_raises")
def test_a_signal_during_the_start_is_heard_when_the_start_is_known() -> None:
    known = []

    def start() -> None:
        with signals_wait():
            signal.raise_signal(signal.SIGTERM)
            known.append("started")

    with pytest.raises(Ended):
        start()

    assert known == ["started"]


@pytest.mark.usefixtures("sigterm_raises")
def test_a_program_broken_off_by_a_signal_leaves_no_child_of_its_own(output: BufferedWriter) -> None:
    log = Path(output.name)

    def run() -> None:
        with program(output).running() as process:
            until("the child runs", lambda: log.read_text().strip(), 10)
            os.kill(os.getpid(), signal.SIGTERM)
            process.wait(30)

    with pytest.raises(Ended):
        run()

    child = int(log.read_text())
    until("the child is gone", lambda: not _lives(child), 10)


def test_a_program_that_ends_by_itself_gives_its_code(output: BufferedWriter) -> None:
    with program(output, ["/bin/sh", "-c", "exit 7"]).running() as process:
        assert process.wait(30) == 7


def test_a_program_that_does_not_exist_is_an_error_of_the_system(output: BufferedWriter) -> None:
    with pytest.raises(FileNotFoundError), program(output, ["/no/such/program"]).running():
        pass


def test_another_thread_starts_programs_without_touching_signals(output: BufferedWriter) -> None:
    codes: list[int] = []

    def work() -> None:
        with program(output, ["/bin/sh", "-c", "exit 3"]).running() as process:
            codes.append(process.wait(30))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert codes == [3]


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
