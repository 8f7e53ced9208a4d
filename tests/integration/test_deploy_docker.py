"""The Dockerfile, as far as it can be judged without an engine."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def last_stage() -> list[tuple[str, str]]:
    every = instructions()
    return every[max(index for index, (word, _) in enumerate(every) if word == "FROM") :]


def value_of(word: str) -> str:
    return [rest for found, rest in last_stage() if found == word][-1]


def sources() -> list[str]:
    copies = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and not rest.startswith("--from")]
    return [source for copy in copies for source in copy]


def test_every_stage_starts_from_a_slim_debian_with_python() -> None:
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]

    assert bases == ["python:3.13-slim-bookworm"] * 2


def test_all_that_is_copied_exists_and_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    allowed = {line[1:] for line in ignored if line.startswith("!")}

    assert "feedback_service" in sources()
    assert [source for source in sources() if not (ROOT / source).exists()] == []
    assert set(sources()) == allowed


def test_no_settings_and_no_keys_reach_the_builder() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    last_allowed = max(index for index, line in enumerate(lines) if line.startswith("!"))

    assert lines[0] == "*"  # nothing, then what is named, and never these:
    assert {"**/.env", "**/.env.*", "**/*.key", "**/*.pem"} <= set(lines[last_allowed + 1 :])


def test_the_container_runs_the_daemon_as_nobody_special_under_an_init() -> None:
    assert value_of("USER") == "feedback"
    assert json.loads(value_of("ENTRYPOINT")) == ["tini", "--", "feedback-service"]
    assert json.loads(value_of("CMD")) == ["run"]
    assert value_of("STOPSIGNAL") == "SIGTERM"
    assert value_of("VOLUME") == value_of("WORKDIR") == "/var/lib/feedback-service"
    assert value_of("HEALTHCHECK").endswith('CMD ["feedback-service", "health"]')


def test_the_image_has_every_program_that_a_setting_may_ask_for() -> None:
    (installed,) = [rest for word, rest in last_stage() if word == "RUN" and "apt-get install" in rest]

    assert {"chromium", "chromium-driver", "xvfb", "tini", "ca-certificates"} <= set(installed.split())


def test_the_embedded_database_is_kept_in_the_volume_whether_data_dir_is_set_or_empty() -> None:
    environment = dict(pair.split("=", 1) for pair in value_of("ENV").split())

    assert environment["DATA_DIR"] == value_of("VOLUME") + "/data"
    assert environment["DATA_DIR"] == value_of("WORKDIR") + "/data"  # what an empty DATA_DIR means: ./data
    assert environment["PYTHONUNBUFFERED"] == "1"


def test_everything_is_installed_by_hash_and_from_no_named_index() -> None:
    installs = [
        part for word, rest in instructions() if word == "RUN" for part in rest.split("&&") if "pip install" in part
    ]

    assert all("--require-hashes" in part or "--no-deps" in part for part in installs)
    assert all("--no-build-isolation" in part or "setuptools.lock" in part for part in installs)
    assert not re.search(r"index-url|https?://|trusted-host|find-links", DOCKERFILE)
    assert not re.search(r"(?i)(token|password|secret|api_key)\w*=", DOCKERFILE)


@pytest.mark.skipif(not shutil.which("sed"), reason="sed is not installed")
def test_the_build_tool_is_taken_from_the_lock_with_its_hashes(tmp_path: Path) -> None:
    found = re.search(r"sed -n '([^']+)' requirements.lock", DOCKERFILE)
    assert found

    taken = subprocess.run(
        ["sed", "-n", found[1], str(ROOT / "requirements.lock")], capture_output=True, text=True, check=True
    ).stdout

    assert re.findall(r"^\S+(?===)", taken, re.MULTILINE) == ["setuptools"]
    assert "--hash=sha256:" in taken
    assert not taken.rstrip().endswith("\\")
