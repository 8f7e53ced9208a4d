"""Turns what a database driver raises into the domain's errors, by what is to be done next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError

from feedback_service.domain.errors import Configuration, FeedbackServiceError, Retryable

PASSING = ("08", "53", "57", "40", "55", "58")
"""SQLSTATE classes that pass by themselves: connection, resources, operator, rollback, locks, system (disk)."""

FOR_A_PERSON = {
    "28P01": "the database refuses the password; correct DATABASE_URL",
    "28000": "the database refuses the login; correct DATABASE_URL",
    "3D000": "the database of DATABASE_URL does not exist; create it",
    "42P01": "the database has no tables of this version; run `alembic upgrade head`",
    "42703": "the database's tables are of another version; run `alembic upgrade head`",
    "42501": "the database's user lacks a right; grant it",
}
DISK_FULL = "53100"


@contextmanager
def translated() -> Iterator[None]:
    """Raise Retryable for what passes by itself, Configuration for what a person must mend; bugs stay as they are."""
    try:
        yield
    except FeedbackServiceError:
        raise
    except (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        meaning = meaning_of(error)
        if meaning is None:
            raise
        raise meaning from error


def meaning_of(error: BaseException) -> FeedbackServiceError | None:
    """The domain's error for a driver's, or None where it is a defect of ours."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    state = str(getattr(cause, "sqlstate", None) or "")
    text = _one_line(cause)
    if state in FOR_A_PERSON:
        return Configuration(f"{FOR_A_PERSON[state]} ({text})")
    if state == DISK_FULL or "No space left on device" in text:
        return Retryable(f"database: the disk is full ({text})")
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Retryable(f"database connection lost ({text})")
    if state[:2] in PASSING:
        return Retryable(f"database busy or stopping ({text})")
    if isinstance(cause, OSError | TimeoutError):
        return Retryable(f"database cannot be reached ({text})")
    if isinstance(cause, asyncpg.InterfaceError) or _is_closed_connection(text):
        return Retryable(f"database connection lost ({text})")
    return None


def _is_closed_connection(text: str) -> bool:
    return "connection is closed" in text or "connection was closed" in text


def _one_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300]
