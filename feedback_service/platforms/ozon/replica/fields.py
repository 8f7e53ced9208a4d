"""Reads the fields of a request's JSON body; null and absent are the same, as in protobuf."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

Document = Mapping[str, object]
Refuse = Callable[[], Exception]

_WHOLE = re.compile(r"-?[0-9]{1,18}")


class Fields:
    """A JSON object; every reading raises `refuse()` where the value is of another kind."""

    def __init__(self, document: Document, refuse: Refuse) -> None:
        self._document = document
        self._refuse = refuse

    @classmethod
    def of(cls, body: bytes, refuse: Refuse) -> Fields:
        """The object in a body; an empty body is an empty object."""
        try:
            document: object = json.loads(body) if body.strip() else {}
        except (ValueError, RecursionError):
            raise refuse() from None
        if not isinstance(document, dict):
            raise refuse()
        return cls(document, refuse)

    def has(self, name: str) -> bool:
        return self._document.get(name) is not None

    def text(self, name: str) -> str:
        """Text, or "" where there is none."""
        value = self._document.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._refuse()
        return value

    def needed(self, name: str) -> str:
        """Text that must not be empty."""
        value = self.text(name)
        if not value:
            raise self._refuse()
        return value

    def one_of(self, name: str, known: Collection[str], default: str) -> str:
        value = self.text(name) or default
        if value not in known:
            raise self._refuse()
        return value

    def flag(self, name: str) -> bool:
        value = self._document.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._refuse()
        return bool(value)

    def whole(self, name: str) -> int | None:
        """An integer, also written as text, as protobuf's JSON allows."""
        value = self._document.get(name)
        return None if value is None else self._integer(value)

    def within(self, name: str, least: int, most: int) -> int:
        """An integer that must be given."""
        value = self.whole(name)
        if value is None or not least <= value <= most:
            raise self._refuse()
        return value

    def texts(self, name: str) -> list[str]:
        listed = self._listed(name)
        if not all(isinstance(one, str) for one in listed):
            raise self._refuse()
        return [str(one) for one in listed]

    def wholes(self, name: str) -> list[int]:
        return [self._integer(one) for one in self._listed(name)]

    def objects(self, name: str) -> list[Fields]:
        objects = [one for one in self._listed(name) if isinstance(one, dict)]
        if len(objects) < len(self._listed(name)):
            raise self._refuse()
        return [Fields(one, self._refuse) for one in objects]

    def part(self, *names: str) -> Fields:
        """The first of these objects that is there, or an empty one."""
        for name in names:
            value = self._document.get(name)
            if isinstance(value, dict):
                return Fields(value, self._refuse)
            if value is not None:
                raise self._refuse()
        return Fields({}, self._refuse)

    def moment(self, name: str) -> float | None:
        """A date-time as epoch seconds."""
        text = self.text(name)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise self._refuse() from None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()

    def _listed(self, name: str) -> list[object]:
        value = self._document.get(name)
        if value is not None and not isinstance(value, list):
            raise self._refuse()
        return list(value or ())

    def _integer(self, value: object) -> int:
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refuse()
        return value
