"""The systemd units, checked by systemd itself where it is installed."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = (
    "feedback-service.service",
    "feedback-service@.service",
    "feedback-service-once.service",
    "feedback-service-publisher.service",
)
PROGRAM = "/opt/feedback-service/bin/feedback-service"

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


def settings_of(unit: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    parser.read_string((UNITS / unit).read_text().replace("\\\n", " "))
    return {name: value for section in parser.sections() for name, value in parser[section].items()}


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Copies whose program exists here: systemd looks for it."""
    for unit in UNITS.iterdir():
        text = unit.read_text().replace(PROGRAM, "/bin/true")
        name = unit.name.replace("@.", "@romashka.")
        (tmp_path / name).write_text(text)
    return tmp_path


@needs_systemd
def test_systemd_finds_nothing_to_complain_about(units: Path) -> None:
    files = sorted(str(unit) for unit in units.iterdir())

    verdict = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, timeout=60)

    assert len(files) == 5
    assert verdict.stderr + verdict.stdout == ""
    assert verdict.returncode == 0


@needs_systemd
@pytest.mark.parametrize(
    "unit", ["feedback-service.service", "feedback-service-once.service", "feedback-service-publisher.service"]
)
def test_systemd_rates_the_exposure_as_ok(units: Path, unit: str) -> None:
    rating = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(units / unit)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    if "unrecognized option" in rating.stderr:
        pytest.skip("this systemd cannot rate a unit that is not installed")

    found = re.search(r"Overall exposure level for .*: ([\d.]+)", rating.stdout)

    assert found, rating.stdout + rating.stderr
    sys.stdout.write(f"{unit}: exposure {found[1]}\n")  # pytest -rP shows it
    assert float(found[1]) < 3.0


def test_the_daemon_is_watched_reloaded_drained_and_parked_on_a_wrong_configuration() -> None:
    unit = settings_of("feedback-service.service")

    assert unit["ExecStart"] == f"{PROGRAM} run"
    assert (unit["Type"], unit["NotifyAccess"], unit["WatchdogSec"]) == ("notify", "main", "30")
    assert (unit["Restart"], unit["RestartPreventExitStatus"]) == ("on-failure", "78")
    assert unit["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert (unit["KillMode"], unit["TimeoutStopSec"]) == ("mixed", "60")


def test_the_instance_unit_runs_one_supplier_and_waits_for_no_notification() -> None:
    unit = settings_of("feedback-service@.service")

    assert unit["ExecStart"] == f"{PROGRAM} run --supplier %i"
    assert (unit["Type"], unit["Restart"], unit["RestartPreventExitStatus"]) == ("exec", "on-failure", "78")
    assert "WatchdogSec" not in unit


def test_the_publishers_unit_drains_and_is_parked_on_a_wrong_configuration() -> None:
    unit = settings_of("feedback-service-publisher.service")

    assert unit["ExecStart"] == f"{PROGRAM} publisher"
    assert (unit["Type"], unit["Restart"], unit["RestartPreventExitStatus"]) == ("exec", "on-failure", "78")
    assert (unit["KillMode"], unit["TimeoutStopSec"]) == ("mixed", "60")


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_locked_in_but_leaves_chromium_its_sandbox(service: str) -> None:
    unit = settings_of(service)

    assert unit["User"] == "feedback-service"
    assert unit["CapabilityBoundingSet"] == ""
    assert (unit["NoNewPrivileges"], unit["ProtectSystem"], unit["ProtectHome"]) == ("yes", "strict", "yes")
    assert "@system-service" in unit["SystemCallFilter"]
    assert "MemoryDenyWriteExecute" not in unit
    assert "RestrictNamespaces" not in unit
