"""scripts/install-system-packages, with stand-ins for what it looks for and for apt-get."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from feedback_service.transports.browser import finding

SCRIPT = Path(__file__).parents[2] / "scripts" / "install-system-packages"
WANTED = ("chromium", "chromedriver", "Xvfb")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A PATH of our own: what the script itself needs, nothing that is installed here besides; and no root."""
    for name in ("sed", "env", "bash", "touch", "chmod"):
        real = next(Path(place) / name for place in ("/usr/bin", "/bin") if (Path(place) / name).exists())
        (tmp_path / name).symlink_to(real)
    put(tmp_path, "id", "echo 1000")
    put(tmp_path, "sudo", '[[ $1 == -n ]] || exit 9; shift; "$@"')
    return tmp_path


def put(folder: Path, name: str, script: str = "") -> None:
    (folder / name).write_text(f"#!/bin/bash\n{script}\n")
    (folder / name).chmod(0o755)


def put_apt(folder: Path, **brings: str) -> None:
    """An apt-get that knows these packages only (`_` for `-`), and the command that each brings."""
    cases = "\n".join(
        f"{package.replace('_', '-')}) touch {folder}/{command}; chmod +x {folder}/{command} ;;"
        for package, command in brings.items()
    )
    put(
        folder,
        "apt-get",
        f'echo "apt-get $*"; [[ $1 == update ]] && exit\ncase ${{!#}} in\n{cases}\n*) exit 100 ;;\nesac',
    )


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(folder), "USUAL_PLACES": ""}
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


@pytest.mark.parametrize("browser", finding.BROWSERS)
@pytest.mark.parametrize("driver", finding.DRIVERS)
def test_whatever_the_service_finds_is_not_missing(folder: Path, browser: str, driver: str) -> None:
    for name in (browser, driver, "Xvfb"):
        put(folder, name)

    checked = run(folder, "--check")

    assert checked.returncode == 0, checked.stderr


def test_it_looks_where_the_service_looks() -> None:
    script = SCRIPT.read_text("utf-8")

    places = re.search(r"^USUAL_PLACES=\$\{USUAL_PLACES-(.*)\}$", script, re.MULTILINE)
    applications = re.search(r"^APPLICATIONS=\((.*?)^\)$", script, re.MULTILINE | re.DOTALL)

    assert places
    assert places[1].split(":") == list(finding.USUAL_PLACES)
    assert applications
    assert re.findall(r'"(.*)"', applications[1]) == list(finding.APPLICATIONS)


def test_what_is_missing_is_installed_and_looked_for_again(folder: Path) -> None:
    put(folder, "chromium")
    put_apt(folder, chromium_driver="chromedriver", xvfb="Xvfb")

    done = run(folder)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "apt-get update -q",
        "apt-get install -q --yes --no-install-recommends chromium-driver",
        "apt-get install -q --yes --no-install-recommends xvfb",
    ]
    assert "installed: chromium-driver\n" in done.stderr
    assert "installed: xvfb\n" in done.stderr


def test_ubuntu_has_other_names(folder: Path) -> None:
    put_apt(folder, chromium_browser="chromium-browser", chromium_chromedriver="chromedriver", xvfb="Xvfb")

    done = run(folder)

    assert done.returncode == 0, done.stderr
    assert "package chromium brings no browser here\n" in done.stderr
    assert "installed: chromium-browser\n" in done.stderr


def test_a_package_that_is_not_to_be_had_spoils_no_other(folder: Path) -> None:
    put_apt(folder, xvfb="Xvfb")

    done = run(folder)

    assert done.returncode == 1
    assert "installed: xvfb\n" in done.stderr
    assert done.stderr.splitlines()[-2:] == [
        "still missing: browser; install Chromium or Google Chrome, or set BROWSER_PATH",
        "still missing: driver; install the chromedriver of the browser's version, or set BROWSER_DRIVER_PATH",
    ]


def test_an_installation_that_brings_nothing_is_a_failure(folder: Path) -> None:
    put(folder, "apt-get", "true")

    assert run(folder).returncode == 1


def test_a_password_is_never_asked_for(folder: Path) -> None:
    put(folder, "sudo", "echo 'sudo: a password is required' >&2; exit 1")
    put(folder, "apt-get", "echo should not run")

    tried = run(folder)

    assert (tried.returncode, tried.stdout) == (1, "")
    told = "sudo would ask for a password: run: sudo apt-get install chromium chromium-driver xvfb"
    assert tried.stderr.splitlines()[-1] == told
    assert "a password is required" not in tried.stderr


def test_without_apt_the_packages_are_named_for_the_reader(folder: Path) -> None:
    tried = run(folder)

    assert tried.returncode == 1
    assert "install with this system's package manager: chromium chromium-driver xvfb" in tried.stderr
