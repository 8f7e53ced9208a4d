"""Runs the migrations: on the connection it is given, or for the `alembic` command on the one the settings name."""

from __future__ import annotations

import asyncio
from logging.config import fileConfig
from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.util import CommandError
from sqlalchemy.pool import NullPool

from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.settings import read_settings
from feedback_service.storage import embedded
from feedback_service.storage.engine import create_engine
from feedback_service.storage.faults import translated
from feedback_service.storage.tables import metadata
from feedback_service.storage.text import AnyMoment, EnumText, EscapedJson, EscapedText

ONE_AT_A_TIME = 0x66656564
"""The advisory lock that lets one of several starting processes migrate."""


def rendered(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types into migrations as the plain ones below them: those do not change with our code."""
    match item:
        case EscapedJson():
            autogen.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
            return "JSONB()"
        case EscapedText() | EnumText():
            return "sa.Text()"
        case AnyMoment():
            return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: sa.Connection) -> None:
    """All pending migrations in one transaction: done or not begun."""
    context.configure(connection=connection, target_metadata=metadata, render_item=rendered)
    with context.begin_transaction():
        connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        context.run_migrations()


async def migrate_by_settings() -> None:
    settings = read_settings()
    url = embedded.start(settings.data_dir) if settings.embedded else settings.database_url.get_secret_value()
    engine = create_engine(url, poolclass=NullPool)
    with translated():
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
    await engine.dispose()


given: sa.Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
elif context.is_offline_mode():
    raise CommandError("migrations run on a database; --sql is not supported")
else:
    if context.config.config_file_name is not None:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    try:
        asyncio.run(migrate_by_settings())
    except FeedbackServiceError as problem:
        raise CommandError(str(problem)) from problem
