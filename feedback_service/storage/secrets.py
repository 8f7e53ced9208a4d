"""Encrypts the suppliers' credentials at rest, with keys that can be rotated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from feedback_service.domain.errors import Configuration


class Vault:
    """Seals with the first key and opens with any; never shows a key or a secret in an error."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises Configuration for a key that is none."""
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except (ValueError, TypeError):
            raise Configuration("SECRET_KEYS holds no valid key; make one with: feedback-service keys new") from None

    def seal(self, credentials: Mapping[str, str]) -> bytes:
        return self._fernet.encrypt(json.dumps(dict(sorted(credentials.items()))).encode())

    def open(self, sealed: bytes) -> dict[str, str]:
        """Raises Configuration where none of the keys fits."""
        try:
            opened: dict[str, str] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise Configuration(
                "stored credentials cannot be decrypted; restore SECRET_KEYS, or run `suppliers apply` again"
            ) from None
        return opened

    def rotate(self, sealed: bytes) -> bytes:
        """The same secret under the first key; raises Configuration where none of the keys fits."""
        return self.seal(self.open(sealed))
