"""The commands of a first hour: what make offers, and what a machine without a fitting Python is told."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE_VENV = ROOT / "scripts" / "make-venv"
TOOLS = ("bash", "env", "id", "rm", "cat")


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of commands as on a machine without any Python."""
    for tool in TOOLS:
        (tmp_path / tool).symlink_to(
            next(place for place in (Path("/bin") / tool, Path("/usr/bin") / tool) if place.exists())
        )
    return tmp_path


def put_python(folder: Path, name: str, *, makes_venvs: bool) -> None:
    """A Python by name that says that it fits, and whether it can make virtual environments."""
    answers = f'case "$2" in *ensurepip*) exit {int(not makes_venvs)};; *venv\\"*) echo {name}-venv;; esac'
    script = f'#!/bin/bash\n[ "$1" = --version ] && echo "{name} by name"\n[ "$1" = -m ] && echo "$@"\n{answers}\n'
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("target", [[], ["help"]])
def test_make_alone_says_what_can_be_made(target: list[str]) -> None:
    shown = run("make", "--no-print-directory", *target, PATH=os.environ["PATH"])

    assert shown.returncode == 0, shown.stderr
    offered = [line.split()[0] for line in shown.stdout.splitlines() if line and "=" not in line.split()[0]]
    assert offered == ["help", "run", "test", "check", "bench", "browser", "lock", "clean"]


def test_a_machine_without_python_is_told_what_to_install(bare: Path) -> None:
    told = run(MAKE_VENV, bare / "venv", PATH=str(bare))

    assert told.returncode == 1
    assert told.stderr.startswith("error: no Python from 3.11 to 3.14 found; install one")


def test_a_python_that_was_named_and_does_not_fit_is_an_error(bare: Path) -> None:
    put_python(bare, "python3.11", makes_venvs=True)

    told = run(MAKE_VENV, bare / "venv", PATH=str(bare), PYTHON="python9")

    assert told.returncode == 1
    assert told.stderr == "error: PYTHON=python9 is not a Python from 3.11 to 3.14\n"


def test_who_cannot_install_packages_is_told_which_one_is_missing(bare: Path) -> None:
    put_python(bare, "python3", makes_venvs=False)

    told = run(MAKE_VENV, bare / "venv", PATH=str(bare))

    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "apt-get install python3-venv" in told.stderr


def test_a_python_that_makes_virtual_environments_goes_before_a_newer_one_that_does_not(bare: Path) -> None:
    put_python(bare, "python3.13", makes_venvs=False)
    put_python(bare, "python3.11", makes_venvs=True)
    (bare / "venv").mkdir()

    made = run(MAKE_VENV, bare / "venv", PATH=str(bare))

    assert made.returncode == 0, made.stderr
    assert "with python3.11 by name" in made.stdout
    assert (bare / "venv" / "place").read_text() == f"{ROOT}\n"
