"""Signs the cabinet's tokens, `<hash>:<timestamp>`, so that a token of another purpose, owner or time is no good."""

from __future__ import annotations

import base64
import hashlib
import hmac


class Seal:
    """Tokens are good by their signature alone; nothing is stored. Times are epoch seconds."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, subject: str, at: float) -> str:
        """A token for this subject; its hash may hold `/`, `+` and `=`."""
        issued = str(int(at))
        return f"{self._hash(subject, issued)}:{issued}"

    def holds(self, token: object, subject: str, at: float, lasts: float) -> bool:
        """Whether a token was issued for this subject, at most `lasts` seconds ago."""
        if not isinstance(token, str) or not token.isascii():
            return False
        mark, _, issued = token.rpartition(":")
        if not issued.isdecimal() or not hmac.compare_digest(mark, self._hash(subject, issued)):
            return False
        return at < int(issued) + lasts

    def _hash(self, subject: str, issued: str) -> str:
        signed = hmac.new(self._secret, f"{subject}\n{issued}".encode("utf-8", "surrogatepass"), hashlib.sha1)
        return base64.b64encode(signed.digest()).decode()
