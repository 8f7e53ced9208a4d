"""`.env-example` names exactly the settings that there are, explains each, and is valid as it stands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from dotenv import dotenv_values

from feedback_service.settings import Settings, keys, read_settings

EXAMPLE = Path(__file__).parents[2] / ".env-example"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in keys():
        monkeypatch.delenv(key, raising=False)


def test_its_names_are_those_of_the_settings() -> None:
    written = dotenv_values(EXAMPLE)

    assert sorted(written) == sorted(keys())


def test_its_copy_is_valid_and_changes_no_default(tmp_path: Path) -> None:
    copy = tmp_path / ".env"
    shutil.copy(EXAMPLE, copy)

    assert read_settings(copy) == read_settings(tmp_path / "none") == Settings()


def test_every_name_is_explained_right_above_it() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    names = [index for index, line in enumerate(lines) if line and not line.startswith("#")]

    for index in names:
        assert lines[index - 1].startswith("#") or index - 1 in names, f"{lines[index]} has no comment"


def test_no_value_carries_quotes_or_a_comment_which_docker_would_take_literally() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    values = [line.partition("=")[2] for line in lines if line and not line.startswith("#")]

    assert [value for value in values if set(value) & set("'\"# ")] == []
