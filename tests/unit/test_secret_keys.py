"""The keys to the stored secrets: read from the setting, or made once into a file that only its owner reads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from feedback_service.domain.errors import Configuration
from feedback_service.secret_keys import add_key, keep_first_key, key_file, load_or_create_keys, new_key
from feedback_service.settings import Settings


def settings(folder: Path, secret_keys: str = "") -> Settings:
    return Settings(data_dir=folder / "data", secret_keys=SecretStr(secret_keys))


def test_a_new_key_is_one_that_fernet_takes() -> None:
    key = new_key()

    assert Fernet(key).decrypt(Fernet(key).encrypt(b"token")) == b"token"


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = load_or_create_keys(settings(tmp_path))
    again = load_or_create_keys(settings(tmp_path))

    assert first == again
    assert key_file(settings(tmp_path)).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_those_who_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    crowd = 8
    together = Barrier(crowd)

    def start(folder: Path) -> tuple[str, ...]:
        together.wait()
        return load_or_create_keys(settings(folder))

    with ThreadPoolExecutor(crowd) as pool:
        found = [set(pool.map(start, [tmp_path / str(turn)] * crowd)) for turn in range(50)]

    assert [len(keys) for keys in found] == [1] * 50


def test_the_setting_wins_and_no_file_is_made(tmp_path: Path) -> None:
    keys = (new_key(), new_key())

    assert load_or_create_keys(settings(tmp_path, ", ".join(keys))) == keys
    assert not key_file(settings(tmp_path)).exists()


def test_what_is_no_key_is_named_by_its_place_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(Configuration) as raised:
        load_or_create_keys(settings(tmp_path, f"{new_key()},hidden"))

    assert str(raised.value).startswith("SECRET_KEYS: key 2 is not a key")
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"hidden"])
def test_a_spoilt_key_file_is_never_replaced(tmp_path: Path, content: bytes) -> None:
    file = key_file(settings(tmp_path))
    file.parent.mkdir()
    file.write_bytes(content)
    file.chmod(0o600)

    with pytest.raises(Configuration):
        load_or_create_keys(settings(tmp_path))

    assert file.read_bytes() == content


def test_a_key_file_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    load_or_create_keys(settings(tmp_path))
    key_file(settings(tmp_path)).chmod(0o644)

    with pytest.raises(Configuration, match="chmod 600"):
        load_or_create_keys(settings(tmp_path))


def test_a_data_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    with pytest.raises(Configuration, match="mend DATA_DIR"):
        load_or_create_keys(settings(tmp_path))


def test_an_added_key_encrypts_and_the_old_ones_still_decrypt(tmp_path: Path) -> None:
    (old,) = load_or_create_keys(settings(tmp_path))
    fresh = new_key()

    add_key(key_file(settings(tmp_path)), fresh)

    assert load_or_create_keys(settings(tmp_path)) == (fresh, old)


def test_old_keys_are_forgotten_only_on_request(tmp_path: Path) -> None:
    load_or_create_keys(settings(tmp_path))
    fresh = new_key()
    add_key(key_file(settings(tmp_path)), fresh)

    keep_first_key(key_file(settings(tmp_path)))

    assert load_or_create_keys(settings(tmp_path)) == (fresh,)
