"""The secret values this process knows, so that no log line ever shows one."""

import base64
import json
import re
from urllib.parse import quote, quote_plus, unquote, urlsplit

REDACTED = "[redacted]"
SHORTEST_SECRET = 4  # characters: replacing shorter values would garble every line
SHORTEST_PART = 16  # characters: a line of a PEM key, or one of several keys in a row, is hidden on its own, too


class KnownSecrets:
    """A growing set of values and of the forms in which they travel (quoted, encoded, escaped)."""

    def __init__(self) -> None:
        self._forms: tuple[str, ...] = ()

    def add(self, value: str) -> None:
        """Hide this value from now on, and its parts: each of several keys, the password of a URL.

        Blanks and values under 4 characters are ignored.
        """
        forms = {form for part in _parts_of(value.strip()) for form in _forms_of(part) if len(form) >= SHORTEST_SECRET}
        if not forms.issubset(self._forms):
            # The longest first, so that no form leaves the tail of a longer one behind. The tuple is
            # replaced, never changed: another thread may be reading it.
            self._forms = tuple(sorted(forms.union(self._forms), key=len, reverse=True))

    def hide(self, text: str) -> str:
        for form in self._forms:
            if form in text:
                text = text.replace(form, REDACTED)
        return text

    def __repr__(self) -> str:
        return f"KnownSecrets({len(self._forms)} forms)"


def _parts_of(value: str) -> set[str]:
    parts = {part for part in re.split(r"[\r\n,]+", value) if len(part) >= SHORTEST_PART}
    return {value, *parts} | _passwords_in(value)


def _passwords_in(value: str) -> set[str]:
    try:
        password = urlsplit(value).password or ""
    except ValueError:  # it only looks like a URL
        return set()
    return {password, unquote(password)}


def _forms_of(secret: str) -> set[str]:
    if len(secret) < SHORTEST_SECRET:
        return set()
    as_bytes = secret.encode("utf-8", "surrogatepass")
    return {
        secret,
        quote(as_bytes, safe=""),
        quote(as_bytes),
        quote_plus(as_bytes),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        base64.b64encode(as_bytes).decode().rstrip("="),
        base64.urlsafe_b64encode(as_bytes).decode().rstrip("="),
    }


known_secrets = KnownSecrets()


def register_secret(value: str) -> None:
    """Make every later log line of this process show `[redacted]` in place of the value."""
    known_secrets.add(value)
