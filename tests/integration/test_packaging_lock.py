"""The lock files: every package by its hash, from no named place, and what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ["requirements.lock", "requirements-dev.lock"]
BUILD, DEV = PROJECT["dependency-groups"]["build"], PROJECT["dependency-groups"]["dev"]
ASKED = {
    "requirements.lock": PROJECT["project"]["dependencies"] + BUILD,
    "requirements-dev.lock": PROJECT["project"]["dependencies"] + BUILD + DEV,
}


def entries(lock: str) -> list[str]:
    """One line per package, its hashes included, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / lock).read_text(), flags=re.MULTILINE)
    return [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def versions(lock: str) -> dict[str, str]:
    pinned = (re.match(r"([A-Za-z0-9._-]+)(?:\[.*\])?==(\S+)", entry) for entry in entries(lock))
    return {canonicalize_name(found[1]): found[2] for found in pinned if found}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_and_has_a_hash(lock: str) -> None:
    careless = [entry for entry in entries(lock) if not re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)]

    assert careless == []
    assert len(versions(lock)) > 50


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_says_where_packages_come_from(lock: str) -> None:
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links", (ROOT / lock).read_text()) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_has_what_the_project_asks_for(lock: str) -> None:
    pinned = versions(lock)
    asked = [Requirement(line) for line in ASKED[lock]]

    missing = [str(one) for one in asked if not one.specifier.contains(pinned.get(canonicalize_name(one.name), "0"))]

    assert missing == []


def test_what_is_tested_is_what_runs() -> None:
    running, tested = versions("requirements.lock"), versions("requirements-dev.lock")

    assert {name: tested.get(name) for name in running} == running


def test_setuptools_is_pinned_for_the_one_package_that_is_built() -> None:
    assert "setuptools" in versions("requirements.lock")
