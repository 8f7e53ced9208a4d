"""Brings a database's tables to this version; every function blocks and leaves no loop or thread behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.pool import NullPool

from feedback_service.domain.errors import Configuration
from feedback_service.storage.engine import create_engine
from feedback_service.storage.faults import translated

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"
"""Beside the package, in the source tree as in an installed wheel."""
Result = TypeVar("Result")


def upgrade(url: str, revision: str = "head") -> None:
    """Apply what is pending; of several that start at once one does it and the others wait.

    Raises Retryable where the database is away and Configuration where a person must mend it.
    """
    on(url, lambda connection: command.upgrade(config(connection), revision))


def downgrade(url: str, revision: str) -> None:
    """Take migrations back, with the rows of the tables that go."""
    on(url, lambda connection: command.downgrade(config(connection), revision))


def current_revision(url: str) -> str | None:
    """The database's revision; None where it is empty."""
    return on(url, lambda connection: MigrationContext.configure(connection).get_current_revision())


def head_revision() -> str:
    """The revision that this version of the service needs."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


def require_head(url: str) -> None:
    """Raise Configuration unless the database is at this version's revision."""
    current, head = current_revision(url), head_revision()
    if current != head:
        raise Configuration(f"the database is at revision {current or 'none'}, not {head}; run `alembic upgrade head`")


def config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration without alembic.ini, which an installed wheel does not have."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def on(url: str, work: Callable[[sa.Connection], Result]) -> Result:
    """Do the work on a connection in one transaction, as alembic's own calls need it: not from within a loop."""

    async def run() -> Result:
        engine = create_engine(url, poolclass=NullPool)
        try:
            with translated():
                async with engine.begin() as connection:
                    return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())
