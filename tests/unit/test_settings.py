"""Settings come from the environment and `.env`; each mistake is one line that names the key and hides the value."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.domain.errors import Configuration
from feedback_service.settings import keys, read_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in keys():
        monkeypatch.delenv(key, raising=False)


def written(folder: Path, content: str | bytes) -> Path:
    file = folder / ".env"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_without_any_setting_the_embedded_database_is_meant(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / ".env")

    assert settings.embedded


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAIN_SECONDS", "7")

    settings = read_settings(written(tmp_path, "DRAIN_SECONDS=9\nLEASE_SECONDS=11\n"))

    assert (settings.drain_seconds, settings.lease_seconds) == (7, 11)


def test_an_empty_value_means_the_default(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, "DRAIN_SECONDS=\nDATA_DIR=\n"))

    assert (settings.drain_seconds, settings.data_dir) == (30, Path("data"))


def test_a_misspelt_key_is_told_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(Configuration, match=r"unknown key DATABASE_ULR; did you mean DATABASE_URL\?"):
        read_settings(written(tmp_path, "DATABASE_ULR=postgresql://x\n"))


def test_other_names_are_secrets_that_suppliers_yaml_refers_to(tmp_path: Path) -> None:
    read_settings(written(tmp_path, "WB_TOKEN=eyJ\n"))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("DRAIN_SECONDS=soon", "DRAIN_SECONDS"),
        ("LEASE_SECONDS=-1", "LEASE_SECONDS"),
        ("LOG_FORMAT=xml", "LOG_FORMAT"),
        ("LOG_LEVEL=LOUD", "LOG_LEVEL"),
        ("APPLY_MIGRATIONS=perhaps", "APPLY_MIGRATIONS"),
    ],
)
def test_a_wrong_value_is_one_line_with_its_key(tmp_path: Path, line: str, key: str) -> None:
    with pytest.raises(Configuration) as raised:
        read_settings(written(tmp_path, line))

    assert f"setting {key} " in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_in_another_encoding_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(Configuration, match="save it as UTF-8"):
        read_settings(written(tmp_path, "# ключ\nDRAIN_SECONDS=7\n".encode("cp1251")))


def test_secrets_do_not_show_themselves(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, "OPENAI_API_KEY=hidden\nDATABASE_URL=hidden\nSECRET_KEYS=hidden\n"))

    assert "hidden" not in repr(settings)
