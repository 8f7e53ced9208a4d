"""scripts/install-system-packages, with stand-ins for what it looks for and for apt-get."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "install-system-packages"
WANTED = ("chromium", "chromedriver", "Xvfb")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A PATH of our own: bash's own words, sed and env, nothing that is installed here besides."""
    for name in ("sed", "env", "bash", "touch", "chmod"):
        real = next(Path(place) / name for place in ("/usr/bin", "/bin") if (Path(place) / name).exists())
        (tmp_path / name).symlink_to(real)
    return tmp_path


def put(folder: Path, name: str, script: str = "") -> None:
    (folder / name).write_text(f"#!/bin/bash\n{script}\n")
    (folder / name).chmod(0o755)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(folder)}
    return subprocess.run(
        ["/bin/bash", str(SCRIPT), *arguments], env=environment, capture_output=True, text=True, timeout=30
    )


def test_a_check_names_what_is_missing_and_installs_nothing(folder: Path) -> None:
    put(folder, "chromium")
    put(folder, "apt-get", "touch called; echo should not run")

    checked = run(folder, "--check")

    assert checked.returncode == 1
    assert "not installed: chromium-driver xvfb" in checked.stderr
    assert "should not run" not in checked.stdout


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_nothing_is_done_where_nothing_is_missing(folder: Path, arguments: tuple[str, ...]) -> None:
    for name in WANTED:
        put(folder, name)
    put(folder, "apt-get", "echo should not run")

    done = run(folder, *arguments)

    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing is missing" in done.stderr


def test_what_is_missing_is_installed_and_looked_for_again(folder: Path) -> None:
    put(folder, "chromium")
    put(folder, "sudo", '"$@"')
    made = "; ".join(f"touch {folder}/{name}; chmod +x {folder}/{name}" for name in WANTED)
    put(folder, "apt-get", f'echo "apt-get $*"; [[ $1 == update ]] || {{ {made}; }}')

    done = run(folder)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "apt-get update -q",
        "apt-get install -q --yes --no-install-recommends chromium-driver xvfb",
    ]
    assert "installed: chromium-driver xvfb" in done.stderr


def test_an_installation_that_brings_nothing_is_a_failure(folder: Path) -> None:
    put(folder, "sudo", '"$@"')
    put(folder, "apt-get", "true")

    assert run(folder).returncode == 1


def test_without_apt_the_packages_are_named_for_the_reader(folder: Path) -> None:
    tried = run(folder)

    assert tried.returncode == 1
    assert "install with this system's package manager: chromium chromium-driver xvfb" in tried.stderr
