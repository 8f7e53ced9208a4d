"""One-shot runs from cron or a timer: a pass that is still going keeps the next one out."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"

needs_flock = pytest.mark.skipif(not shutil.which("flock"), reason="flock is not installed")


def cron_line() -> str:
    lines = (DEPLOY / "cron" / "feedback-service.cron").read_text().splitlines()
    return next(line for line in lines if line.startswith("*/"))


def timer_command() -> str:
    text = (DEPLOY / "systemd" / "feedback-service-once.service").read_text().replace("\\\n", " ")
    return next(line.removeprefix("ExecStart=") for line in text.splitlines() if line.startswith("ExecStart="))


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A stand-in for the program: it tells its arguments, then works until its input ends."""
    program = tmp_path / "feedback-service"
    program.write_text('#!/bin/sh\necho "$@"\ncat\nexit 3\n')
    program.chmod(0o755)
    return program


@needs_flock
@pytest.mark.parametrize("line", [cron_line().split(maxsplit=6)[6], timer_command()], ids=["cron", "timer"])
def test_overlapping_passes_exclude_each_other(line: str, service: Path, tmp_path: Path) -> None:
    command = (
        line.replace("/var/lib/feedback-service", str(tmp_path))
        .replace("%t/feedback-service-once", str(tmp_path))
        .replace("/opt/feedback-service/bin/feedback-service", str(service))
        .replace(">/dev/null", "")
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    first = subprocess.Popen(
        ["/bin/sh", "-c", command], env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert first.stdout
    begun = first.stdout.readline()

    second = subprocess.run(
        ["/bin/sh", "-c", command],
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
    )
    first.communicate(timeout=30)

    assert begun == "run --once\n"
    assert (second.returncode, second.stdout) == (0, "")
    assert first.returncode == 3  # its own exit code comes through


def test_the_cron_example_is_a_valid_line_for_a_user_of_its_own() -> None:
    minute, hour, day, month, weekday, user, command = cron_line().split(maxsplit=6)

    assert (minute, hour, day, month, weekday) == ("*/10", "*", "*", "*", "*")
    assert user == "feedback-service"
    assert "%" not in command  # cron would take it for a line break
    assert shlex.split(command)[:2] == ["cd", "/var/lib/feedback-service"]


def test_the_timer_starts_the_one_shot_unit() -> None:
    timer = (DEPLOY / "systemd" / "feedback-service-once.timer").read_text()
    unit = (DEPLOY / "systemd" / "feedback-service-once.service").read_text()

    assert "OnUnitInactiveSec=" in timer
    assert "Unit=" not in timer.replace("[Unit]", "")  # by its name: the service of the same name
    assert "Type=oneshot" in unit
