"""The wheel: what is in it, and that the service finds its own files where only the wheel is there."""

import configparser
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = "import sys; from poetry.core.masonry.api import build_wheel; print(build_wheel(sys.argv[1]))"


def output_of(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=os.environ | environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    return folder / output_of("-c", BUILD, folder, cwd=ROOT).strip()


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def files_below(*folders: Path) -> set[Path]:
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    return {path for path in found if "__pycache__" not in path.parts}


def test_the_wheel_has_the_package_and_the_migrations_to_the_last_file_and_nothing_besides(unpacked: Path) -> None:
    in_the_tree = {path.relative_to(ROOT) for path in files_below(ROOT / "feedback_service", ROOT / "migrations")}

    in_the_wheel = {path.relative_to(unpacked) for path in files_below(unpacked)}

    assert {path for path in in_the_wheel if not path.parts[0].endswith(".dist-info")} == in_the_tree


def test_the_wheel_brings_the_command_and_the_licence(unpacked: Path) -> None:
    [about] = unpacked.glob("*.dist-info")
    entry_points = configparser.ConfigParser()
    entry_points.read(about / "entry_points.txt")

    assert dict(entry_points["console_scripts"]) == {"feedback-service": "feedback_service.__main__:main"}
    assert (about / "licenses" / "LICENSE").is_file()


def test_the_unpacked_wheel_finds_its_platforms_and_its_migrations(unpacked: Path, tmp_path: Path) -> None:
    where = "from feedback_service.storage import migrate as m; print(m.SCRIPTS, m.head_revision())"

    scripts, head = output_of("-c", where, cwd=tmp_path, PYTHONPATH=str(unpacked)).split()
    platforms = output_of("-m", "feedback_service", "platforms", cwd=tmp_path, PYTHONPATH=str(unpacked))

    assert Path(scripts) == unpacked / "migrations"
    assert sorted((unpacked / "migrations" / "versions").glob(f"{head}_*.py"))
    assert "wildberries" in platforms
