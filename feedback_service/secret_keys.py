"""The keys that encrypt credentials at rest: from SECRET_KEYS, or from a key file that is made once."""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from pathlib import Path
from typing import Protocol

from feedback_service.domain.errors import Configuration

KEY_FILE = "secret.key"
KEY_BYTES = 32
"""A Fernet key: 16 bytes sign, 16 encrypt."""
OTHERS = 0o007
"""Rights of everybody else; a group may read, as container volumes often insist on it."""


class Secret(Protocol):
    def get_secret_value(self) -> str: ...


class KeySettings(Protocol):
    """What is read of the settings."""

    @property
    def data_dir(self) -> Path: ...

    @property
    def secret_keys(self) -> Secret: ...


def new_key() -> str:
    """A fresh random key, as SECRET_KEYS and the key file hold it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def key_file(settings: KeySettings) -> Path:
    """Where the keys are kept while SECRET_KEYS is empty."""
    return settings.data_dir / KEY_FILE


def load_or_create_keys(settings: KeySettings) -> tuple[str, ...]:
    """All keys, the encrypting one first; raises Configuration, which never shows a key."""
    written = settings.secret_keys.get_secret_value()
    if written:
        return _parsed(written, "SECRET_KEYS")
    path = key_file(settings)
    try:
        if not path.exists():
            _create(path, new_key())
        if path.stat().st_mode & OTHERS:
            raise Configuration(f"{path} can be read by everybody; run: chmod 600 {path}")
        return _parsed(path.read_text("ascii"), str(path))
    except OSError as problem:
        raise Configuration(f"{path}: {problem.strerror}; mend DATA_DIR, or set SECRET_KEYS") from None
    except UnicodeDecodeError:
        raise Configuration(f"{path} is not a key file; restore it from your backup") from None


def add_key(path: Path, key: str) -> None:
    """Put a key before those of the file, which stay to decrypt what they encrypted; readers see the old or the new."""
    fresh = _written_beside(path, f"{key}\n{path.read_text('ascii')}")
    fresh.replace(path)


def keep_first_key(path: Path) -> None:
    """Forget all keys but the encrypting one."""
    first = _parsed(path.read_text("ascii"), str(path))[0]
    _written_beside(path, f"{first}\n").replace(path)


def _create(path: Path, key: str) -> None:
    """Make the file whole or not at all; where another process was faster, its file stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = _written_beside(path, f"{key}\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _written_beside(path: Path, text: str) -> Path:
    """A new file in the same folder, readable by its owner alone, on the disk before this returns."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _parsed(text: str, source: str) -> tuple[str, ...]:
    keys = tuple(part for part in re.split(r"[,\s]+", text) if part)
    for number, key in enumerate(keys, 1):
        if not _is_key(key):
            raise Configuration(f"{source}: key {number} is not a key; make one with: feedback-service keys new")
    if not keys:
        raise Configuration(f"{source} holds no key; restore it from your backup")
    return keys


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, altchars=b"-_", validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
