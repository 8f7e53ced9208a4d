"""Column types that keep what Python holds and PostgreSQL's own types or driver do not: NUL bytes, lone surrogates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

MARK = "\x1a"
"""ASCII's SUBSTITUTE; it begins an escape, and is escaped itself so that every text comes back as it was."""

UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
ESCAPED = re.compile("\x1a([0-9a-f]{4})")


def escape(text: str) -> str:
    """The text with what PostgreSQL cannot store written as MARK and four hex digits; usually the text itself."""
    return UNSTORABLE.sub(lambda found: f"{MARK}{ord(found[0]):04x}", text)


def unescape(text: str) -> str:
    """The inverse of `escape`."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if MARK in text else text


class EscapedText(TypeDecorator[str]):
    """Any text, customers' or platforms'."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else escape(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else unescape(value)


class EscapedJson(TypeDecorator[Any]):
    """JSON whose texts may be any text; Python's None is SQL's NULL."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: object, dialect: sa.Dialect) -> object:
        return _each_text(value, escape)

    def process_result_value(self, value: object, dialect: sa.Dialect) -> object:
        return _each_text(value, unescape)


class AnyMoment(TypeDecorator[datetime]):
    """A moment, also the first one there is: platforms write it for "none", and the driver takes it for -infinity."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class EnumText(TypeDecorator[StrEnum]):
    """A member of an enum, stored as its value; the table's CHECK names the same values."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> StrEnum | None:
        return None if value is None else self.members(value)


def _each_text(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_each_text(part, change) for part in value]
    if isinstance(value, dict):
        return {change(str(key)): _each_text(part, change) for key, part in value.items()}
    return value
