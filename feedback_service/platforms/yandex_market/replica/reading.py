"""Reads bodies of requests field by field, refusing what the description does not allow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from feedback_service.platforms.yandex_market.replica.bodies import Refusal, refusal
from feedback_service.ports.replica import ReplicaRequest

# Source: Partner API documentation, bytes.
LARGEST_BODY = 512 * 1024
_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object; absent and null are the same. Every reader raises Refusal with 400."""

    document: Mapping[str, object]

    def given(self, name: str) -> bool:
        return self.document.get(name) is not None

    def inner(self, name: str) -> Fields:
        """A required object."""
        value = self._required(name)
        if not isinstance(value, dict):
            raise _unreadable(name)
        return Fields(value)

    def whole(self, name: str) -> int:
        """A required int64."""
        return _whole(name, self._required(name))

    def whole_or_none(self, name: str) -> int | None:
        return self.whole(name) if self.given(name) else None

    def wholes(self, name: str, most: int) -> list[int] | None:
        """Different int64, at least one, or None."""
        return _different([_whole(name, value) for value in self._several(name, most)]) if self.given(name) else None

    def words(self, name: str, most: int) -> list[str] | None:
        """Different texts of 1..255 characters, at least one, or None; blanks around them do not count."""
        if not self.given(name):
            return None
        return _different([_bounded(name, value, 255).strip() for value in self._several(name, most)])

    def text(self, name: str, longest: int) -> str:
        """A required text of 1..`longest` characters."""
        return _bounded(name, self._required(name), longest)

    def flag(self, name: str) -> bool | None:
        value = self.document.get(name)
        if not isinstance(value, bool | None):
            raise _unreadable(name)
        return value

    def choice(self, name: str, allowed: Sequence[str], usual: str | None = None) -> str:
        """One of the allowed words; without a usual one it is required."""
        value = self._required(name) if usual is None else self.document.get(name) or usual
        if value not in allowed:
            raise _unreadable(name)
        return str(value)

    def moment(self, name: str) -> datetime | None:
        """A date with a time and a zone."""
        value = self.document.get(name)
        try:
            moment = datetime.fromisoformat(cast("str", value)) if value is not None else None
        except (TypeError, ValueError):
            raise _unreadable(name) from None
        if moment is not None and moment.tzinfo is None:
            raise _unreadable(name)
        return moment

    def day(self, name: str) -> date | None:
        """A date as YYYY-MM-DD."""
        value = self.document.get(name)
        if value is None:
            return None
        try:
            return datetime.strptime(cast("str", value), "%Y-%m-%d").date()
        except (TypeError, ValueError):
            raise _unreadable(name) from None

    def _required(self, name: str) -> object:
        if not self.given(name):
            raise refusal(400, f"Missing field {name}")
        return self.document[name]

    def _several(self, name: str, most: int) -> list[object]:
        values = self.document[name]
        if not isinstance(values, list):
            raise _unreadable(name)
        if not values:
            raise refusal(400, f"Collection of {name} must not be empty")
        if len(values) > most:
            raise refusal(400, f"Length of {name} ({len(values)}) must be between 1 and {most}")
        return values


def fields_of(request: ReplicaRequest, *, required: bool = True) -> Fields:
    """The JSON object in a body; an optional one may be empty, or empty text."""
    if len(request.body) > LARGEST_BODY:
        raise refusal(400, f"The request is too big: {len(request.body)} bytes")
    if not request.body:
        if required:
            raise refusal(400, "Unexpected end of content")
        return Fields({})
    _check_media(request.headers.get("content-type"))
    try:
        document: object = json.loads(request.body)
    except (ValueError, RecursionError):
        raise refusal(400, "JSON: Unexpected character") from None
    if document == "" and not required:
        return Fields({})
    if not isinstance(document, dict):
        raise refusal(400, "JSON: Cannot deserialize value")
    return Fields(document)


def _check_media(header: str | None) -> None:
    if not header:
        raise refusal(415, "Missing Content-Type")
    if header.split(";")[0].strip().lower() != "application/json":
        raise refusal(415, f"Content type '{header}' not supported")


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_INT64 <= value < _INT64:
        raise _unreadable(name)
    return value


def _bounded(name: str, value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise _unreadable(name)
    if not 1 <= len(value) <= longest:
        raise refusal(400, f"Length of {name} ({len(value)}) must be between 1 and {longest}")
    return value


def _different(values: list[int] | list[str]) -> list:  # type: ignore[type-arg]  # what came in goes out
    if len(set(values)) < len(values):
        raise refusal(400, "JSON: Collection must not contain duplicates")
    return values


def _unreadable(name: str) -> Refusal:
    return refusal(400, f"JSON: Cannot deserialize value of field {name}")
