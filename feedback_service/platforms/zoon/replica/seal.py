"""Makes and checks the token that ties a form of the cabinet to the account whose page it came with."""

from __future__ import annotations

import hashlib
import hmac
import secrets

LIFE = 2 * 3600.0
_LETTERS = 32


class Seal:
    """Signed with a key of this run only: what another account or a past run got does not hold, nor what is too old."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(_LETTERS)

    def made(self, account: str, at: float) -> str:
        return f"{int(at)}.{self._signature(account, int(at))}"

    def holds(self, seal: str, account: str, at: float) -> bool:
        made_at, _, signature = seal.partition(".")
        if not (made_at.isascii() and made_at.isdecimal() and len(made_at) < _LETTERS) or at >= int(made_at) + LIFE:
            return False
        return hmac.compare_digest(
            signature.encode("utf-8", "replace"), self._signature(account, int(made_at)).encode()
        )

    def _signature(self, account: str, at: int) -> str:
        signed = f"{at} {account}".encode("utf-8", "replace")
        return hmac.new(self._key, signed, hashlib.sha256).hexdigest()[:_LETTERS]
