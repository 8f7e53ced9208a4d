"""Makes and checks the token that ties a form to the page it came from."""

from __future__ import annotations

import hashlib
import hmac
import secrets

LIFE = 2 * 3600.0


class Seal:
    """Tokens signed with a key thrown away at exit: one of another account, of a past run or too old does not hold."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def made(self, account: str, at: float) -> str:
        return f"{int(at)}-{self._signature(account, int(at))}"

    def holds(self, seal: str, account: str, at: float) -> bool:
        made_at, _, signature = seal.partition("-")
        if not made_at.isdecimal() or not made_at.isascii() or at >= int(made_at) + LIFE:
            return False
        return hmac.compare_digest(signature.encode(), self._signature(account, int(made_at)).encode())

    def _signature(self, account: str, at: int) -> str:
        return hmac.new(self._key, f"{account}/{at}".encode(), hashlib.sha256).hexdigest()[:32]
