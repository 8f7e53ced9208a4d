"""Turns what a line carries into plain JSON values in which no secret is left.

Every format renders only what came through here, so a new format cannot forget to redact.
"""

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from feedback_service.logs.patterns import hide_shapes, is_secret
from feedback_service.logs.secrets import REDACTED, KnownSecrets, known_secrets

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
_Collection: TypeAlias = Mapping[str, object] | list[object] | tuple[object, ...] | AbstractSet[object]

LONGEST_TEXT = 16_000  # characters of one value: Google refuses entries over 256 KB
MOST_ITEMS = 100  # of one collection
DEEPEST = 6  # levels; also what ends a structure that contains itself


@dataclass(frozen=True, slots=True)
class Redactor:
    """Hides the known values first, then whatever has the shape of a secret."""

    known: KnownSecrets

    def text(self, text: str) -> str:
        """The text without secrets, cut in its middle when very long: an exception's end tells most."""
        shown = hide_shapes(self.known.hide(text))
        if len(shown) <= LONGEST_TEXT:
            return shown
        half = LONGEST_TEXT // 2
        return f"{shown[:half]} … {len(shown) - 2 * half} characters left out … {shown[-half:]}"

    def plain(self, value: object, depth: int = 0) -> Plain:
        """The value as JSON knows it, strings redacted; anything unknown by its `str()`."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return value if math.isfinite(value) else str(value)
        if isinstance(value, str):
            return self.text(value)
        if depth < DEEPEST and isinstance(value, Mapping | list | tuple | AbstractSet):
            return self._collection(value, depth)
        return self.text(_as_text(value))

    def fields(self, fields: Mapping[str, object], depth: int = 0) -> dict[str, Plain]:
        """A mapping's first fields; those whose name says that they hold a secret lose their value."""
        shown: dict[str, Plain] = {}
        for key, value in list(fields.items())[:MOST_ITEMS]:
            name = self.text(_as_text(key))
            shown[name] = REDACTED if is_secret(name, value) else self.plain(value, depth + 1)
        return shown

    def _collection(self, value: _Collection, depth: int) -> Plain:
        if isinstance(value, Mapping):
            return self.fields(value, depth)
        if isinstance(value, tuple) and len(value) == 2 and is_secret(_as_text(value[0]), value[1]):
            return [self.text(_as_text(value[0])), REDACTED]  # a header, as HTTP libraries keep them
        return [self.plain(item, depth + 1) for item in list(value)[:MOST_ITEMS]]


def _as_text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, date):
        return value.isoformat()
    try:
        return str(value)
    except Exception as broken:  # noqa: BLE001 a log line must survive any object it is given
        return f"<{type(value).__name__} whose str() raised {type(broken).__name__}>"


redactor = Redactor(known_secrets)


def hide(text: str) -> str:
    """The whole text without the secrets that this process knows, and without what has the shape of one."""
    return hide_shapes(known_secrets.hide(text))
